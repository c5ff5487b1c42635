"""monday.com does the work and its answer is lost, or says that it could not answer and had done nothing."""

from typing import Any

import pytest
import requests

from tests.integration.orders_push.held import all_pushed, holds_exactly
from tests.integration.orders_push.test_workers_that_die import SMALL_CALLS, dies_at, settled_in_time
from tests.support.orders import OrdersPipeline, order, orders_of

FIELDS = ("create_group", "create_item", "create_subitem")
FAULTS: dict[str, tuple[str, dict[str, Any]]] = {
    "created, answered with 500": ("created_but_500", {}),
    "created, the connection cut": ("drop", {}),
    "created, half an answer": ("malformed", {}),
    "created, no data and no error": ("null_data", {"errors": False}),
    "nothing done, 504": ("status", {"status": 504}),
    "nothing done, 500": ("status", {"status": 500}),
    "nothing done, 423": ("status", {"status": 423}),
    "another of the same is under way, 409": ("status", {"status": 409}),
}


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("fault", FAULTS)
def test_each_item_and_line_exists_once_all_the_same(orders: OrdersPipeline, fault: str, field: str) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    kind, parameters = FAULTS[fault]
    orders.monday.plant("monday.mutation", kind, match={"field": field}, **parameters)
    run = orders.run(SMALL_CALLS)
    assert orders.monday.struck() == 1
    assert len(orders.monday.board()["groups"]) == 2
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_a_group_that_another_order_has_made_meanwhile_is_not_made_again(orders: OrdersPipeline) -> None:
    """The order that was to make it comes to its turn last."""
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.monday.plant("monday.mutation", "status", match={"field": "create_group"}, status=409)
    run = orders.begin({**SMALL_CALLS, "order_push_items": 4})
    while not orders.monday.struck():
        orders.drive(rounds=1, strict=False)
    orders.sql(
        "update chunks set due_at = due_at + interval '5 minutes' where state = 'ready' and step = 'push'"
        " and id in (select chunk_id from items where id in (select item_id from effects))"
    )
    settled_in_time(orders)
    orders.drive(patience=400)
    assert len(orders.monday.board()["groups"]) == 2
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)
    assert set(orders.sql("select operation from effects where state = 'dropped'")) == {("group",)}


def test_a_run_that_is_cancelled_with_a_write_under_way_finds_out_what_became_of_it(
    orders: OrdersPipeline,
) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.monday.plant("monday.mutation", "drop", match={"field": "create_item"})
    run = orders.begin(SMALL_CALLS)
    while not orders.monday.struck():
        orders.drive(rounds=1, strict=False)
    orders.runs.cancel("default", run, "ada")
    settled_in_time(orders)
    orders.drive(patience=400)
    assert orders.state(run) == "cancelled"
    assert orders.sql("select 1 from effects where state in ('sent', 'unknown')") == []
    assert 0 < len(orders.monday.items()) <= 4
    orders.run(patience=400)
    assert holds_exactly(orders, rows)


class Impatient(requests.Session):
    """Connections that wait less long for an answer than monday.com takes in this test."""

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """See requests.Session.request."""
        return super().request(*arguments, **{**options, "timeout": (3, 0.4)})


@pytest.mark.parametrize("field", FIELDS)
def test_an_answer_that_comes_too_late_doubles_nothing(orders: OrdersPipeline, field: str) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.monday.plant("monday.mutation", "delay", match={"field": field}, seconds=0.7)
    with Impatient() as session:
        orders.services.http = session
        run = orders.run()
    assert orders.monday.struck() == 1
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_a_write_that_is_still_being_worked_on_is_waited_for(orders: OrdersPipeline) -> None:
    """The board stays locked, and the key busy, longer than we wait for the answer."""
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.monday.plant("monday.mutation", "hold", match={"field": "create_item"}, seconds=0.7)
    with Impatient() as session:
        orders.services.http = session
        run = orders.run()
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_the_answer_to_a_repeat_is_that_of_the_first_time(orders: OrdersPipeline) -> None:
    orders.source(order())
    orders.monday.plant("monday.mutation", "created_but_500", match={"field": "create_item"})
    orders.run()
    calls = orders.monday.calls()
    assert calls["replayed"] == 1
    assert calls["create_item"] == 1


def test_one_request_that_never_gets_an_answer_holds_up_no_other_order(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 9)
    orders.source(*rows)
    orders.monday.plant("monday.mutation", "status", match={"field": "create_item"}, status=500)
    run = orders.begin(SMALL_CALLS)
    while orders.figures(run).get("done", 0) < 5:
        orders.drive(rounds=1, strict=False)
    assert orders.figures(run)["waiting"] == 4
    orders.monday.plant("monday.mutation", "status", match={"field": "create_item"}, times=3, status=500)
    orders.drive(patience=120)
    assert orders.monday.struck() == 4
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_an_expired_cursor_begins_the_search_again(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.monday.plant("monday.query", "expired_cursor", match={"field": "items_page_by_column_values"})
    run = orders.run()
    assert orders.monday.struck() == 1
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_what_the_search_does_not_show_yet_is_not_made_again(orders: OrdersPipeline) -> None:
    """The worker dies after the answer; monday.com has forgotten the key, and its search is slow."""
    rows = orders_of("NORTHWIND", 5)
    orders.monday.restart(search_lag=2000.0)
    orders.source(*rows)
    orders.effects.before_settle = dies_at(2)
    run = orders.begin()
    orders.drive(rounds=14, strict=False)
    assert orders.crashes == 1
    orders.advance(1790)
    settled_in_time(orders)
    orders.drive(patience=10, rounds=6, strict=False)
    orders.advance(300)
    orders.drive(patience=120)
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)
