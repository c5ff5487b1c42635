"""All items of a board, page by page."""

from typing import Any

import pytest

from common.errors import Unavailable
from functions.push.monday.board_items import KeyedItem, page_in, page_query


def value(text: str | None) -> dict[str, Any]:
    return {"id": "text_key", "type": "text", "text": text, "value": None if text is None else f'"{text}"'}


def item(identity: int, key: str | None, **lines: str | None) -> dict[str, Any]:
    """lines: subitem's id → key."""
    subitems = [{"id": name, "column_values": [value(line)]} for name, line in lines.items()]
    return {"id": identity, "name": "JW1", "column_values": [value(key)], "subitems": subitems}


def first_page(*items: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    return {"boards": [{"page": {"cursor": cursor, "items": list(items)}}]}


def test_an_item_comes_with_its_key_and_the_keys_of_its_lines() -> None:
    page = page_in(first_page(item(1, "u", s="u/S", m="u/30/30"), cursor="c"))
    assert page.items == (KeyedItem("1", "JW1", "u", {"u/S": "s", "u/30/30": "m"}),)
    assert page.cursor == "c"


def test_a_later_page_has_the_same_form() -> None:
    data = {"page": {"cursor": None, "items": [item(2, "v")]}}
    page = page_in(data)
    assert ([each.key for each in page.items], page.cursor) == (["v"], None)


@pytest.mark.parametrize("key", [None, ""])
def test_an_item_or_a_line_without_a_key_is_people_s_own(key: str | None) -> None:
    [found] = page_in(first_page(item(1, key, s=key))).items
    assert (found.key, found.lines) == ("", {})


@pytest.mark.parametrize(
    "data", [{}, {"boards": []}, {"boards": [{}]}, {"boards": [{"page": None}]}, {"page": {"cursor": None}}]
)
def test_an_answer_without_a_page_is_not_an_empty_board(data: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        page_in(data)


def test_the_first_page_names_the_board_and_later_ones_the_cursor() -> None:
    first = page_query("77", "key", "line", limit=500)
    later = page_query("77", "key", "line", "c", limit=500)
    assert (first.variables["board"], first.variables["limit"]) == (["77"], 500)
    assert (later.variables["cursor"], "board" in later.variables) == ("c", False)
    assert first.estimate == later.estimate > page_query("77", "key", "line", limit=1).estimate
