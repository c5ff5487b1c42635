"""Column values: ours into the shape that each column type takes, and what a board holds back into ours.

Ours are text, whole numbers and decimal text; None empties a column. Shapes by type (API reference, "Column types"): text
"…", numbers "12", date {"date"}, dropdown {"labels": […]}, status {"label"}, long_text {"text"}. They become text once, in
`documents`. Nothing is ever cut: what is too long is refused by name.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from common.errors import Refuse
from functions.push.monday.boards import Board, Column

Canonical = str | int | None
"""A value of ours."""
Held = str | tuple[str, ...] | None
"""What a board holds, comparable with `normal` of ours. A tuple: several labels, which we never write."""

LONGEST_TEXT = 4000
"""Letters of one value: our own limit, the staging tables' too. monday.com's is about 64 KB for a whole item."""
LONGEST_NAME = 255
"""Letters of an item's name (ItemNameTooLongException)."""
_NUMBER = re.compile(r"-?\d{1,30}(?:\.\d{1,30})?", re.ASCII)


def shapes(board: Board, values: Mapping[str, Canonical]) -> dict[str, Any]:
    """Values by title as monday.com takes them, by column id.

    Raises Misconfigured when the board lacks a column, Refuse when a value does not fit its column.
    """
    columns = {title: board.column(title) for title in values}
    return {columns[title].id: shape(columns[title], value) for title, value in values.items()}


def shape(column: Column, value: Canonical) -> Any:
    """One value in the shape of its column; Refuse (`column_value`, `value_too_long`) when it does not fit."""
    if column.type not in _SHAPES:
        raise Refuse(
            f"Column {column.title!r}: columns of type {column.type} are not written.", reason="column_value"
        )
    if value is None or value == "":
        return "" if column.type in ("text", "numbers") else None
    ours = normal(column.type, value)
    if not isinstance(ours, str):
        raise Refuse(f"Column {column.title!r} cannot hold {value!r}.", reason="column_value")
    if len(ours) > LONGEST_TEXT:
        raise Refuse(
            f"Column {column.title!r}: {len(ours)} letters are too many (at most {LONGEST_TEXT}).",
            reason="value_too_long",
        )
    _check(column, ours)
    return _SHAPES[column.type](ours)


def checked_name(name: str) -> str:
    """The name of an item or subitem; Refuse (`item_name_length`) when it has not 1 to 255 letters."""
    if not 0 < len(name.strip()) <= len(name) <= LONGEST_NAME:
        raise Refuse(
            f"An item's name has 1 to {LONGEST_NAME} letters, not {len(name)}: {name[:40]!r}",
            reason="item_name_length",
        )
    return name


def normal(column_type: str, value: object) -> Held:
    """A value of either side in the one form in which they are compared; None for an empty one.

    Numbers are decimal text without needless zeros, text is NFC, stripped, with plain line ends.
    """
    if isinstance(value, tuple):
        return tuple(str(label) for label in value)
    if value is None or isinstance(value, bool):
        return None
    text = unicodedata.normalize("NFC", str(value)).replace("\r\n", "\n").strip()
    if column_type == "numbers" and _NUMBER.fullmatch(text):
        return _plain_number(text)
    return text or None


def same(column_type: str, ours: Canonical, held: Held) -> bool:
    """Whether a column holds what we would write."""
    return normal(column_type, ours) == normal(column_type, held)


def held(column_value: Mapping[str, Any]) -> Held:
    """What a column holds, from `{id type text value}` of an item, and `values {label}` for a dropdown."""
    column_type = str(column_value.get("type"))
    text = column_value.get("text")
    raw = _raw(column_value.get("value"))
    reader = _READERS.get(column_type)
    found = reader(text, raw, column_value) if reader else text
    return normal(column_type, found)


def _check(column: Column, text: str) -> None:
    if column.type == "numbers" and not _NUMBER.fullmatch(text):
        raise Refuse(f"Column {column.title!r} takes a number, not {text[:40]!r}.", reason="column_value")
    if column.type == "date" and not _is_date(text):
        raise Refuse(
            f"Column {column.title!r} takes a date (YYYY-MM-DD), not {text[:40]!r}.", reason="column_value"
        )


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _plain_number(text: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, fraction = digits.partition(".")
    fraction = fraction.rstrip("0")
    number = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    return number if number == "0" else sign + number


_SHAPES: Mapping[str, Callable[[str], Any]] = {
    "text": lambda text: text,
    "long_text": lambda text: {"text": text},
    "numbers": lambda text: text,
    "date": lambda text: {"date": text},
    "dropdown": lambda text: {"labels": [text]},
    "status": lambda text: {"label": text},
}
WRITABLE = frozenset(_SHAPES)
"""The column types that we write."""


def _raw(value: object) -> Any:
    """The raw value, which travels as JSON inside a string, or as JSON itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


def _long_text(text: object, raw: Any, _: Mapping[str, Any]) -> object:
    return raw.get("text", text) if isinstance(raw, Mapping) else text


def _number(text: object, raw: Any, _: Mapping[str, Any]) -> object:
    return raw if isinstance(raw, str | int | float) and not isinstance(raw, bool) else text


def _date(text: object, raw: Any, _: Mapping[str, Any]) -> object:
    return raw.get("date") or text if isinstance(raw, Mapping) else text


def _dropdown(text: object, raw: Any, column_value: Mapping[str, Any]) -> object:
    """The label, or a tuple of several; `text` alone would not tell "A, B" from A and B."""
    listed = column_value.get("values")
    if isinstance(listed, list):
        labels = tuple(str(each.get("label")) for each in listed if isinstance(each, Mapping))
        return labels if len(labels) > 1 else "".join(labels)
    chosen = raw.get("ids") if isinstance(raw, Mapping) else None
    is_several = isinstance(chosen, list) and len(chosen) > 1
    return tuple(str(text).split(", ")) if is_several else text


_READERS: Mapping[str, Callable[[Any, Any, Mapping[str, Any]], object]] = {
    "long_text": _long_text,
    "numbers": _number,
    "date": _date,
    "dropdown": _dropdown,
}
