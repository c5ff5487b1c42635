"""What automation cannot push: a task says what to do about which board and column, the other orders go on, and an answer pushes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.orders_push.held import holds_exactly
from tests.integration.orders_push.person import Person
from tests.support.monday_account import AUTUMN, BOARDS, SPRING, MondayAccount
from tests.support.orders import BOOK, OrdersPipeline, order, orders_of

LATER = {"CUSTOMER SEASON": "AUTUMN WINTER 2026"}


def tasks(orders: OrdersPipeline) -> list[tuple[str, str]]:
    """(reason, error) of every open task."""
    rows = orders.sql("select reason, error from manual_tasks where state = 'open' order by id")
    return [tuple(row) for row in rows]


def boards_without(folder: Path, title: str, board: str) -> Path:
    """The boards of the samples, one of them without a column."""
    boards: dict[str, Any] = json.loads(BOARDS.read_text())
    for each in boards["boards"]:
        if each["id"] == board:
            each["columns"] = [column for column in each["columns"] if column["title"] != title]
    path = folder / "boards.json"
    path.write_text(json.dumps(boards))
    return path


@pytest.mark.parametrize(("board", "title"), [(SPRING, "HS CODE"), ("2001011", "ORDER QTY")])
def test_a_board_without_a_column_is_named_and_the_other_board_goes_on(
    orders: OrdersPipeline, monday: MondayAccount, tmp_path: Path, board: str, title: str
) -> None:
    monday.restart(boards=boards_without(tmp_path, title, board), state=tmp_path / "one")
    spring, autumn = orders_of("NORTHWIND", 3), [order("JOO-9", **LATER)]
    orders.source(*spring, *autumn)
    run = orders.run()
    assert holds_exactly(orders, autumn, AUTUMN)
    assert len(tasks(orders)) == 3
    for reason, error in tasks(orders):
        assert reason == "board_without_column"
        assert board in error
        assert title in error
    monday.restart(boards=BOARDS, state=tmp_path / "two")  # the column is added
    orders.answer_tasks(run)
    assert holds_exactly(orders, spring)


def test_a_board_that_is_not_there_is_named(orders: OrdersPipeline) -> None:
    orders.book(BOOK.replace(SPRING, "999"))
    orders.source(order(), order("JOO-9", **LATER))
    orders.run()
    ((reason, error),) = tasks(orders)
    assert reason == "monday_board"
    assert "999" in error
    assert holds_exactly(orders, [order("JOO-9", **LATER)], AUTUMN)


def test_a_label_that_only_people_add_is_named_and_no_label_is_made(
    orders: OrdersPipeline, person: Person
) -> None:
    book = BOOK.replace(
        "  - canonical: HARBOR & PINE",
        "  - canonical: SAND CO\n    status: approved\n  - canonical: HARBOR & PINE",
    )
    orders.book(book)
    rows = [order("JOO-1"), order("JOO-2", "SAND CO")]
    orders.source(*rows)
    run = orders.run()
    ((reason, error),) = tasks(orders)
    assert reason == "missing_label"
    assert all(word in error for word in (SPRING, "CUSTOMER", "SAND CO"))
    assert holds_exactly(orders, rows[:1])
    person.create("the first of a customer", {"CUSTOMER": {"labels": ["SAND CO"]}})
    orders.answer_tasks(run)
    assert orders.monday.items()["JWHD100120WHITEJOO-2"]["values"]["CUSTOMER"] == "SAND CO"
    assert orders.state(run) == "completed"


def test_a_full_board_takes_what_fits_and_the_rest_is_asked_about(
    orders: OrdersPipeline, monday: MondayAccount
) -> None:
    monday.restart(items_limit=3)
    rows, other = orders_of("NORTHWIND", 5), order("JOO-9", **LATER)
    orders.source(*rows, other)
    run = orders.run()
    assert len(monday.items()) == 3
    assert [reason for reason, _ in tasks(orders)] == ["board_full", "board_full"]
    assert all(SPRING in error for _, error in tasks(orders))
    assert holds_exactly(orders, [other], AUTUMN)
    monday.restart(items_limit=10)
    assert orders.answer_tasks(run) == 2
    assert holds_exactly(orders, rows)


def test_what_monday_refuses_of_one_order_is_told_in_its_words_and_the_others_are_pushed(
    orders: OrdersPipeline,
) -> None:
    rows = orders_of("NORTHWIND", 20)
    orders.source(*rows)
    orders.monday.plant(
        "monday.field",
        "refuse",
        match={"field": "create_item", "alias": "m7"},
        code="ColumnValueException",
        message="invalid value for text_mkq9",
        status_code=200,
    )
    run = orders.run()
    assert orders.figures(run) == {"fetched": 20, "done": 19, "manual": 1}
    ((reason, error),) = tasks(orders)
    assert reason == "monday_column_value"
    assert "invalid value for text_mkq9" in error
    assert SPRING in error
    orders.answer_tasks(run)
    assert orders.figures(run) == {"fetched": 20, "done": 20}
    assert holds_exactly(orders, rows)


def test_a_refused_line_is_named_and_its_item_is_not_made_again(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.monday.plant(
        "monday.field",
        "refuse",
        match={"field": "create_subitem", "alias": "m3"},
        code="ColumnValueException",
        message="invalid value",
        status_code=200,
    )
    run = orders.run()
    assert orders.figures(run) == {"fetched": 5, "done": 4, "manual": 1}
    ((_, error),) = tasks(orders)
    assert "line M" in error
    orders.answer_tasks(run)
    assert holds_exactly(orders, rows)
    assert orders.monday.calls()["create_item"] == 5


def test_a_refused_change_of_a_line_leaves_the_rest_and_is_done_when_answered(orders: OrdersPipeline) -> None:
    orders.source(order())
    orders.run()
    orders.monday.plant(
        "monday.field",
        "refuse",
        match={"field": "create_subitem"},
        code="ColumnValueException",
        message="invalid value",
        status_code=200,
    )
    wanted = order(sizes={"S": 1, "M": 30, "L": 3}, **{"CUSTOMER PRICE": "15"})
    orders.source(wanted)
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "manual": 1}
    orders.answer_tasks(run)
    assert holds_exactly(orders, [wanted])
    assert orders.figures(run) == {"fetched": 1, "done": 1}


def test_a_value_too_long_for_its_column_is_named_and_the_others_are_pushed(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 20)
    bad = order("JOO-1", NOTES="x" * 5000)
    orders.source(*rows, bad)
    run = orders.run()
    assert orders.figures(run)["done"] == 20
    assert holds_exactly(orders, rows)
    assert "NOTES" in str(tasks(orders) or orders.quarantine())


def test_when_monday_is_away_for_too_long_a_person_looks_after_it(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 3)
    orders.source(*rows)
    orders.monday.plant("monday.query", "status", times=100, status=503)
    run = orders.run(patience=3600)
    assert orders.figures(run) == {"fetched": 3, "manual": 3}
    requests_to_forget_faults(orders)
    orders.answer_tasks(run)
    assert holds_exactly(orders, rows)


def requests_to_forget_faults(orders: OrdersPipeline) -> None:
    """Everything works again."""
    import requests

    requests.delete(f"{orders.monday.url}/_faults", timeout=5)
