"""Query parameters: named or positional, scalar, array or struct, as typed values that DuckDB can bind.

A positional `?` is given the name p1, p2, ... in order, so that everything after this module knows names
only.
"""

import base64
from dataclasses import dataclass
from typing import Any

from infra.local.emulators.bigquery.errors import BigQueryError, invalid_query
from infra.local.emulators.bigquery.fields import Field

_POSITION = "positional_"


@dataclass(frozen=True)
class Parameter:
    """One value to bind. `kind` is its DuckDB type, to which the statement casts it."""

    kind: str
    value: Any


def positional_name(index: int) -> str:
    """The name of the positional parameter at `index`, counted from 1."""
    return f"{_POSITION}{index}"


def read_parameters(resources: list[dict[str, Any]]) -> dict[str, Parameter]:
    """QueryParameter resources by lower-case name; a name given twice or a bad value is refused."""
    found: dict[str, Parameter] = {}
    for index, resource in enumerate(resources, 1):
        name = resource.get("name") or positional_name(index)
        try:
            field = _field(resource["parameterType"], name)
            parameter = Parameter(
                field.duckdb(), _value(resource["parameterType"], resource.get("parameterValue") or {})
            )
        except (KeyError, ValueError, BigQueryError) as problem:
            raise invalid_query(f"Invalid value for query parameter {name}: {problem}") from problem
        if name.lower() in found:
            raise invalid_query(f"Duplicate parameter {name}")
        found[name.lower()] = parameter
    return found


def _field(kind: dict[str, Any], name: str) -> Field:
    if kind["type"] == "ARRAY":
        return Field.from_resource({**_field(kind["arrayType"], name).resource(), "mode": "REPEATED"})
    if kind["type"] == "STRUCT":
        children = [_field(member["type"], member["name"]).resource() for member in kind["structTypes"]]
        return Field.from_resource({"name": name, "type": "STRUCT", "fields": children})
    return Field.from_resource({"name": name, "type": kind["type"]})


def _value(kind: dict[str, Any], value: dict[str, Any]) -> Any:
    if kind["type"] == "ARRAY":
        return [_value(kind["arrayType"], item) for item in value.get("arrayValues") or []]
    if kind["type"] == "STRUCT":
        members = value.get("structValues") or {}
        return {
            member["name"]: _value(member["type"], members[member["name"]]) for member in kind["structTypes"]
        }
    return _scalar(kind["type"].upper(), value.get("value"))


def _scalar(kind: str, text: Any) -> Any:
    """What the parameter's cast in DuckDB turns into the type; most types are best told by their text."""
    if text is None:
        return None
    if kind in ("INT64", "INTEGER"):
        return int(text)
    if kind in ("FLOAT64", "FLOAT"):
        return float(text)
    if kind in ("BOOL", "BOOLEAN"):
        return str(text).lower() == "true"
    if kind == "BYTES":
        return base64.b64decode(text, validate=True)
    return str(text)
