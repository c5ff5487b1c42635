"""Column values: how they are sent, kept and answered, by column type.

What may be sent: text "…", long_text {"text": "…"}, numbers "12", date {"date": "YYYY-MM-DD"} with an optional
"time", dropdown {"labels": [...]} or {"ids": [...]}, status {"label": …} or {"index": …}. null, "" and {} empty a
column. Every other shape is refused.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import orjson

from infra.local.vendors.monday.model import Board, Column, Values
from infra.local.vendors.monday.problems import column_value, invalid_argument, invalid_column_id

_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


@dataclass(frozen=True)
class NewLabels:
    """Labels to be found or made once the whole mutation is known to be good."""

    labels: tuple[str, ...]


def decoded(column_values: str | None) -> dict[str, Any]:
    """The column values of a mutation by column id; they travel as JSON inside a string."""
    if column_values is None:
        return {}
    try:
        found = orjson.loads(column_values)
    except orjson.JSONDecodeError as error:
        raise invalid_argument(f"column_values is not valid JSON: {error}") from None
    if not isinstance(found, dict):
        raise invalid_argument("column_values must be a JSON object keyed by column id")
    return found


def checked(board: Board, given: Mapping[str, Any], create_labels: bool) -> Values:
    """`given` in canonical form, None for what is to be emptied; nothing is changed yet.

    Raises Refused at the first column that is unknown or whose value is wrong.
    """
    columns = board.columns
    found: Values = {}
    for column_id, sent in given.items():
        column = columns.get(column_id)
        if column is None or column.archived:
            raise invalid_column_id(column_id, board.id)
        found[column_id] = None if sent is None or sent in ("", {}) else _read(column, sent, create_labels)
    return found


def merged(board: Board, values: Values, changes: Values) -> Values:
    """A new dictionary of values after `changes`; makes the labels that are missing."""
    result = dict(values)
    for column_id, value in changes.items():
        if value is None:
            result.pop(column_id, None)
        elif isinstance(value, NewLabels):
            result[column_id] = _made(board.columns[column_id], value)
        else:
            result[column_id] = value
    return result


def text_of(column: Column, value: Any) -> str:
    """A kept value as text; "" for an empty one."""
    if value is None:
        return ""
    if column.type == "dropdown":
        return ", ".join(column.labels[number] for number in value)
    if column.type == "status":
        return column.labels[value]
    return str(value).replace("T", " ") if column.type == "date" else str(value)


def json_of(column: Column, value: Any) -> str | None:
    """A kept value as the API's `value`: JSON inside a string, null for an empty column."""
    if value is None:
        return None
    if column.type == "date":
        day, _, at = value.partition("T")
        return json.dumps({"date": day, "time": at} if at else {"date": day})
    shapes: dict[str, Callable[[], Any]] = {
        "long_text": lambda: {"text": value},
        "dropdown": lambda: {"ids": value},
        "status": lambda: {"index": value},
    }
    return json.dumps(shapes.get(column.type, lambda: value)())


def from_cell(column: Column, cell: str) -> Any:
    """A cell of an uploaded CSV in the shape that a mutation would send."""
    shapes: dict[str, Callable[[], Any]] = {
        "long_text": lambda: {"text": cell},
        "date": lambda: {"date": cell},
        "dropdown": lambda: {"labels": [label.strip() for label in cell.split(",")]},
        "status": lambda: {"label": cell},
    }
    return shapes.get(column.type, lambda: cell)()


def _made(column: Column, wanted: NewLabels) -> Any:
    numbers = [column.add_label(label) for label in wanted.labels]
    return numbers if column.type == "dropdown" else numbers[0]


def _read(column: Column, sent: Any, create_labels: bool) -> Any:
    reader = _READERS.get(column.type)
    if reader is None:
        raise column_value(column, sent, f"Columns of type {column.type} cannot be written here")
    return reader(column, sent, create_labels)


def _text(column: Column, sent: Any, _: bool) -> str:
    if not isinstance(sent, str):
        raise column_value(column, sent, "A text column takes a string")
    return sent


def _long_text(column: Column, sent: Any, _: bool) -> str | None:
    text = _only(column, sent, "text", required="text")["text"]
    if not isinstance(text, str):
        raise column_value(column, sent, 'A long text column takes {"text": "…"}')
    return text or None


def _number(column: Column, sent: Any, _: bool) -> str:
    if not isinstance(sent, str) or not _NUMBER.fullmatch(sent):
        raise column_value(column, sent, "A numbers column takes a number as a string")
    return sent


def _date(column: Column, sent: Any, _: bool) -> str | None:
    parts = _only(column, sent, "date", "time", required="date")
    day, at = parts["date"], parts.get("time")
    if day in ("", None):
        return None
    try:
        if not _DATE.fullmatch(day):
            raise ValueError
        date.fromisoformat(day)
        return day if not at else f"{day}T{time.fromisoformat(at).isoformat()}"
    except (TypeError, ValueError):
        raise column_value(column, sent, 'A date column takes {"date": "YYYY-MM-DD"}') from None


def _dropdown(column: Column, sent: Any, create_labels: bool) -> Any:
    parts = _only(column, sent, "labels", "ids")
    if "ids" in parts:
        return [_number_of(column, sent, number) for number in _a_list(column, sent, parts["ids"])] or None
    labels = _a_list(column, sent, parts.get("labels"))
    return _labels(column, sent, labels, create_labels) if labels else None


def _status(column: Column, sent: Any, create_labels: bool) -> Any:
    parts = _only(column, sent, "label", "index")
    if "index" in parts:
        return _number_of(column, sent, parts["index"])
    label = parts.get("label")
    if label in ("", None):
        return None
    found = _labels(column, sent, [label], create_labels)
    return found if isinstance(found, NewLabels) else found[0]


_READERS: dict[str, Callable[[Column, Any, bool], Any]] = {
    "text": _text,
    "long_text": _long_text,
    "numbers": _number,
    "date": _date,
    "dropdown": _dropdown,
    "status": _status,
}


def _only(column: Column, sent: Any, *known: str, required: str | None = None) -> dict[str, Any]:
    """`sent` as an object with none but the known keys."""
    if not isinstance(sent, dict) or not sent.keys() <= set(known):
        raise column_value(column, sent, f"A {column.type} column takes an object with {' or '.join(known)}")
    if required is not None and required not in sent:
        raise column_value(column, sent, f"A {column.type} column needs {required}")
    return sent


def _a_list(column: Column, sent: Any, found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise column_value(column, sent, "A dropdown column takes lists")
    return found


def _number_of(column: Column, sent: Any, number: Any) -> int:
    """The id or index of a label that is there; both may come as text."""
    if isinstance(number, bool) or not str(number).isdigit() or int(number) not in column.labels:
        raise _missing(column, sent, number)
    return int(number)


def _labels(column: Column, sent: Any, labels: Iterable[Any], create: bool) -> NewLabels | list[int]:
    """Their numbers when all are there, else what to make, where that is allowed."""
    numbers: list[int] = []
    new = False
    for label in labels:
        if not isinstance(label, str) or not label:
            raise column_value(column, sent, "A label is a text that is not empty")
        number = column.label_number(label)
        if number is None and not create:
            raise _missing(column, sent, label)
        new = new or number is None
        numbers.append(-1 if number is None else number)
    return NewLabels(tuple(labels)) if new else numbers


def _missing(column: Column, sent: Any, label: Any) -> Exception:
    possible = ", ".join(f"{number}: {text}" for number, text in column.labels.items())
    why = f"The label {label!r} doesn't exist, possible labels are: {{{possible}}}"
    return column_value(column, sent, why, "missingLabel")
