"""Resolvers of the queries, and of the types they answer with."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from infra.local.vendors.monday import problems
from infra.local.vendors.monday.call import Call, Info
from infra.local.vendors.monday.cursors import Paging
from infra.local.vendors.monday.limits import Points
from infra.local.vendors.monday.model import Board, Column, Group, Item
from infra.local.vendors.monday.values import json_of, text_of

VERSION = "2026-10"
_MOST_IDS = 100
_LONGEST_PAGE = 500
_TYPES = {
    "text": "TextValue",
    "long_text": "LongTextValue",
    "numbers": "NumbersValue",
    "date": "DateValue",
    "dropdown": "DropdownValue",
    "status": "StatusValue",
    "subtasks": "SubtasksValue",
}
_NULL_TEXT_WHEN_EMPTY = {"dropdown", "status"}


@dataclass(frozen=True, slots=True)
class Cell:
    """The value of one column of one item."""

    column: Column
    item: Item

    @property
    def kept(self) -> Any:
        """The value in canonical form, None when empty."""
        return self.item.values.get(self.column.id)


# --- Query ----------------------------------------------------------------------------------------------------


def boards(
    _: Any,
    info: Info,
    ids: Sequence[str] | None = None,
    limit: int | None = None,
    page: int | None = None,
    state: str | None = None,
) -> list[Board]:
    """Boards by id, or all; the stand-in's are always active."""
    known = _call(info).workspace.boards
    if state not in (None, "active", "all"):
        return []
    found = (
        list(known.values()) if ids is None else [known[one] for one in dict.fromkeys(ids) if one in known]
    )
    return _paged(found, limit, page)


def items(
    _: Any,
    info: Info,
    ids: Sequence[str] | None = None,
    limit: int | None = None,
    page: int | None = None,
    newest_first: bool | None = None,
    exclude_nonactive: bool | None = None,
) -> list[Item]:
    """Items by id, in any state; at most a hundred ids."""
    known = _call(info).workspace.items
    if ids is not None and len(ids) > _MOST_IDS:
        raise problems.invalid_argument(f"items takes at most {_MOST_IDS} ids")
    wanted = known if ids is None else [int(one) for one in dict.fromkeys(ids) if one.isdigit()]
    found = [known[one] for one in sorted(wanted, reverse=bool(newest_first)) if one in known]
    if exclude_nonactive:
        found = [item for item in found if item.state == "active"]
    return _paged(found, limit, page)


def items_page_by_column_values(
    _: Any,
    info: Info,
    board_id: str,
    limit: int,
    columns: Sequence[dict[str, Any]] | None = None,
    cursor: str | None = None,
) -> dict[str, Any]:
    """Active items with one of the values in every column named, as the search sees them."""
    call = _call(info)
    if (columns is None) == (cursor is None):
        raise problems.invalid_argument("Give either columns or cursor")
    if cursor is not None:
        return _page(call, call.cursors.read(cursor), limit)
    board = call.workspace.board(board_id)
    return _page(call, call.cursors.begin(board.id, columns=_wanted(board, columns or ())), limit)


def next_items_page(_: Any, info: Info, cursor: str, limit: int = 25) -> dict[str, Any]:
    """The page after the one that gave the cursor."""
    call = _call(info)
    return _page(call, call.cursors.read(cursor), limit)


def complexity(_: Any, info: Info) -> Points:
    """What this call costs; also the field of that name in a mutation."""
    return _call(info).points


def version(_: Any, info: Info) -> dict[str, str]:
    """The version that serves, whatever was asked for."""
    return {"kind": "current", "value": VERSION, "display_name": VERSION}


def me(_: Any, info: Info) -> dict[str, str]:
    """The user of the token."""
    return {"id": "4012689", "name": "Local integration", "email": "integration@local.example"}


def fetch_job_status(_: Any, info: Info, job_id: str) -> Any:
    """How far an ingest job is."""
    call = _call(info)
    return call.jobs.status(job_id, call.base_url)


# --- Board, Group, Item ---------------------------------------------------------------------------------------


def columns(board: Board, _: Info, ids: Sequence[str] | None = None) -> list[Column]:
    """The columns of a board in their order."""
    return [each for each in board.columns.values() if ids is None or each.id in ids]


def groups(board: Board, _: Info, ids: Sequence[str] | None = None) -> list[Group]:
    """The groups of a board in their order, archived ones too."""
    return [each for each in board.groups.values() if ids is None or each.id in ids]


def items_page(
    above: Board | Group, info: Info, limit: int = 25, cursor: str | None = None
) -> dict[str, Any]:
    """Active items of a board or a group."""
    call = _call(info)
    if cursor is not None:
        return _page(call, call.cursors.read(cursor), limit)
    if isinstance(above, Group):
        return _page(call, call.cursors.begin(above.board_id, group_id=above.id), limit)
    return _page(call, call.cursors.begin(above.id), limit)


def items_limit(_: Board, info: Info) -> int:
    """How many items a board may hold."""
    return _call(info).workspace.items_limit


def board_of(item: Item, info: Info) -> Board:
    """The board an item is on."""
    return _call(info).workspace.boards[item.board_id]


def group_of(item: Item, info: Info) -> Group:
    """The group an item is in."""
    return _call(info).workspace.boards[item.board_id].groups[item.group_id]


def parent_of(item: Item, info: Info) -> Item | None:
    """The item that a subitem belongs to."""
    return None if item.parent_id is None else _call(info).workspace.items[item.parent_id]


def subitems(item: Item, info: Info) -> list[Item]:
    """The active subitems of an item."""
    known = _call(info).workspace.items
    return [known[one] for one in item.subitem_ids if known[one].state == "active"]


def created_at(item: Item, _: Info) -> str:
    """When an item was made."""
    return _moment(item.created)


def updated_at(item: Item, _: Info) -> str:
    """When an item was last changed."""
    return _moment(item.updated)


def column_values(
    item: Item,
    info: Info,
    ids: Sequence[str] | None = None,
    types: Sequence[str] | None = None,
) -> list[Cell]:
    """Every column's value, of empty columns too; the name is not among them."""
    board = board_of(item, info)
    return [
        Cell(column, item)
        for column in board.columns.values()
        if column.type != "name"
        and (ids is None or column.id in ids)
        and (types is None or column.type in types)
    ]


# --- ColumnValue, Column --------------------------------------------------------------------------------------


def type_of_cell(cell: Cell, *_: Any) -> str:
    """The name of the type that answers for a column."""
    return _TYPES.get(cell.column.type, "UnsupportedValue")


def cell_text(cell: Cell, _: Info) -> str | None:
    """The value as text."""
    if cell.kept is None and cell.column.type in _NULL_TEXT_WHEN_EMPTY:
        return None
    return text_of(cell.column, cell.kept)


def cell_value(cell: Cell, _: Info) -> str | None:
    """The value as JSON inside a string."""
    return json_of(cell.column, cell.kept)


def cell_number(cell: Cell, _: Info) -> float | None:
    """The number of a numbers column."""
    return None if cell.kept is None else float(cell.kept)


def cell_date(cell: Cell, _: Info) -> str | None:
    """The day of a date column."""
    return None if cell.kept is None else str(cell.kept).partition("T")[0]


def cell_time(cell: Cell, _: Info) -> str | None:
    """The time of a date column."""
    return str(cell.kept or "").partition("T")[2] or None


def cell_options(cell: Cell, _: Info) -> list[dict[str, Any]]:
    """The labels of a dropdown column."""
    return [{"id": number, "label": cell.column.labels[number]} for number in cell.kept or ()]


def cell_label(cell: Cell, _: Info) -> str | None:
    """The label of a status column."""
    return None if cell.kept is None else cell.column.labels[cell.kept]


def settings(column: Column, _: Info) -> dict[str, Any]:
    """A column's settings as an object: the labels, or the board of the subitems."""
    if column.type == "dropdown":
        labels = [{"id": number, "label": label} for number, label in column.labels.items()]
        return {"labels": labels}
    if column.type == "status":
        return {"labels": [{"index": number, "label": label} for number, label in column.labels.items()]}
    return {"boardIds": [_id_number(column.subitems_board)]} if column.type == "subtasks" else {}


def settings_str(column: Column, _: Info) -> str:
    """A column's settings as text, in their older form."""
    if column.type == "dropdown":
        return json.dumps(
            {"labels": [{"id": number, "name": name} for number, name in column.labels.items()]}
        )
    if column.type == "status":
        return json.dumps({"labels": {str(number): name for number, name in column.labels.items()}})
    return (
        json.dumps({"boardIds": [_id_number(column.subitems_board)]}) if column.type == "subtasks" else "{}"
    )


# --- helpers --------------------------------------------------------------------------------------------------


def _call(info: Info) -> Call:
    call: Call = info.context
    return call


def _paged(found: list[Any], limit: int | None, page: int | None) -> list[Any]:
    size, number = 25 if limit is None else limit, page or 1
    if size < 1 or number < 1:
        raise problems.invalid_argument("limit and page start at 1")
    return found[(number - 1) * size : number * size]


def _wanted(board: Board, columns: Sequence[dict[str, Any]]) -> list[tuple[str, list[str]]]:
    """The columns to search by; several are all to match."""
    wanted = []
    for each in columns:
        column = board.columns.get(each["column_id"])
        if column is None or column.type == "name":
            raise problems.invalid_column_id(each["column_id"], board.id)
        if column.type not in _TYPES or column.type == "subtasks":
            raise problems.invalid_argument(f"Columns of type {column.type} cannot be searched")
        wanted.append((column.id, [value or "" for value in each["column_values"]]))
    return wanted


def _page(call: Call, paging: Paging, limit: int) -> dict[str, Any]:
    if not 1 <= limit <= _LONGEST_PAGE:
        raise problems.invalid_argument(f"limit must be 1 to {_LONGEST_PAGE}")
    found = [item for item in _of_paging(call, paging) if item.id > paging.after]
    page = found[:limit]
    more = len(found) > limit
    cursor = call.cursors.write(replace(paging, after=page[-1].id)) if more else None
    return {"cursor": cursor, "items": page}


def _of_paging(call: Call, paging: Paging) -> list[Item]:
    board = call.workspace.board(paging.board_id)
    if paging.columns is not None:
        return [board.items[one] for one in call.workspace.found(board, paging.columns)]
    return [
        item
        for item in board.items.values()
        if item.state == "active" and paging.group_id in (None, item.group_id)
    ]


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _id_number(board_id: str | None) -> Any:
    return int(board_id) if board_id is not None and board_id.isdigit() else board_id
