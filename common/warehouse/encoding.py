"""Our columns, parameters and rows in the forms that BigQuery wants."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from common.warehouse.parameters import Parameter
from common.warehouse.port import Column

if TYPE_CHECKING:
    from google.cloud.bigquery import ArrayQueryParameter, ScalarQueryParameter, SchemaField

_SQL_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL", "STRUCT": "RECORD"}


def field(column: Column) -> SchemaField:
    """A column as the client has it."""
    from google.cloud.bigquery import SchemaField

    # An empty description would take one away that was given in the console.
    described: dict[str, Any] = {"description": column.description} if column.description else {}
    inner = [field(each) for each in column.fields]
    return SchemaField(column.name, column.type, mode=column.mode, fields=inner, **described)


def column(field: SchemaField) -> Column:
    """A column of the client as ours; types by their names in SQL."""
    return Column(
        field.name,
        _SQL_NAMES.get(field.field_type, field.field_type),
        field.mode or "NULLABLE",
        tuple(column(inner) for inner in field.fields),
        field.description or "",
    )


def query_parameter(parameter: Parameter) -> ScalarQueryParameter | ArrayQueryParameter:
    """A parameter as the client has it."""
    from google.cloud.bigquery import ArrayQueryParameter, ScalarQueryParameter

    made = ArrayQueryParameter if parameter.is_array else ScalarQueryParameter
    return made(parameter.name, parameter.type, parameter.value)


def json_lines(rows: Sequence[Mapping[str, object]]) -> bytes:
    """Rows as a load job reads them: one JSON document a line.

    Raises:
        TypeError: a value has no form in JSON.
        ValueError: a number is NaN or infinite, or a datetime does not know its zone.
    """
    lines = (json.dumps(row, default=_plain, allow_nan=False, separators=(",", ":")) for row in rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _plain(value: object) -> str:
    match value:
        case Decimal():
            return str(value)
        case datetime():
            if value.tzinfo is None:
                raise ValueError("a datetime must know its time zone")
            return value.isoformat()
        case date():
            return value.isoformat()
        case bytes():
            return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be loaded; convert it first")
