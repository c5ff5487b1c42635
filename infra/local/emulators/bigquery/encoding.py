"""A row as BigQuery answers it, {"f": [{"v": ...}, ...]}, written by DuckDB itself in one generated
expression.

No row passes through Python values: DuckDB makes the JSON text, and Python only joins it. Scalars are JSON
strings, a STRUCT is {"f": [...]}, an ARRAY is [{"v": ...}], NULL is null and a NULL array is [].
"""

from collections.abc import Sequence
from enum import StrEnum

from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.names import quote


class TimestampFormat(StrEnum):
    """How a TIMESTAMP is answered; the client asks by formatOptions."""

    SECONDS = "FLOAT64"
    MICROSECONDS = "INT64"
    ISO = "ISO8601_STRING"


_TIMESTAMPS = {
    TimestampFormat.SECONDS: "CASE WHEN epoch_us({e}) < 0 THEN '-' ELSE '' END || "
    "printf('%d.%06d', abs(epoch_us({e})) // 1000000, abs(epoch_us({e})) % 1000000)",
    TimestampFormat.MICROSECONDS: "CAST(epoch_us({e}) AS VARCHAR)",
    TimestampFormat.ISO: "strftime({e} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')",
}
_FLOAT = (
    "CASE WHEN isnan({e}) THEN 'NaN' "
    "WHEN isinf({e}) THEN CASE WHEN {e} > 0 THEN 'Infinity' ELSE '-Infinity' END "
    "ELSE CAST({e} AS VARCHAR) END"
)
# What may be put between quotes without escaping.
_PLAIN = {
    "INT64": "CAST({e} AS VARCHAR)",
    "BOOL": "CAST({e} AS VARCHAR)",
    "DATE": "CAST({e} AS VARCHAR)",
    "TIME": "CAST({e} AS VARCHAR)",
    "FLOAT64": _FLOAT,
    "NUMERIC": "bq_decimal_text({e})",
    "BIGNUMERIC": "bq_decimal_text({e})",
    "DATETIME": "replace(CAST({e} AS VARCHAR), ' ', 'T')",
    "BYTES": "base64({e})",
}


def row_expression(fields: Sequence[Field], timestamps: TimestampFormat, source: str = "t") -> str:
    """DuckDB SQL for the JSON text of one row of `source`."""
    return _cells([(f"{source}.{quote(field.name)}", field) for field in fields], timestamps, 0)


def _cells(columns: Sequence[tuple[str, Field]], timestamps: TimestampFormat, depth: int) -> str:
    cells = " || ',' || ".join(
        f"""'{{"v":' || {value(e, field, timestamps, depth)} || '}}'""" for e, field in columns
    )
    return f"""'{{"f":[' || {cells} || ']}}'"""


def value(expression: str, field: Field, timestamps: TimestampFormat, depth: int = 0) -> str:
    """DuckDB SQL for the JSON text of one value; never NULL. `depth` tells nested lambdas apart."""
    if field.repeated:
        item = f"item{depth}"
        inner = value(item, field.element(), timestamps, depth + 1)
        items = f"""list_transform({expression}, lambda {item}: '{{"v":' || {inner} || '}}')"""
        return f"('[' || coalesce(array_to_string({items}, ','), '') || ']')"
    if field.type == "STRUCT":
        children = [(f"{expression}.{quote(child.name)}", child) for child in field.fields]
        return (
            f"(CASE WHEN {expression} IS NULL THEN 'null' ELSE {_cells(children, timestamps, depth + 1)} END)"
        )
    if field.type == "TIMESTAMP":
        return _quoted(_TIMESTAMPS[timestamps].format(e=expression))
    if field.type in _PLAIN:
        return _quoted(_PLAIN[field.type].format(e=expression))
    return f"coalesce(CAST(to_json(CAST({expression} AS VARCHAR)) AS VARCHAR), 'null')"


def _quoted(expression: str) -> str:
    return f"coalesce('\"' || {expression} || '\"', 'null')"
