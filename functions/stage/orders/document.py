"""What a board holds of an order: its group, its name, the values of its columns and its lines. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, TypedDict

from common.differences import differences
from common.problems import Problem, excerpt
from functions.fetch.orders.columns import COLOUR, CUSTOMER, ORDER_NUMBER, SIZES, STYLE, TOTAL_QUANTITY
from functions.fetch.orders.record import Record
from functions.stage.orders.lines import LineDifferences, in_order, line_differences

LONGEST_NAME = 255
"""Characters that monday.com takes for the name of an item or a group (ItemNameTooLongException beyond)."""

ORDER_TYPES: Mapping[str, str] = {"ACTIVE": "RECEIVED", "CANCELLED": "CANCELLED"}
"""The source's word → the label on the board."""

BOARD_COLUMNS: Mapping[str, str] = {
    "CUSTOMER": CUSTOMER,
    "CUSTOMER SEASON": "CUSTOMER SEASON",
    "AAG SEASON": "AAG SEASON",
    "ORDER TYPE": "ORDER TYPE",
    ORDER_NUMBER: ORDER_NUMBER,
    "PO NUMBER": "PO NUMBER",
    "CUSTOMER ALT PO": "CUSTOMER ALT PO",
    "STYLE": STYLE,
    "STYLE DESCRIPTION": "STYLE DESCRIPTION",
    "COLOR": COLOUR,
    "CATEGORY": "CATEGORY",
    "DROP": "DROP",
    "RANGE / COLLECTION": "RANGE / COLLECTION",
    "PATTERN ID": "PATTERN ID",
    "ALIAS RELATED ITEM": "ALIAS/RELATED ITEM",
    "UNIT OF MEASURE": "UNIT OF MEASURE",
    TOTAL_QUANTITY: TOTAL_QUANTITY,
    "ORDER DATE PO RECEIVED": "ORDER DATE PO RECEIVED",
    "CUSTOMER REQ IN DC DATE": "ETA CUSTOMER WAREHOUSE DATE",
    "CUSTOMER EX FACTORY DATE": "EX FACTORY DATE",
    "DELIVERY TERMS": "DELIVERY TERMS",
    "PLANNED DELIVERY METHOD": "PLANNED DELIVERY METHOD",
    "DESTINATION": "DESTINATION",
    "DESTINATION WAREHOUSE": "DESTINATION WAREHOUSE",
    "CUSTOMER PRICE": "CUSTOMER PRICE",
    "EX WORKS (USD)": "EX WORKS (USD)",
    "FINAL FOB (USD)": "FINAL FOB (USD)",
    "US TARIFF RATE": "US TARIFF RATE",
    "NOTES": "NOTES",
    "FINAL PRICES Y/N": "FINAL PRICES Y/N",
    "HS CODE": "HS CODE",
    "ACTIVE": "ACTIVE",
}
"""Title on the board → our column, in the order of the board."""

_NO_SEASON = "check"
_SEASONS = frozenset({"CUSTOMER SEASON", "AAG SEASON"})


class Document(TypedDict):
    """An order as its board shows it, JSON-able. The columns of the keys are not in it."""

    group: str
    name: str
    values: dict[str, str | int]
    """Title of a board column → canonical value as in the record; absent ones are left out."""
    lines: dict[str, int]
    """Size → pieces ordered."""


def document(record: Record, customer: str) -> Document | list[Problem]:
    """What the board should hold of an order. customer: canonical.

    Problems: unknown_order_type (no label of the board means it), too_long (the name or the group's title).
    """
    columns = record["columns"]
    built = Document(
        group=group_title(columns, customer),
        name=item_name(columns),
        values=_values(columns, customer),
        lines=in_order(record["sizes"]),
    )
    return _problems(columns, built) or built


def as_held_where_silent(wanted: Document, held: Mapping[str, Any], counted: Collection[str]) -> Document:
    """The document with what the board holds already, where the source has no such column any more.

    That it says nothing of something is no reason to clear it. held: a document, or {} for an order that no board holds.
    counted: the columns that orders are compared by.
    """
    values = held.get("values", {})
    silent = [title for title, column in BOARD_COLUMNS.items() if column not in counted]
    kept = {title: values[title] for title in silent if title in values and title not in wanted["values"]}
    made = Document(**{**wanted, "values": {**wanted["values"], **kept}})
    if SIZES not in counted and not wanted["lines"]:
        made["lines"] = dict(held.get("lines", {}))
    if not wanted["values"].keys() & _SEASONS and _SEASONS.isdisjoint(counted):
        made["group"] = held.get("group", wanted["group"])
    return made


def group_title(columns: Mapping[str, Any], customer: str) -> str:
    """The canonical customer and its season, else ours, else "check" for a person to look at."""
    season = columns.get("CUSTOMER SEASON") or columns.get("AAG SEASON") or _NO_SEASON
    return f"{customer} {season}"


def item_name(columns: Mapping[str, Any]) -> str:
    """Style, colour and order number without anything between; a colour that is absent is left out."""
    return "".join(str(columns.get(column, "")) for column in (STYLE, COLOUR, ORDER_NUMBER))


def _values(columns: Mapping[str, Any], customer: str) -> dict[str, Any]:
    values = {title: columns[column] for title, column in BOARD_COLUMNS.items() if column in columns}
    values["CUSTOMER"] = customer
    if "ORDER TYPE" in values:
        values["ORDER TYPE"] = _order_type(values["ORDER TYPE"])
    return {title: value for title, value in values.items() if value is not None}


def _order_type(word: str) -> str | None:
    return ORDER_TYPES.get(word.upper())


def _problems(columns: Mapping[str, Any], built: Document) -> list[Problem]:
    problems = []
    word = columns.get("ORDER TYPE")
    if word is not None and _order_type(word) is None:
        known = " and ".join(ORDER_TYPES)
        detail = f"The board knows no label for this order type; {known} have one."
        problems.append(Problem("ORDER TYPE", "unknown_order_type", excerpt(word), detail))
    for column, what, text in ((STYLE, "item", built["name"]), ("CUSTOMER SEASON", "group", built["group"])):
        if len(text) > LONGEST_NAME:
            detail = (
                f"The {what} would be named with {len(text)} characters; monday.com takes {LONGEST_NAME}."
            )
            problems.append(Problem(column, "too_long", excerpt(text), detail))
    return problems


@dataclass(frozen=True, slots=True)
class DocumentDifferences:
    """What is to be done at the board so that it holds the wanted document."""

    group: str | None
    """The title of the group to move to; None where it stays."""
    name: str | None
    """The new name; None where it stays."""
    values: dict[str, str | int | None]
    """Title of a board column → the value to write; None to clear it."""
    lines: LineDifferences

    def __bool__(self) -> bool:
        return bool(self.group or self.name or self.values or self.lines)


def document_differences(held: Document, wanted: Document) -> DocumentDifferences:
    """From what a board holds of an order to what it should hold."""
    changed = differences(held["values"], wanted["values"])
    return DocumentDifferences(
        group=wanted["group"] if wanted["group"] != held["group"] else None,
        name=wanted["name"] if wanted["name"] != held["name"] else None,
        values={title: each["new"] for title, each in changed.items()},
        lines=line_differences(held["lines"], wanted["lines"]),
    )


def shown_differences(held: Document | None, wanted: Document | None) -> dict[str, dict[str, Any]]:
    """{field: {"old", "new"}} for people: group, name, each column's title, and "Size M" for each line."""
    return differences(_shown(held), _shown(wanted))


def _shown(held: Document | None) -> dict[str, Any]:
    if held is None:
        return {}
    lines = {f"Size {size}": pieces for size, pieces in in_order(held["lines"]).items()}
    return {"group": held["group"], "name": held["name"], **held["values"], **lines}
