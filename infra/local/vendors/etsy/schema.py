"""Requests checked against `schema.json`: the fields in use, with their types, ranges and choices.

Forms and queries are texts and are read as their types say; a list in them is one text with commas. JSON has to hold the
types themselves.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

from infra.local.vendors.etsy.problems import Invalid
from infra.local.vendors.etsy.rules import when_made_values

Field = Mapping[str, Any]
LARGEST_INTEGER = 2**63 - 1
"""Etsy's numbers are int64."""


@cache
def operations() -> Mapping[str, Mapping[str, Any]]:
    """What is known of each operation, by Etsy's name for it."""
    known: Mapping[str, Mapping[str, Any]] = json.loads(Path(__file__).with_name("schema.json").read_text())
    return known


def query_of(operation: str, given: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The query of a call with its defaults. Raises Invalid."""
    known = operations()[operation]
    return _texts(known.get("query", {}), known.get("required_query", ()), given)


def form_of(operation: str, given: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """The fields of a form with their defaults; a file stays as it is. Raises Invalid."""
    known = operations()[operation]
    return _texts(known.get("body", {}), known.get("required", ()), given)


def json_of(operation: str, body: bytes) -> dict[str, Any]:
    """The document of a call. Raises Invalid."""
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):
        raise Invalid("The request body is not valid JSON") from None
    known = operations()[operation]
    shape = {"type": "object", "properties": known["body"], "required": known.get("required", ())}
    document: dict[str, Any] = _checked(shape, given, "body")
    return document


def _texts(
    fields: Mapping[str, Field], required: Iterable[str], given: Iterable[tuple[str, Any]]
) -> dict[str, Any]:
    last = dict(given)  # Etsy keeps the last of a repeated field; a list sent so loses all but one
    for name in last:
        if name not in fields:
            raise Invalid(f"Unknown parameter: {name}")
    for name in required:
        if name not in last:
            raise Invalid(f"Missing required parameter: {name}")
    values = {name: _from_text(fields[name], text, name) for name, text in last.items()}
    defaults = {name: field["default"] for name, field in fields.items() if "default" in field}
    return defaults | values


def _from_text(field: Field, text: Any, name: str) -> Any:
    if field["type"] == "file":
        return text
    if not isinstance(text, str):
        raise Invalid(f"{name} has to be a field of the form, not a file")
    if field["type"] == "array":
        if text == "":
            raise Invalid(
                "Array is too short",
                path="/images" if name == "image_ids" else f"/{name}",
                kind="array_too_short",
            )
        return [_from_text(field["items"], part.strip(), name) for part in text.split(",")]
    read = _READERS[field["type"]]
    try:
        value = read(text)
    except ValueError:
        raise Invalid(f"Expected {field['type']} value for {name}") from None
    return _in_range(field, value, name)


def _checked(field: Field, value: Any, name: str) -> Any:
    if value is None and field.get("nullable"):
        return None
    if not _IS[field["type"]](value):
        raise Invalid(f"Expected {field['type']} value for {name}")
    if field["type"] == "array":
        return [_checked(field["items"], each, name) for each in value]
    if field["type"] == "object":
        return _object(field, value, name)
    return _in_range(field, value, name)


def _object(field: Field, value: Mapping[str, Any], name: str) -> dict[str, Any]:
    for missing in (each for each in field.get("required", ()) if each not in value):
        raise Invalid(f"Missing required parameter: {name}.{missing}")
    known = field["properties"]
    for unknown in (each for each in value if each not in known):
        raise Invalid(f"Unknown parameter: {name}.{unknown}")
    return {each: _checked(known[each], given, each) for each, given in value.items()}


def _in_range(field: Field, value: Any, name: str) -> Any:
    if field["type"] == "integer" and abs(value) > LARGEST_INTEGER:
        raise Invalid(f"{name} is out of range")
    if "minimum" in field and value < field["minimum"]:
        raise Invalid(f"{name} must be at least {field['minimum']}")
    if "above" in field and value <= field["above"]:
        raise Invalid(f"{name} must be greater than {field['above']}")
    if "maximum" in field and value > field["maximum"]:
        raise Invalid(f"{name} must be at most {field['maximum']}")
    choices = field.get("enum")
    if choices is not None and value not in choices:
        raise Invalid(f"Invalid value for {name}: {value!r}; one of {', '.join(choices)} is expected")
    return value


def check_when_made(value: str, year: int) -> None:
    """Raise Invalid for an era that Etsy does not offer in this year."""
    known = when_made_values(year)
    if value not in known:
        raise Invalid(f"Invalid value for when_made: {value!r}; one of {', '.join(known)} is expected")


def _boolean(text: str) -> bool:
    known = {"true": True, "1": True, "false": False, "0": False}
    if text.lower() not in known:
        raise ValueError(text)
    return known[text.lower()]


def _integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,30}", text, re.ASCII):
        raise ValueError(text)
    return int(text)


def _number(text: str) -> float:
    if not re.fullmatch(r"[+-]?\d*\.?\d*([eE][+-]?\d+)?", text, re.ASCII):
        raise ValueError(text)
    number = float(text)
    if not isfinite(number):
        raise ValueError(text)
    return number


_READERS: Mapping[str, Callable[[str], Any]] = {
    "integer": _integer,
    "number": _number,
    "boolean": _boolean,
    "string": str,
}
_IS: Mapping[str, Callable[[Any], bool]] = {
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "number": lambda value: (
        isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    ),
    "boolean": lambda value: isinstance(value, bool),
    "string": lambda value: isinstance(value, str),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
}
