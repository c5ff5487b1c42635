"""Items as the board holds them: found by the text of a key column, or read by id with their subitems.

A search sees what was written with a delay, so "not found" is no proof by itself. A cursor lives 60 minutes from the first
page on; when it has expired, paging starts again from the first page, because items have no stable order.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from common.errors import Retry, Unavailable
from functions.push.monday import costs
from functions.push.monday.failures import CursorExpired
from functions.push.monday.request import COMPLEXITY, Query
from functions.push.monday.values import Held, held

KEYS_A_CALL = 100
ITEMS_A_CALL = 100
"""What the vendor answers at most for `items(ids)`."""
PAGE = 200
"""Items of one page: all keys of a call fit, even doubled, so that a second page is rare. The vendor allows 500."""
MOST_RESTARTS = 3

_FOUND = "cursor items { id name group { id } column_values(ids: $column) { id type text value } }"
_FIRST = f"""query ($board: ID!, $limit: Int!, $columns: [ItemsPageByColumnValuesQuery!], $column: [String!]) {{
  {COMPLEXITY}
  page: items_page_by_column_values(board_id: $board, limit: $limit, columns: $columns) {{ {_FOUND} }}
}}"""
_NEXT = f"""query ($cursor: String!, $limit: Int!, $column: [String!]) {{
  {COMPLEXITY}
  page: next_items_page(cursor: $cursor, limit: $limit) {{ {_FOUND} }}
}}"""
_VALUE = "id type text value ... on DropdownValue { values { label } }"
_ITEMS = f"""query ($ids: [ID!], $limit: Int, $columns: [String!], $line_columns: [String!]) {{
  {COMPLEXITY}
  items(ids: $ids, limit: $limit) {{
    id name state board {{ id }} group {{ id title }}
    column_values(ids: $columns) {{ {_VALUE} }}
    subitems {{ id name state board {{ id }} column_values(ids: $line_columns) {{ {_VALUE} }} }}
  }}
}}"""

Ask = Callable[[Query], Mapping[str, Any]]
"""Asks monday.com and gives the data, or raises a typed error."""


@dataclass(frozen=True)
class FoundItem:
    """An active item that has the key that was asked for."""

    id: str
    key: str
    name: str
    group_id: str


@dataclass(frozen=True)
class HeldItem:
    """An item or subitem of any state. values: by column id, as `values.held` reads them. lines: its subitems."""

    id: str
    name: str
    state: str
    """active, archived or deleted."""
    board_id: str
    group_id: str = ""
    group_title: str = ""
    values: Mapping[str, Held] = field(default_factory=dict)
    lines: tuple["HeldItem", ...] = ()

    @property
    def is_active(self) -> bool:
        """Whether people see it on the board."""
        return self.state == "active"


def find(ask: Ask, board_id: str, column_id: str, keys: Sequence[str]) -> dict[str, list[FoundItem]]:
    """The active items of a board whose text column holds one of these keys, exactly; each key has its list.

    One call for 100 keys. Raises Retry when a cursor expires again and again.
    """
    found: dict[str, list[FoundItem]] = {key: [] for key in keys}
    for asked in _slices(list(found), KEYS_A_CALL):
        for item in _all_pages(ask, board_id, column_id, asked):
            if item.key in found:  # the vendor's comparison may be looser than ours
                found[item.key].append(item)
    return found


def items(
    ask: Ask,
    ids: Sequence[str],
    columns: Sequence[str] | None = None,
    line_columns: Sequence[str] | None = None,
) -> dict[str, HeldItem]:
    """What these items hold, by id; an id that monday.com does not know, or not for us, is absent.

    columns, line_columns: the column ids wanted of the items and of their subitems; all without. One call for 100 ids.
    """
    found: dict[str, HeldItem] = {}
    for asked in _slices(list(dict.fromkeys(ids)), ITEMS_A_CALL):
        data = ask(items_query(asked, columns, line_columns))
        found |= {item.id: item for item in (_held_item(one) for one in _listed(data, "items"))}
    return found


def first_page(board_id: str, column_id: str, keys: Sequence[str]) -> Query:
    """Asks for the items with one of these keys."""
    columns = [{"column_id": column_id, "column_values": list(keys)}]
    variables = {"board": board_id, "limit": PAGE, "columns": columns, "column": [column_id]}
    return Query(_FIRST, variables, costs.LOOK_UP)


def next_page(cursor: str, column_id: str) -> Query:
    """Asks for what follows."""
    return Query(_NEXT, {"cursor": cursor, "limit": PAGE, "column": [column_id]}, costs.LOOK_UP)


def items_query(
    ids: Sequence[str], columns: Sequence[str] | None, line_columns: Sequence[str] | None
) -> Query:
    """Asks for these items; an argument that is not sent means all columns, an empty list none."""
    wanted = {"columns": columns, "line_columns": line_columns}
    chosen = {name: list(value) for name, value in wanted.items() if value is not None}
    estimate = costs.of_items(
        len(ids),
        len(columns) if columns is not None else costs.HELD_COLUMNS,
        len(line_columns) if line_columns is not None else costs.HELD_COLUMNS,
    )
    return Query(_ITEMS, {"ids": list(ids), "limit": len(ids), **chosen}, estimate)


def _all_pages(ask: Ask, board_id: str, column_id: str, keys: Sequence[str]) -> list[FoundItem]:
    for _ in range(MOST_RESTARTS + 1):
        try:
            by_id = {item.id: item for item in _pages(ask, board_id, column_id, keys)}
            return list(by_id.values())
        except CursorExpired:
            continue
    raise Retry(
        f"The cursor over board {board_id} expired {MOST_RESTARTS + 1} times; monday.com answers too slowly.",
        reason="monday_cursor",
    )


def _pages(ask: Ask, board_id: str, column_id: str, keys: Sequence[str]) -> Iterator[FoundItem]:
    query = first_page(board_id, column_id, keys)
    seen: set[str] = set()
    while True:
        page = ask(query).get("page")
        if not isinstance(page, Mapping):  # without it "not found" would be a guess
            raise Unavailable("monday.com's answer holds no page of items", reason="monday_malformed")
        for one in _listed(page, "items"):
            yield _found_item(one)
        cursor = page.get("cursor")
        if not cursor:
            return
        if cursor in seen:
            raise Unavailable("monday.com repeats a cursor; paging does not end", reason="monday_malformed")
        seen.add(str(cursor))
        query = next_page(str(cursor), column_id)


def _found_item(one: Mapping[str, Any]) -> FoundItem:
    key = next((held(value) for value in _values(one)), None)
    return FoundItem(
        str(one["id"]),
        key if isinstance(key, str) else "",
        str(one.get("name") or ""),
        str((one.get("group") or {}).get("id") or ""),
    )


def _held_item(one: Mapping[str, Any]) -> HeldItem:
    group = one.get("group") or {}
    return HeldItem(
        id=str(one["id"]),
        name=str(one.get("name") or ""),
        state=str(one.get("state") or ""),
        board_id=str((one.get("board") or {}).get("id") or ""),
        group_id=str(group.get("id") or ""),
        group_title=str(group.get("title") or ""),
        values={str(value["id"]): held(value) for value in _values(one)},
        lines=tuple(_held_item(line) for line in one.get("subitems") or () if line),
    )


def _listed(holder: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    listed = holder.get(name)
    if not isinstance(listed, list):
        raise Unavailable(f"monday.com's answer holds no list of {name}", reason="monday_malformed")
    return [one for one in listed if isinstance(one, Mapping) and "id" in one]


def _values(one: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [value for value in one.get("column_values") or () if isinstance(value, Mapping) and "id" in value]


def _slices(values: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))
