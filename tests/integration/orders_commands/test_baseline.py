"""A baseline adopts what there is: the source as it is, and the items that the boards hold of it."""

import json

import pytest

from tests.integration.orders_commands.conftest import Orders, name, order
from tests.support.deaths import Place
from tests.support.monday_account import AUTUMN, SPRING


@pytest.fixture
def held(orders: Orders) -> Orders:
    """Three orders on a board, of which our own tables know nothing any more."""
    orders.source(*(order(number) for number in range(3)))
    orders.run()
    orders.sql("truncate snapshots, orders, order_lines, remote_objects, effects, staged_changes")
    return orders


def test_it_pushes_nothing_and_counts_every_row_as_skipped(held: Orders) -> None:
    before = held.writes()
    run = held.run(baseline=True)
    assert held.figures(run) == {"fetched": 3, "skipped": 3}
    assert held.state(run) == "completed"
    assert held.writes() == before
    assert held.one("select count(*) from items where run_id = %s", run) == 0


def test_then_one_changed_row_is_one_update_of_the_adopted_item(held: Orders) -> None:
    held.run(baseline=True)
    before = held.monday.items()
    held.source(order(0), order(1, NOTES="by air"), order(2))
    run = held.run()
    assert held.staged(run) == {("update", "applied"): 1}
    assert {title: item["id"] for title, item in held.monday.items().items()} == {
        title: item["id"] for title, item in before.items()
    }
    assert held.monday.items()[name(1)]["values"]["NOTES"] == "by air"


def test_a_line_that_changes_is_the_line_that_was_adopted(held: Orders) -> None:
    held.run(baseline=True)
    held.source(order(0), order(1, {"S": 12, "M": 20}), order(2))
    run = held.run()
    assert held.staged(run) == {("update", "applied"): 1}
    assert held.monday.items()[name(1)]["lines"] == {"S": "12", "M": "20"}


def test_the_second_run_finds_nothing_to_do(held: Orders) -> None:
    held.run(baseline=True)
    run = held.run()
    assert held.figures(run) == {"fetched": 3, "skipped": 3}


def test_it_is_recorded_with_who_and_with_what_was_found(held: Orders) -> None:
    run = held.run(baseline=True)
    [told] = held.events(run, "baseline_recorded")
    assert (told["rows"], told["orders"], told["adopted"], told["not_in_source"]) == (3, 3, 3, 0)
    assert told["by"] == held.one("select created_by from runs where id = %s", run)
    assert [each["board"] for each in held.events(run, "board_adopted")] == [SPRING, AUTUMN]
    assert held.one("select count(*) from seen") == 0


def test_an_item_that_the_source_lacks_is_told_and_left_alone(held: Orders) -> None:
    held.source(order(0), order(1))
    run = held.run(baseline=True)
    [told] = held.events(run, "baseline_recorded")
    assert (told["adopted"], told["not_in_source"]) == (2, 1)
    assert [each["name"] for each in told["named"]] == [name(2)]
    after = held.run()
    assert held.staged(after) == {}
    assert len(held.monday.items()) == 3


def test_an_order_on_no_board_is_made_when_it_changes_and_not_before(orders: Orders) -> None:
    orders.source(order(0), order(1))
    orders.run(baseline=True)
    assert orders.figures(orders.run()) == {"fetched": 2, "skipped": 2}
    orders.source(order(0, NOTES="new"), order(1))
    run = orders.run()
    assert orders.staged(run) == {("create", "applied"): 1}
    assert list(orders.monday.items()) == [name(0)]


def test_an_order_on_no_board_that_is_gone_later_is_forgotten_once(orders: Orders) -> None:
    orders.source(order(0), order(1))
    orders.run(baseline=True)
    orders.source(order(0))
    run = orders.run()
    assert orders.reasons(run) == {("skipped", "already_gone"): 1}
    assert orders.figures(orders.run()) == {"fetched": 1, "skipped": 1}


def test_what_a_customer_lost_before_the_baseline_is_not_archived_after_it(orders: Orders) -> None:
    orders.source(*(order(number) for number in range(3)))
    orders.run()
    orders.source(order(0), order(1))
    orders.run(baseline=True)
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "skipped": 2}
    assert len(orders.monday.items()) == 3
    orders.source(*(order(number) for number in range(3)))
    assert orders.reasons(orders.run()) == {("done", "pushed"): 1}
    assert len(orders.monday.items()) == 3


def test_bad_rows_become_items_and_unknown_customers_are_left_to_a_person(orders: Orders) -> None:
    orders.source(order(0), order(1, M="many"), order(2, CUSTOMER_NAME="ZEPHYR"))
    run = orders.run(baseline=True)
    assert orders.figures(run) == {"fetched": 3, "skipped": 2, "rejected": 1}
    assert orders.one("select count(*) from snapshots") == 1
    after = orders.run()
    assert orders.reasons(after) == {("manual", "customer_unknown"): 1, ("rejected", "bad_data"): 1}


def test_an_order_that_stands_twice_with_different_content_is_not_adopted(orders: Orders) -> None:
    orders.source(order(0), order(0, NOTES="or so"), order(1))
    orders.run(baseline=True)
    run = orders.run()
    assert orders.reasons(run) == {("rejected", "key_not_unique"): 2}


def test_two_items_of_one_order_are_told(held: Orders) -> None:
    asked = "query ($ids: [ID!]) { boards(ids: $ids) { columns { id title } } }"
    [board] = held.monday.query(asked, ids=[SPRING])["boards"]
    column = next(each["id"] for each in board["columns"] if each["title"] == "SOURCE UUID")
    copied = 'mutation ($board: ID!, $values: JSON) { create_item(board_id: $board, item_name: "copy", column_values: $values) { id } }'
    key = held.one("select key from items order by id limit 1")
    held.monday.query(copied, board=SPRING, values=json.dumps({column: key}))
    run = held.run(baseline=True)
    [told] = held.events(run, "baseline_recorded")
    assert (told["items"], told["adopted"], told["doubled"]) == (4, 3, 1)
    assert told["named"][0]["what"] == "doubled"


@pytest.mark.parametrize("shape", ["new", "old"])
def test_a_cursor_that_expires_begins_the_board_again(held: Orders, shape: str) -> None:
    held.monday.plant("monday.query", "expired_cursor", match={"field": "next_items_page"}, shape=shape)
    run = held.run({"monday_items_per_page": 1}, baseline=True)
    assert held.monday.struck() == 1
    [told] = held.events(run, "baseline_recorded")
    assert (told["items"], told["adopted"], told["doubled"]) == (3, 3, 0)


@pytest.mark.parametrize("place", ["worked", "recording", "recorded"])
def test_a_worker_that_dies_at_a_page_loses_nothing_and_counts_nothing_twice(
    held: Orders, place: Place
) -> None:
    held.deaths.plan("push", place, times=2)
    run = held.run({"monday_items_per_page": 1}, baseline=True)
    assert held.crashes == 2
    [told] = held.events(run, "baseline_recorded")
    assert (told["items"], told["adopted"], told["doubled"]) == (3, 3, 0)
    assert len(held.events(run, "board_adopted")) == 2


def test_in_mode_test_it_changes_nothing(held: Orders) -> None:
    run = held.run({"mode": "TEST"}, baseline=True)
    assert held.figures(run) == {"fetched": 3, "skipped": 3}
    assert held.one("select count(*) from snapshots") == 0
    assert held.one("select count(*) from remote_objects") == 0


def test_a_board_without_our_columns_is_named(held: Orders) -> None:
    held.book(
        "customers: [{canonical: NORTHWIND, status: approved, shipped: NORTHWIND CLOTHIERS}]\nboards: [{board: '1'}]"
    )
    run = held.start("orders", baseline=True)
    held.drive()
    assert held.error(run)["code"] == "monday_board"
