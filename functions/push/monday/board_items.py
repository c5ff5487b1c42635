"""Every item of a board with our key of it and of its lines, page by page.

A cursor lives 60 minutes from the first page on; when it has expired (`CursorExpired`), the board is read from its first page
again. A page may hold an item that an earlier one held: items have no stable order.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import Unavailable
from functions.push.monday import costs
from functions.push.monday.request import COMPLEXITY, Query
from functions.push.monday.values import held

_ITEMS = """cursor items {
      id name column_values(ids: $column) { id type text value }
      subitems { id column_values(ids: $line_column) { id type text value } }
    }"""
_FIRST = f"""query ($board: [ID!], $limit: Int!, $column: [String!], $line_column: [String!]) {{
  {COMPLEXITY}
  boards(ids: $board, limit: 1) {{ page: items_page(limit: $limit) {{ {_ITEMS} }} }}
}}"""
_NEXT = f"""query ($cursor: String!, $limit: Int!, $column: [String!], $line_column: [String!]) {{
  {COMPLEXITY}
  page: next_items_page(cursor: $cursor, limit: $limit) {{ {_ITEMS} }}
}}"""


@dataclass(frozen=True)
class KeyedItem:
    """An active item. key: the text of its key column, "" where it has none. lines: subitem by key, of those that have one."""

    id: str
    name: str
    key: str
    lines: Mapping[str, str]


@dataclass(frozen=True)
class BoardPage:
    """Some items of a board. cursor: for the next page; None after the last."""

    items: tuple[KeyedItem, ...]
    cursor: str | None


def page_query(
    board_id: str, key_column: str, line_key_column: str, cursor: str | None = None, *, limit: int
) -> Query:
    """Asks for the first page, or for the one that a cursor leads to. limit: items, at most 500 by the vendor's rule."""
    columns = {"column": [key_column], "line_column": [line_key_column], "limit": limit}
    estimate = costs.of_items(limit, columns=1, line_columns=1)
    if cursor is None:
        return Query(_FIRST, {"board": [board_id], **columns}, estimate)
    return Query(_NEXT, {"cursor": cursor, **columns}, estimate)


def page_in(data: Mapping[str, Any]) -> BoardPage:
    """The page in an answer to `page_query`. Raises Unavailable where there is none: that is not an empty board."""
    boards = data.get("boards")
    holder = boards[0] if isinstance(boards, list) and boards else data
    page = holder.get("page") if isinstance(holder, Mapping) else None
    if not isinstance(page, Mapping) or not isinstance(page.get("items"), list):
        raise Unavailable("monday.com's answer holds no page of items", reason="monday_malformed")
    items = tuple(_item(one) for one in page["items"] if isinstance(one, Mapping) and "id" in one)
    cursor = page.get("cursor")
    return BoardPage(items, str(cursor) if cursor else None)


def _item(one: Mapping[str, Any]) -> KeyedItem:
    lines = {
        _key(line): str(line["id"])
        for line in one.get("subitems") or ()
        if isinstance(line, Mapping) and "id" in line
    }
    lines.pop("", None)
    return KeyedItem(str(one["id"]), str(one.get("name") or ""), _key(one), lines)


def _key(one: Mapping[str, Any]) -> str:
    """The text of the one column that was asked for."""
    for value in one.get("column_values") or ():
        if isinstance(value, Mapping) and "id" in value:
            key = held(value)
            return key if isinstance(key, str) else ""
    return ""
