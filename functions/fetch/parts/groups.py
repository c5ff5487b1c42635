"""Repeated fields of a parts row: specs, images, docs, compliance, extra and sellers, as small records.

They come as lists (BigQuery, JSON), as JSON text in one cell, or as people write lists into one cell.
"""

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from common.problems import BadValue
from functions.fetch.parts.fields import text, url

Entry = dict[str, str | None]

_FIELDS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "specs": {
        "name": ("spec_name", "name"),
        "value": ("spec_value", "value"),
        "unit": ("spec_units", "units", "unit"),
    },
    "images": {"id": ("image_id", "id"), "url": ("image_url", "url")},
    "docs": {
        "url": ("doc_url", "url"),
        "description": ("doc_desc", "description"),
        "type": ("doc_type", "type"),
    },
    "compliance": {"type": ("type",), "value": ("value",)},
    "extra": {"name": ("name",), "value": ("value",)},
}
"""Column → our field → the names sources give it."""

_FIELD_OF_BARE_TEXT = {"images": "url", "docs": "url", "sellers": "name"}
_ADDRESSES = re.compile(r"[\s|]+")
_PHRASES = re.compile(r"[;|\r\n]+")
_PAIR = re.compile(r"([^=:]+)[=:](.*)", re.DOTALL)

GROUPS = (*_FIELDS, "sellers")
"""The repeated columns."""


def group(column: str, raw: Any) -> list[Entry]:
    """The entries of one repeated column, without those that say nothing. Raises `BadValue`."""
    read: Callable[[str, Any], Entry] = _seller if column == "sellers" else _entry
    entries = [read(column, each) for each in _listed(column, raw) if each is not None]
    return [entry for entry in entries if any(entry.values())]


def _listed(column: str, raw: Any) -> list[Any]:
    if raw is None:
        return []
    if isinstance(raw, str):
        return _from_cell(column, raw.strip())
    if isinstance(raw, Mapping):
        return [raw]
    if isinstance(raw, list):
        return raw
    raise BadValue("not_a_list", "A list is expected here.")


def _from_cell(column: str, cell: str) -> list[Any]:
    if cell.startswith(("[", "{")):
        try:
            content = json.loads(cell, parse_float=Decimal)
        except (ValueError, RecursionError) as error:
            raise BadValue("not_a_list", f"This looks like JSON, but is not: {error}") from None
        return content if isinstance(content, list) else [content]
    if column in ("images", "docs"):
        return [address for address in _ADDRESSES.split(cell) if address]
    phrases = [phrase.strip() for phrase in _PHRASES.split(cell) if phrase.strip()]
    return phrases if column == "sellers" else [_pair(column, phrase) for phrase in phrases]


def _pair(column: str, phrase: str) -> dict[str, str]:
    pair = _PAIR.fullmatch(phrase)
    if pair is None:
        raise BadValue("not_a_list", "Write `name=value; name=value`, or a JSON list.")
    first, second = list(_FIELDS[column])[:2]
    return {first: pair[1], second: pair[2]}


def _entry(column: str, raw: Any) -> Entry:
    if isinstance(raw, str) and column in _FIELD_OF_BARE_TEXT:
        raw = {_FIELD_OF_BARE_TEXT[column]: raw}
    if not isinstance(raw, Mapping):
        raise BadValue("bad_entry", f"Each entry of {column} is a record with fields, not one value.")
    return {
        field: _value(field, next((raw[name] for name in names if raw.get(name) is not None), None))
        for field, names in _FIELDS[column].items()
    }


def _seller(column: str, raw: Any) -> Entry:
    if isinstance(raw, str):
        raw = {_FIELD_OF_BARE_TEXT[column]: raw}
    if not isinstance(raw, Mapping):
        raise BadValue("bad_entry", "Each seller is a name or a record with fields.")
    return {field: _value(field, raw[field]) for field in sorted(raw)}


def _value(field: str, raw: Any) -> str | None:
    if isinstance(raw, bool):
        return str(raw).lower()
    if isinstance(raw, list | Mapping):
        return json.dumps(raw, sort_keys=True, ensure_ascii=False, default=str)
    return url(raw) if field == "url" else text(raw)
