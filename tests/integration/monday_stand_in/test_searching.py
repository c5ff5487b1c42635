"""Looking items up by column values, and paging through them."""

from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from infra.local.vendors.monday.model import Board, Column, Item
from infra.local.vendors.monday.search import SearchView
from tests.integration.monday_stand_in.boards import BOARD, CHANGE, COUNT, FIND, KEY, KIND, NEXT, encoded
from tests.integration.monday_stand_in.conftest import StandIn, Start


def search(stand_in: StandIn, limit: int = 100, **columns: list[str]) -> Any:
    """The first page of a search."""
    wanted = [{"column_id": name, "column_values": values} for name, values in columns.items()]
    variables = {"board": BOARD, "columns": wanted, "limit": limit}
    return stand_in.data(FIND, variables)["items_page_by_column_values"]


def names(page: Any) -> list[str]:
    return [item["name"] for item in page["items"]]


def test_one_of_the_values_is_enough_within_a_column(stand_in: StandIn) -> None:
    for key in "abc":
        stand_in.create(key, {KEY: key})
    assert names(search(stand_in, text1=["a", "c", "z"])) == ["a", "c"]


def test_several_columns_have_to_match_together(stand_in: StandIn) -> None:
    stand_in.create("one", {KEY: "a", KIND: {"label": "RECEIVED"}})
    stand_in.create("two", {KEY: "a", KIND: {"label": "CANCELLED"}})
    assert names(search(stand_in, text1=["a"], stat1=["CANCELLED"])) == ["two"]


def test_the_empty_text_finds_items_without_a_value(stand_in: StandIn) -> None:
    stand_in.create("with", {COUNT: "1"})
    stand_in.create("without")
    assert names(search(stand_in, num1=[""])) == ["without"]


def test_a_changed_value_is_found_under_its_new_text_alone(stand_in: StandIn) -> None:
    item = stand_in.create("x", {KEY: "old"})
    assert stand_in.found(KEY, "old") == ["x"]
    stand_in.data(CHANGE, {"board": BOARD, "item": item, "values": encoded(**{KEY: "new"})})
    assert (stand_in.found(KEY, "old"), stand_in.found(KEY, "new")) == ([], ["x"])


def test_a_search_by_an_unknown_column_is_refused(stand_in: StandIn) -> None:
    columns = [{"column_id": "KEY", "column_values": ["a"]}]
    error = stand_in.error(FIND, {"board": BOARD, "columns": columns, "limit": 1})
    assert error["extensions"]["code"] == "InvalidColumnIdException"


def test_columns_and_cursor_exclude_each_other(stand_in: StandIn) -> None:
    columns = [{"column_id": KEY, "column_values": ["a"]}]
    error = stand_in.error(FIND, {"board": BOARD, "columns": columns, "cursor": "x", "limit": 1})
    assert error["extensions"]["code"] == "InvalidArgumentException"


def test_a_search_sees_a_new_item_only_after_the_lag(start: Start) -> None:
    stand_in = start(search_lag=30)
    stand_in.create("late", {KEY: "a"})
    assert stand_in.found(KEY, "a") == []
    stand_in.pass_time(31)
    assert stand_in.found(KEY, "a") == ["late"]


def test_pages_follow_each_other_until_the_cursor_is_null(stand_in: StandIn) -> None:
    made = [stand_in.create(str(number), {KEY: "a"}) for number in range(5)]
    page = search(stand_in, limit=2, text1=["a"])
    seen = page["items"]
    while page["cursor"] is not None:
        page = stand_in.data(NEXT, {"cursor": page["cursor"], "limit": 2})["next_items_page"]
        seen += page["items"]
    assert [item["id"] for item in seen] == made


def test_a_board_is_paged_by_its_own_field(stand_in: StandIn) -> None:
    made = [stand_in.create(str(number)) for number in range(3)]
    query = "{ boards(ids: [501]) { items_page(limit: 2) { cursor items { id } } } }"
    first = stand_in.data(query)["boards"][0]["items_page"]
    last = stand_in.data(NEXT, {"cursor": first["cursor"], "limit": 2})["next_items_page"]
    assert [item["id"] for item in first["items"] + last["items"]] == made
    assert last["cursor"] is None


def test_a_cursor_dies_an_hour_after_the_first_page_however_lately_it_was_given(stand_in: StandIn) -> None:
    for number in range(3):
        stand_in.create(str(number), {KEY: "a"})
    first = search(stand_in, limit=1, text1=["a"])
    stand_in.pass_time(3000)
    second = stand_in.data(NEXT, {"cursor": first["cursor"], "limit": 1})["next_items_page"]
    stand_in.pass_time(601)
    body = stand_in.post(NEXT, {"cursor": second["cursor"], "limit": 1})
    assert body.status_code == 200
    assert body.json()["data"] is None
    (error,) = body.json()["errors"]
    assert error["extensions"]["code"] == "CursorException"
    assert error["message"].startswith("CursorExpiredError")


def test_a_cursor_outlives_a_restart(start: Start, tmp_path: Path) -> None:
    stand_in = start()
    for number in range(2):
        stand_in.create(str(number), {KEY: "a"})
    cursor = search(stand_in, limit=1, text1=["a"])["cursor"]
    again = start()
    assert len(again.data(NEXT, {"cursor": cursor, "limit": 5})["next_items_page"]["items"]) == 1


@given(
    st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["", "a", "b"]), st.integers(0, 3)), max_size=30)
)
def test_the_search_is_the_board_of_some_seconds_ago(steps: list[tuple[int, str, int]]) -> None:
    """A step sets an item's text, or archives it with "", after so many seconds; the lag is two."""
    board = Board("1", "", {KEY: Column(KEY, "KEY", "text")}, {})
    now = [0.0]
    view = SearchView(board, lambda: now[0], 2)
    history: list[tuple[float, dict[int, str]]] = [(0.0, {})]
    for number, text, seconds in steps:
        now[0] += seconds
        state = "active" if text else "archived"
        view.note(Item(number, "1", "g", "x", {KEY: text} if text else {}, state=state))
        after = {each: kept for each, kept in history[-1][1].items() if each != number}
        history.append((now[0], after | ({number: text} if text else {})))
        seen = [held for at, held in history if at <= now[0] - 2][-1] if now[0] >= 2 else {}
        for wanted in ("a", "b"):
            expected = sorted(each for each, kept in seen.items() if kept == wanted)
            assert view.find([(KEY, [wanted])]) == expected
