# SQL is generated here: names are quoted, values are bound or quoted
"""What datasets, tables and views there are; kept in DuckDB, so that it commits together with the data it
describes.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.errors import BigQueryError, duplicate, invalid, not_found
from infra.local.emulators.bigquery.fields import Field, check_unique, column_definitions, schema_resource
from infra.local.emulators.bigquery.names import DatasetName, TableName, quote

_TABLES = """
CREATE SCHEMA IF NOT EXISTS _catalog;
CREATE TABLE IF NOT EXISTS _catalog.datasets (project VARCHAR, dataset VARCHAR, entry VARCHAR);
CREATE TABLE IF NOT EXISTS _catalog.tables (project VARCHAR, dataset VARCHAR, name VARCHAR, entry VARCHAR);
"""
_OF_DATASET = "project = ? AND dataset = ?"
_OF_TABLE = "project = ? AND dataset = ? AND name = ?"


@dataclass(frozen=True)
class Dataset:
    """A dataset. `settings` are the parts of its resource that are only remembered."""

    name: DatasetName
    created: int
    modified: int
    settings: dict[str, Any] = field(default_factory=dict)

    def resource(self) -> dict[str, Any]:
        """The Dataset resource."""
        body = {
            "kind": "bigquery#dataset",
            "id": str(self.name),
            "datasetReference": self.name.reference(),
            "location": "US",
            "creationTime": str(self.created),
            "lastModifiedTime": str(self.modified),
            **self.settings,
        }
        return {**body, "etag": etag(body)}


@dataclass(frozen=True)
class Table:
    """A table, or a view when `query` is set. Times are milliseconds of virtual time."""

    name: TableName
    fields: tuple[Field, ...]
    created: int
    modified: int
    query: str | None = None
    expires: int | None = None
    settings: dict[str, Any] = field(default_factory=dict)

    def resource(self, rows: int | None = None, size: int | None = None) -> dict[str, Any]:
        """The Table resource; `rows` and `size` (bytes) are of a table, not of a view."""
        body: dict[str, Any] = {
            "kind": "bigquery#table",
            "id": str(self.name),
            "tableReference": self.name.reference(),
            "type": "VIEW" if self.query is not None else "TABLE",
            "location": "US",
            "schema": schema_resource(self.fields),
            "creationTime": str(self.created),
            "lastModifiedTime": str(self.modified),
            **self.settings,
        }
        if self.query is not None:
            body["view"] = {"query": self.query, "useLegacySql": False}
        if self.expires is not None:
            body["expirationTime"] = str(self.expires)
        tag = etag(body)
        if rows is not None:
            body |= {"numRows": str(rows), "numBytes": str(size or 0), "numLongTermBytes": "0"}
        return {**body, "etag": tag}


def etag(body: dict[str, Any]) -> str:
    """A tag that changes when a resource does."""
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:24]


class Catalog:
    """Looks up and changes datasets and tables through the cursor, and so in the transaction, of the caller.

    milliseconds: the clock, in milliseconds of virtual time.
    """

    def __init__(self, milliseconds: Callable[[], int]) -> None:
        self.milliseconds = milliseconds

    def prepare(self, cursor: DuckDBPyConnection) -> None:
        """Make the catalogue's own tables if they are not there."""
        cursor.execute(_TABLES)

    def datasets(self, cursor: DuckDBPyConnection, project: str) -> list[Dataset]:
        """Every dataset of a project that is not hidden, by name."""
        rows = cursor.execute(
            "SELECT dataset, entry FROM _catalog.datasets WHERE project = ? ORDER BY dataset", [project]
        ).fetchall()
        found = [_dataset(DatasetName(project, name), entry) for name, entry in rows]
        return [dataset for dataset in found if not dataset.name.hidden]

    def dataset(self, cursor: DuckDBPyConnection, name: DatasetName) -> Dataset:
        """One dataset; reason "notFound" if it is not there."""
        row = cursor.execute(
            f"SELECT entry FROM _catalog.datasets WHERE {_OF_DATASET}", [name.project, name.dataset]
        ).fetchone()
        if row is None:
            raise not_found(f"Dataset {name} was not found in location US")
        return _dataset(name, row[0])

    def create_dataset(
        self, cursor: DuckDBPyConnection, name: DatasetName, settings: dict[str, Any] | None = None
    ) -> Dataset:
        """Make a dataset; reason "duplicate" if it is there."""
        if self.has_dataset(cursor, name):
            raise duplicate(f"Dataset {name}")
        now = self.milliseconds()
        dataset = Dataset(name, now, now, settings or {})
        cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {name.duckdb}")
        cursor.execute(
            "INSERT INTO _catalog.datasets VALUES (?, ?, ?)",
            [name.project, name.dataset, _dataset_entry(dataset)],
        )
        return dataset

    def has_dataset(self, cursor: DuckDBPyConnection, name: DatasetName) -> bool:
        """Whether the dataset is there."""
        found = cursor.execute(
            f"SELECT 1 FROM _catalog.datasets WHERE {_OF_DATASET}", [name.project, name.dataset]
        )
        return found.fetchone() is not None

    def save_dataset(self, cursor: DuckDBPyConnection, dataset: Dataset) -> Dataset:
        """Change what is remembered of a dataset."""
        dataset = replace(dataset, modified=self.milliseconds())
        cursor.execute(
            f"UPDATE _catalog.datasets SET entry = ? WHERE {_OF_DATASET}",
            [_dataset_entry(dataset), dataset.name.project, dataset.name.dataset],
        )
        return dataset

    def drop_dataset(self, cursor: DuckDBPyConnection, name: DatasetName, *, contents: bool) -> None:
        """Remove a dataset; one that still has tables only with `contents`."""
        self.dataset(cursor, name)
        if self.tables(cursor, name) and not contents:
            raise BigQueryError("resourceInUse", f"Dataset {name} is still in use")
        key = [name.project, name.dataset]
        cursor.execute(f"DROP SCHEMA IF EXISTS {name.duckdb} CASCADE")
        cursor.execute(f"DELETE FROM _catalog.tables WHERE {_OF_DATASET}", key)
        cursor.execute(f"DELETE FROM _catalog.datasets WHERE {_OF_DATASET}", key)

    def tables(self, cursor: DuckDBPyConnection, name: DatasetName) -> list[Table]:
        """Every table and view of a dataset, by name."""
        rows = cursor.execute(
            f"SELECT name, entry FROM _catalog.tables WHERE {_OF_DATASET} ORDER BY name",
            [name.project, name.dataset],
        ).fetchall()
        found = [_table(TableName(name.project, name.dataset, table), entry) for table, entry in rows]
        return [table for table in found if not self._expired(table)]

    def find(self, cursor: DuckDBPyConnection, name: TableName) -> Table | None:
        """One table or view, or None; one that has expired is gone."""
        key = [name.project, name.dataset, name.table]
        row = cursor.execute(f"SELECT entry FROM _catalog.tables WHERE {_OF_TABLE}", key).fetchone()
        if row is None:
            return None
        table = _table(name, row[0])
        return None if self._expired(table) else table

    def table(self, cursor: DuckDBPyConnection, name: TableName) -> Table:
        """One table or view; reason "notFound" if it is not there."""
        table = self.find(cursor, name)
        if table is None:
            self.dataset(cursor, name.parent)
            raise not_found(f"Table {name} was not found in location US")
        return table

    def create_table(
        self,
        cursor: DuckDBPyConnection,
        name: TableName,
        fields: tuple[Field, ...],
        settings: dict[str, Any] | None = None,
        expires: int | None = None,
    ) -> Table:
        """Make an empty table; reason "duplicate" if there is one of that name."""
        self._check_free(cursor, name)
        check_unique([field.name for field in fields])
        # DuckDB has no table without columns; this one is hidden by the catalogue's own list of fields.
        columns = column_definitions(fields) or "_no_columns INTEGER"
        cursor.execute(f"DROP TABLE IF EXISTS {name.duckdb}")
        cursor.execute(f"CREATE TABLE {name.duckdb} ({columns})")
        now = self.milliseconds()
        return self._add(cursor, Table(name, fields, now, now, expires=expires, settings=settings or {}))

    def create_result(
        self, cursor: DuckDBPyConnection, name: TableName, fields: tuple[Field, ...], expires: int
    ) -> Table:
        """Make the table of a query's result. Its name is one job's own, so nothing needs to be looked up."""
        check_unique([field.name for field in fields])
        cursor.execute(f"CREATE TABLE {name.duckdb} ({column_definitions(fields)})")
        now = self.milliseconds()
        return self._add(cursor, Table(name, fields, now, now, expires=expires))

    def create_view(
        self,
        cursor: DuckDBPyConnection,
        name: TableName,
        fields: tuple[Field, ...],
        query: str,
        settings: dict[str, Any] | None = None,
    ) -> Table:
        """Make a view; reason "duplicate" if there is a table or view of that name."""
        self._check_free(cursor, name)
        now = self.milliseconds()
        return self._add(cursor, Table(name, fields, now, now, query=query, settings=settings or {}))

    def save_table(self, cursor: DuckDBPyConnection, table: Table) -> Table:
        """Change what is remembered of a table, if only that its rows have changed now.

        Its columns in DuckDB must fit already.
        """
        table = replace(table, modified=self.milliseconds())
        key = [table.name.project, table.name.dataset, table.name.table]
        cursor.execute(f"UPDATE _catalog.tables SET entry = ? WHERE {_OF_TABLE}", [_table_entry(table), *key])
        return table

    def drop_table(self, cursor: DuckDBPyConnection, name: TableName) -> None:
        """Remove a table or view; reason "notFound" if it is not there."""
        table = self.table(cursor, name)
        if table.query is None:
            cursor.execute(f"DROP TABLE {name.duckdb}")
        self._forget(cursor, name)

    def sweep(self, cursor: DuckDBPyConnection) -> None:
        """Drop the tables that have expired."""
        rows = cursor.execute(
            "SELECT project, dataset, name FROM _catalog.tables "
            "WHERE CAST(json_extract_string(entry, '$.expires') AS BIGINT) <= ?",
            [self.milliseconds()],
        ).fetchall()
        for row in rows:
            cursor.execute(f"DROP TABLE IF EXISTS {TableName(*row).duckdb}")
            self._forget(cursor, TableName(*row))

    def add_column(self, cursor: DuckDBPyConnection, table: Table, column: Field) -> Table:
        """Add a column at the end; only a NULLABLE or REPEATED one can be added."""
        if column.required:
            raise invalid(f"Cannot add required fields to an existing schema. (field: {column.name})")
        check_unique([*(known.name for known in table.fields), column.name])
        cursor.execute(f"ALTER TABLE {table.name.duckdb} ADD COLUMN {quote(column.name)} {column.duckdb()}")
        if not table.fields:
            cursor.execute(f"ALTER TABLE {table.name.duckdb} DROP COLUMN _no_columns")
        return self.save_table(cursor, replace(table, fields=(*table.fields, column)))

    def _check_free(self, cursor: DuckDBPyConnection, name: TableName) -> None:
        self.dataset(cursor, name.parent)
        if self.find(cursor, name.checked()) is not None:
            raise duplicate(f"Table {name}")
        self._forget(cursor, name)
        others = cursor.execute(
            f"SELECT name FROM _catalog.tables WHERE {_OF_DATASET} AND lower(name) = lower(?)",
            [name.project, name.dataset, name.table],
        ).fetchone()
        if others is not None:
            raise invalid(
                f"Not served by the local emulator: {name} beside {others[0]}, which differs in case only"
            )

    def _add(self, cursor: DuckDBPyConnection, table: Table) -> Table:
        name = table.name
        cursor.execute(
            "INSERT INTO _catalog.tables VALUES (?, ?, ?, ?)",
            [name.project, name.dataset, name.table, _table_entry(table)],
        )
        return table

    def _forget(self, cursor: DuckDBPyConnection, name: TableName) -> None:
        cursor.execute(
            f"DELETE FROM _catalog.tables WHERE {_OF_TABLE}", [name.project, name.dataset, name.table]
        )

    def _expired(self, table: Table) -> bool:
        return table.expires is not None and table.expires <= self.milliseconds()


def _dataset(name: DatasetName, entry: str) -> Dataset:
    return Dataset(name, **json.loads(entry))


def _dataset_entry(dataset: Dataset) -> str:
    return json.dumps(
        {"created": dataset.created, "modified": dataset.modified, "settings": dataset.settings}
    )


def _table(name: TableName, entry: str) -> Table:
    values = json.loads(entry)
    fields = tuple(Field.from_resource(resource) for resource in values.pop("fields"))
    return Table(name, fields, **values)


def _table_entry(table: Table) -> str:
    values = {
        "fields": [column.resource() for column in table.fields],
        "created": table.created,
        "modified": table.modified,
        "query": table.query,
        "expires": table.expires,
        "settings": table.settings,
    }
    return json.dumps(values)
