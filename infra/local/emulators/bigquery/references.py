"""Table names in a statement, resolved to tables of the catalogue, to views written out, or to
INFORMATION_SCHEMA.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import sqlglot
from duckdb import DuckDBPyConnection
from sqlglot import exp

from infra.local.emulators.bigquery.catalog import Catalog, Table
from infra.local.emulators.bigquery.errors import invalid_query, unsupported
from infra.local.emulators.bigquery.information_schema import information_schema_query
from infra.local.emulators.bigquery.names import DatasetName, TableName
from infra.local.emulators.bigquery.time_travel import check_moment

_KEPT = ("joins", "laterals", "sample", "pivots")


@dataclass
class TableResolver:
    """Replaces every table of a statement. Afterwards `tables` are those it reads, without the views.

    translate: turns the SQL of a view into a DuckDB query tree.
    moment: microseconds since 1970 of a FOR SYSTEM_TIME AS OF expression; None for NULL.
    now: the statement's time.
    """

    catalog: Catalog
    cursor: DuckDBPyConnection
    project: str
    default: DatasetName | None
    translate: Callable[[str], exp.Expr]
    moment: Callable[[exp.Expr], int | None]
    now: datetime
    tables: dict[TableName, Table] = field(default_factory=dict)

    def resolve(self, tree: exp.Expr) -> exp.Expr:
        """Replace the tables of a tree in place."""
        local = {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
        for node in list(tree.find_all(exp.Table)):
            if isinstance(node.this, exp.Dot):
                raise invalid_query(f"Invalid table name: {node.sql('bigquery')}")
            if not isinstance(node.this, exp.Identifier):
                raise unsupported(f"the table function {node.sql('bigquery')}")
            parts = name_parts(node)
            if len(parts) == 1 and parts[0].lower() in local:
                continue
            _replace(node, self._source(node, parts))
        return tree

    def name(self, parts: list[str]) -> TableName:
        """A table's full name from the parts that were written."""
        if len(parts) == 1:
            if self.default is None:
                raise invalid_query(
                    f'Table "{parts[0]}" must be qualified with a dataset (e.g. dataset.table).'
                )
            return TableName(self.default.project, self.default.dataset, parts[0])
        if len(parts) > 3:
            raise invalid_query(f"Invalid table name: {'.'.join(parts)}")
        return TableName(parts[0] if len(parts) == 3 else self.project, parts[-2], parts[-1])

    def _source(self, node: exp.Table, parts: list[str]) -> exp.Expr:
        upper = [part.upper() for part in parts]
        if "INFORMATION_SCHEMA" in upper:
            at = upper.index("INFORMATION_SCHEMA")
            return _derived(self._information_schema(parts[:at], upper[at + 1 :]), node, parts[-1])
        table = self.catalog.table(self.cursor, self.name(parts))
        if (version := node.args.get("version")) is not None:
            check_moment(table, self.moment(version.expression), self.now)
        if table.query is not None:
            return _derived(self.translate(table.query), node, table.name.table)
        self.tables[table.name] = table
        return physical(
            table.name, node.args.get("alias"), named=not isinstance(node.parent, (exp.Insert, exp.Schema))
        )

    def _information_schema(self, before: list[str], view: list[str]) -> exp.Expr:
        if before:
            scope = DatasetName(before[-2] if len(before) > 1 else self.project, before[-1])
        elif self.default is not None:
            scope = self.default
        else:
            raise unsupported("INFORMATION_SCHEMA without a dataset; write dataset.INFORMATION_SCHEMA.TABLES")
        self.catalog.dataset(self.cursor, scope)
        sql = information_schema_query(".".join(view), scope, self.catalog.tables(self.cursor, scope))
        return sqlglot.parse_one(sql, read="duckdb")


def name_parts(node: exp.Expr) -> list[str]:
    """The parts of a table's name; quotes around several parts make no difference."""
    if not isinstance(node, exp.Table):
        raise invalid_query(f"Invalid table name: {node.sql('bigquery')}")
    return ".".join(part.name for part in node.parts).split(".")


def physical(name: TableName, alias: exp.Expr | None = None, *, named: bool = True) -> exp.Table:
    """The DuckDB table, called by its own name unless an alias was written; the target of an INSERT has no
    alias.
    """
    if alias is None and named:
        alias = exp.TableAlias(this=exp.to_identifier(name.table, quoted=True))
    schema = exp.to_identifier(f"{name.project}.{name.dataset}", quoted=True)
    return exp.Table(this=exp.to_identifier(name.table, quoted=True), db=schema, alias=alias)


def _derived(query: exp.Expr, node: exp.Table, name: str) -> exp.Expr:
    alias = node.args.get("alias") or exp.TableAlias(this=exp.to_identifier(name, quoted=True))
    return exp.Subquery(this=query, alias=alias)


def _replace(node: exp.Table, new: exp.Expr) -> None:
    for key in _KEPT:
        if node.args.get(key):
            new.set(key, node.args[key])
    node.replace(new)
