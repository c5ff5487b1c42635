"""Searching by key and reading by id: pages, cursors, and what is not there."""

from collections.abc import Mapping
from typing import Any

import pytest

from common.errors import Retry, Unavailable
from functions.push.monday.failures import CursorExpired
from functions.push.monday.lookup import FoundItem, find, items
from functions.push.monday.request import Query

Answers = list[Mapping[str, Any] | Exception]


class Desk:
    """Answers questions one after the other, and remembers them."""

    def __init__(self, *answers: Mapping[str, Any] | Exception) -> None:
        self.asked: list[Query] = []
        self._answers: Answers = list(answers)

    def __call__(self, query: Query) -> Mapping[str, Any]:
        self.asked.append(query)
        answer = self._answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def row(identity: int, key: str) -> dict[str, Any]:
    value = {"id": "text_key", "type": "text", "text": key, "value": f'"{key}"'}
    return {"id": str(identity), "name": f"name {identity}", "group": {"id": "g"}, "column_values": [value]}


def page(*rows: dict[str, Any], cursor: str | None = None) -> dict[str, Any]:
    return {"page": {"cursor": cursor, "items": list(rows)}}


def test_each_key_has_the_list_of_its_items() -> None:
    desk = Desk(page(row(1, "a"), row(2, "b"), row(3, "b")))
    found = find(desk, "77", "text_key", ["a", "b", "c"])
    assert {key: [item.id for item in here] for key, here in found.items()} == {
        "a": ["1"],
        "b": ["2", "3"],
        "c": [],
    }
    assert found["a"] == [FoundItem("1", "a", "name 1", "g")]
    (query,) = desk.asked
    assert query.variables["columns"] == [{"column_id": "text_key", "column_values": ["a", "b", "c"]}]


def test_a_hundred_keys_go_into_one_call() -> None:
    desk = Desk(page(), page(), page())
    find(desk, "77", "text_key", [str(number) for number in range(201)])
    assert [len(query.variables["columns"][0]["column_values"]) for query in desk.asked] == [100, 100, 1]


def test_a_key_that_is_asked_for_twice_is_asked_once() -> None:
    desk = Desk(page(row(1, "a")))
    assert len(find(desk, "77", "text_key", ["a", "a"])["a"]) == 1


def test_an_item_whose_key_only_resembles_ours_is_not_ours() -> None:
    assert find(Desk(page(row(1, "A"))), "77", "text_key", ["a"]) == {"a": []}


def test_every_page_is_read() -> None:
    desk = Desk(page(row(1, "a"), cursor="c1"), page(row(2, "a"), cursor="c2"), page(row(3, "a")))
    assert [item.id for item in find(desk, "77", "text_key", ["a"])["a"]] == ["1", "2", "3"]
    assert [query.variables.get("cursor") for query in desk.asked] == [None, "c1", "c2"]


def test_paging_starts_again_when_the_cursor_has_expired() -> None:
    desk = Desk(
        page(row(1, "a"), cursor="c1"), CursorExpired(), page(row(1, "a"), cursor="c2"), page(row(2, "a"))
    )
    assert [item.id for item in find(desk, "77", "text_key", ["a"])["a"]] == ["1", "2"]


def test_a_cursor_that_expires_again_and_again_is_given_up() -> None:
    answers: Answers = [page(cursor="c"), CursorExpired()]
    desk = Desk(*answers * 4)
    with pytest.raises(Retry, match="expired 4 times"):
        find(desk, "77", "text_key", ["a"])


def test_paging_that_does_not_end_is_noticed() -> None:
    with pytest.raises(Unavailable, match="repeats a cursor"):
        find(Desk(page(cursor="c"), page(cursor="c")), "77", "text_key", ["a"])


@pytest.mark.parametrize("answer", [{}, {"page": None}, {"page": {"cursor": None}}])
def test_an_answer_without_a_page_is_not_taken_for_not_found(answer: dict[str, Any]) -> None:
    with pytest.raises(Unavailable):
        find(Desk(answer), "77", "text_key", ["a"])


HELD = {
    "id": 9,
    "name": "JW1",
    "state": "active",
    "board": {"id": "77"},
    "group": {"id": "g", "title": "NORTHWIND"},
    "column_values": [
        {"id": "numbers_qty", "type": "numbers", "text": "66", "value": '"66"'},
        {"id": "drop", "type": "dropdown", "text": "A", "value": None, "values": [{"label": "A"}]},
    ],
    "subitems": [
        {
            "id": "91",
            "name": "Size S",
            "state": "archived",
            "board": {"id": "78"},
            "column_values": [{"id": "text_line", "type": "text", "text": "u/S", "value": '"u/S"'}],
        }
    ],
}


def test_an_item_comes_with_its_values_and_its_lines() -> None:
    item = items(Desk({"items": [HELD]}), ["9"])["9"]
    assert (item.name, item.board_id, item.group_id, item.group_title) == ("JW1", "77", "g", "NORTHWIND")
    assert item.values == {"numbers_qty": "66", "drop": "A"}
    (line,) = item.lines
    assert (line.id, line.board_id, line.values) == ("91", "78", {"text_line": "u/S"})
    assert (item.is_active, line.is_active) == (True, False)


def test_an_item_that_is_not_there_is_absent() -> None:
    assert items(Desk({"items": [None]}), ["9"]) == {}


def test_a_hundred_ids_go_into_one_call_and_the_limit_says_so() -> None:
    desk = Desk({"items": []}, {"items": []})
    items(desk, [str(number) for number in range(150)])
    assert [query.variables["limit"] for query in desk.asked] == [100, 50]


def test_only_the_wanted_columns_are_asked_for() -> None:
    desk = Desk({"items": []}, {"items": []})
    items(desk, ["9"], ["numbers_qty"], [])
    items(desk, ["9"])
    assert desk.asked[0].variables["columns"] == ["numbers_qty"]
    assert desk.asked[0].variables["line_columns"] == []
    assert "columns" not in desk.asked[1].variables
    assert desk.asked[0].estimate < desk.asked[1].estimate


def test_an_answer_without_a_list_is_not_taken_for_nothing() -> None:
    with pytest.raises(Unavailable):
        items(Desk({}), ["9"])
