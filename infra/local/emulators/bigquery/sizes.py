# SQL is generated here: names are quoted, values are bound or quoted
"""How many bytes BigQuery says a column has, by the table in "Data type sizes" of its documentation."""

from collections.abc import Collection

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.catalog import Table
from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.names import quote

_FIXED = {"INT64": 8, "FLOAT64": 8, "NUMERIC": 16, "BIGNUMERIC": 32, "BOOL": 1}
_FIXED |= {"TIMESTAMP": 8, "DATETIME": 8, "DATE": 8, "TIME": 8}


def table_bytes(cursor: DuckDBPyConnection, table: Table, columns: Collection[str] | None = None) -> int:
    """Logical bytes of a table, or of those of its columns (lower case) that are named."""
    fields = [field for field in table.fields if columns is None or field.name.lower() in columns]
    if not fields or table.query is not None:
        return 0
    total = " + ".join(_size(quote(field.name), field, 0) for field in fields)
    row = cursor.execute(
        f"SELECT coalesce(CAST(sum({total}) AS BIGINT), 0) FROM {table.name.duckdb}"
    ).fetchone()
    return int(row[0]) if row else 0


def table_rows(cursor: DuckDBPyConnection, table: Table) -> int:
    """Rows of a table."""
    row = cursor.execute(f"SELECT count(*) FROM {table.name.duckdb}").fetchone()
    return int(row[0]) if row else 0


def _size(expression: str, field: Field, depth: int) -> str:
    if field.repeated:
        item = f"item{depth}"
        sizes = f"list_transform({expression}, lambda {item}: {_size(item, field.element(), depth + 1)})"
        return f"coalesce(list_sum({sizes}), 0)"
    if field.type == "STRUCT":
        members = [_size(f"{expression}.{quote(child.name)}", child, depth + 1) for child in field.fields]
        return "(" + " + ".join(members) + ")"
    if field.type in _FIXED:
        return f"CASE WHEN {expression} IS NULL THEN 0 ELSE {_FIXED[field.type]} END"
    if field.type == "BYTES":
        return f"coalesce(octet_length({expression}) + 2, 0)"
    return f"coalesce(strlen(CAST({expression} AS VARCHAR)) + 2, 0)"
