"""The table that a query, load or copy job writes to, made ready by the two dispositions."""

from dataclasses import dataclass
from typing import Any, Self

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.catalog import Catalog, Table
from infra.local.emulators.bigquery.errors import duplicate, invalid, not_found
from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.names import TableName, quote
from infra.local.emulators.bigquery.sizes import table_rows

_CREATE = ("CREATE_IF_NEEDED", "CREATE_NEVER")
_WRITE = ("WRITE_TRUNCATE", "WRITE_APPEND", "WRITE_EMPTY")


@dataclass(frozen=True)
class Destination:
    """Where a job writes, and what it may do there."""

    name: TableName
    create: str
    write: str
    settings: dict[str, Any]

    @classmethod
    def of(cls, configuration: dict[str, Any], project: str, *, write: str) -> Self:
        """From a job's configuration; `write` is the kind of job's default disposition."""
        create = configuration.get("createDisposition") or _CREATE[0]
        write = configuration.get("writeDisposition") or write
        if create not in _CREATE or write not in _WRITE:
            raise invalid(f"Invalid disposition: {create}, {write}")
        if configuration.get("schemaUpdateOptions"):
            raise invalid("Not served by the local emulator: schemaUpdateOptions")
        kept = ("timePartitioning", "rangePartitioning", "clustering")
        settings = {key: configuration[key] for key in kept if configuration.get(key)}
        return cls(
            TableName.of(configuration["destinationTable"], project).checked(), create, write, settings
        )

    def open(self, catalog: Catalog, cursor: DuckDBPyConnection, fields: tuple[Field, ...]) -> Table:
        """The table, made, emptied or checked, so that rows of `fields` can be inserted by name."""
        existing = catalog.find(cursor, self.name)
        if existing is None:
            if self.create == "CREATE_NEVER":
                raise not_found(f"Table {self.name}")
            return catalog.create_table(cursor, self.name, fields, self.settings)
        if existing.query is not None:
            raise invalid(f"Cannot write to the view {self.name}")
        if self.write == "WRITE_TRUNCATE":
            catalog.drop_table(cursor, self.name)
            return catalog.create_table(cursor, self.name, fields, {**existing.settings, **self.settings})
        if self.write == "WRITE_EMPTY" and table_rows(cursor, existing):
            raise duplicate(f"Table {self.name}")
        _check_fit(existing, fields)
        return catalog.save_table(cursor, existing)


def _check_fit(table: Table, fields: tuple[Field, ...]) -> None:
    known = {field.name.lower(): field for field in table.fields}
    mismatch = f"Provided Schema does not match Table {table.name}."
    for field in fields:
        column = known.get(field.name.lower())
        if column is None:
            raise invalid(f"{mismatch} Cannot add fields (field: {field.name})")
        if column.sql().lower() != field.sql().lower():
            raise invalid(
                f"{mismatch} Field {field.name} has changed type from {column.sql()} to {field.sql()}"
            )
    given = {field.name.lower() for field in fields}
    for column in table.fields:
        if column.required and column.name.lower() not in given:
            raise invalid(f"{mismatch} Field {column.name} is missing in new schema")


def insert_into(table: Table, fields: tuple[Field, ...], query: str) -> str:
    """SQL that puts the rows of a query, whose columns are `fields` in order, into a table."""
    columns = ", ".join(quote(field.name) for field in fields)
    return f"INSERT INTO {table.name.duckdb} ({columns}) {query}"
