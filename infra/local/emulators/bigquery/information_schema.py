# SQL is generated here: names are quoted, values are bound or quoted
"""INFORMATION_SCHEMA of one dataset, written out as a query over values."""

from collections.abc import Iterator
from datetime import UTC, datetime

from infra.local.emulators.bigquery.catalog import Table
from infra.local.emulators.bigquery.errors import unsupported
from infra.local.emulators.bigquery.names import DatasetName, literal

_COLUMNS = {
    "TABLES": {
        "table_catalog": "VARCHAR",
        "table_schema": "VARCHAR",
        "table_name": "VARCHAR",
        "table_type": "VARCHAR",
        "is_insertable_into": "VARCHAR",
        "creation_time": "TIMESTAMPTZ",
    },
    "COLUMNS": {
        "table_catalog": "VARCHAR",
        "table_schema": "VARCHAR",
        "table_name": "VARCHAR",
        "column_name": "VARCHAR",
        "ordinal_position": "BIGINT",
        "is_nullable": "VARCHAR",
        "data_type": "VARCHAR",
    },
}


def information_schema_query(view: str, dataset: DatasetName, tables: list[Table]) -> str:
    """DuckDB SQL for TABLES or COLUMNS of a dataset; any other view is refused."""
    if view not in _COLUMNS:
        raise unsupported(f"INFORMATION_SCHEMA.{view}")
    rows = list(_table_rows(dataset, tables) if view == "TABLES" else _column_rows(dataset, tables))
    columns = _COLUMNS[view]
    casts = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())
    values = ", ".join("(" + ", ".join(literal(cell) for cell in row) + ")" for row in rows)
    if not rows:
        return (
            "SELECT "
            + ", ".join(f"CAST(NULL AS {kind}) AS {name}" for name, kind in columns.items())
            + " LIMIT 0"
        )
    return f"SELECT {casts} FROM (VALUES {values}) AS v({', '.join(columns)})"


def _table_rows(dataset: DatasetName, tables: list[Table]) -> Iterator[list[str]]:
    for table in tables:
        view = table.query is not None
        created = datetime.fromtimestamp(table.created / 1000, UTC).isoformat()
        kind = ["VIEW", "NO"] if view else ["BASE TABLE", "YES"]
        yield [dataset.project, dataset.dataset, table.name.table, *kind, created]


def _column_rows(dataset: DatasetName, tables: list[Table]) -> Iterator[list[str]]:
    for table in tables:
        for position, field in enumerate(table.fields, 1):
            nullable = "NO" if field.required else "YES"
            yield [
                dataset.project,
                dataset.dataset,
                table.name.table,
                field.name,
                str(position),
                nullable,
                field.sql(),
            ]
