"""What is staged for a customer is pushed whole or not at all; what is known of the boards moves by what was pushed."""

import json
from typing import Any

import pytest

from common.errors import ShelflineError
from functions.push.orders.promote import promote
from tests.support.orders import OrdersPipeline, item_name, order

STATUSES = "select scope, status, kind, orders, lines, succeeded, failed from order_batches where run_id = %s order by scope"


def _batches(orders: OrdersPipeline, run: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in orders.sql(STATUSES, run)]


def _promoted_and_cut_off(orders: OrdersPipeline, run: str, death: Exception) -> None:
    with orders.services.database.transaction() as connection:
        promote(connection, "default", run, "NORTHWIND")
        raise death


def test_each_customers_batch_is_counted_and_ended(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2", sizes={"S": 1}), order("JOO-3", "HARBOR & PINE"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 3, "done": 3}
    assert _batches(orders, run) == [
        ("HARBOR & PINE", "COMPLETED", "FULL_BATCH", 1, 2, 1, 0),
        ("NORTHWIND", "COMPLETED", "FULL_BATCH", 2, 3, 2, 0),
    ]
    times = "select count(*) from order_batches where staged_at is not null and promoted_at is not null and ended_at is not null"
    assert orders.one(times) == 2
    orders.source(
        order("JOO-1", NOTES="new"), order("JOO-2", sizes={"S": 1}), order("JOO-3", "HARBOR & PINE")
    )
    second = orders.run()
    assert _batches(orders, second) == [("NORTHWIND", "COMPLETED", "CUSTOMER_DELTA", 1, 2, 1, 0)]


@pytest.mark.parametrize(
    "damage",
    [
        "update order_line_staging set quantity = quantity + 1",
        "delete from order_line_staging where size = 'M'",
        "update order_staging set lines_total = 1 where order_number = 'JOO-1'",
        "delete from staged_changes where key = (select key from order_staging where order_number = 'JOO-1')",
    ],
)
def test_a_batch_that_is_not_sound_is_rolled_back_whole(orders: OrdersPipeline, damage: str) -> None:
    orders.source(order("JOO-1"), order("JOO-2"), order("JOO-3", "ALDER (AU)"))
    run = orders.begin()
    orders.deaths.before("stage", "enqueued", lambda: orders.sql(damage))
    orders.drive(patience=300)
    orders.audit(run)
    assert orders.figures(run) == {"fetched": 3, "failed": 2, "manual": 1}
    assert {end for number, end in orders.ends(run).items() if number != "JOO-3"} == {
        ("failed", "batch_rolled_back")
    }
    ((_, status, *_),) = _batches(orders, run)
    assert status == "ROLLED_BACK"
    assert orders.monday.items() == {}
    assert orders.snapshots() == {}
    error = orders.one("select error from order_batches where run_id = %s", run)
    assert sum(error.values()) > 0
    assert orders.operations(orders.run()) == {"JOO-1": "new", "JOO-2": "new", "JOO-3": "new"}


def test_what_could_not_be_pushed_is_found_again(orders: OrdersPipeline) -> None:
    orders.monday.plant(
        "monday.field",
        "refused",
        times=1,
        match={"field": "create_item"},
        code="ColumnValueException",
        message="no",
        status_code=400,
    )
    orders.source(order("JOO-1"), order("JOO-2"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "manual": 1}
    ((_, status, _, _, _, succeeded, failed),) = _batches(orders, run)
    assert (status, succeeded, failed) == ("COMPLETED_WITH_ERRORS", 1, 1)
    assert len(orders.snapshots()) == 1
    (left,) = (number for number, (state, _) in orders.ends(run).items() if state == "manual")
    orders.sql("update manual_tasks set state = 'cancelled'")
    again = orders.run()
    assert orders.operations(again) == {left: "new"}
    assert orders.figures(again) == {"fetched": 2, "done": 1, "skipped": 1}
    assert set(orders.monday.keys().values()) == {1}


def test_a_promotion_that_fails_promotes_nothing_and_can_be_done_again(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    run = orders.begin()
    lost = "update order_line_staging set monday_subitem_id = null where size = 'M' and item_id = (select min(item_id) from order_staging)"
    orders.deaths.before("push", "enqueued", lambda: orders.sql(lost))
    orders.drive(patience=300)
    orders.audit(run)
    assert orders.figures(run) == {"fetched": 2, "done": 2}
    assert orders.state(run) == "failed"
    assert (orders.count("orders"), orders.count("order_lines"), orders.snapshots()) == (0, 0, {})
    orders.sql("update order_line_staging set monday_subitem_id = '1' where monday_subitem_id is null")
    with orders.services.database.transaction() as connection:
        promote(connection, "default", run, "NORTHWIND")
    assert (orders.count("orders"), orders.count("order_lines"), len(orders.snapshots())) == (2, 4, 2)


def test_a_promotion_cut_off_before_its_commit_leaves_nothing_half_done(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    orders.run()

    class Stop(Exception):
        pass

    orders.sql("update order_staging set status = 'API_SUCCESS'")
    orders.sql("delete from orders")
    orders.sql("delete from order_lines")
    run = orders.one("select id from runs")
    with pytest.raises(Stop):
        _promoted_and_cut_off(orders, run, Stop())
    assert (orders.count("orders"), orders.count("order_lines")) == (0, 0)


def test_what_a_run_left_unpromoted_the_next_one_promotes_first(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    run = orders.run()
    orders.sql("update order_staging set status = 'API_SUCCESS'")
    for table in ("orders", "order_lines", "snapshots"):
        orders.sql(f"delete from {table}")
    second = orders.run()
    assert orders.figures(second) == {"fetched": 1, "skipped": 1}
    assert orders.one("select run_id from orders") == run
    assert set(orders.monday.keys().values()) == {1}


def test_the_lines_known_are_those_on_the_board(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", sizes={"S": 1, "M": 2, "L": 3}))
    orders.run()
    orders.source(order("JOO-1", sizes={"M": 2, "L": 4, "XL": 5}))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "done": 1}
    known = orders.sql("select size, quantity from order_lines order by size")
    assert [tuple(row) for row in known] == [("L", 4), ("M", 2), ("XL", 5)]
    shown = orders.monday.items()[item_name(order("JOO-1"))]["lines"]
    assert shown == {size: str(quantity) for size, quantity in known}


def test_a_promotion_without_an_items_id_is_refused(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"))
    run = orders.run()
    orders.sql("update order_staging set status = 'API_SUCCESS', monday_item_id = null")
    with (
        pytest.raises(ShelflineError, match="without an item"),
        orders.services.database.transaction() as connection,
    ):
        promote(connection, "default", run, "NORTHWIND")
    assert json.dumps(orders.figures(run)) == '{"fetched": 1, "done": 1}'
