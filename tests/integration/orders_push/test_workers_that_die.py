"""A worker may die anywhere between the plan of a write and its record; the next one finds out what became of it."""

import threading
from collections.abc import Callable

import pytest

from tests.integration.orders_push.held import all_pushed, holds_exactly
from tests.support.deaths import PLACES, Place
from tests.support.orders import OrdersPipeline, order, orders_of
from tests.support.toy_flow import Crash

HOOKS = ("after_freeze", "after_mark", "before_settle", "after_settle")
"""Around one request: planned; said to be sent, not sent; answered, not noted; noted, not recorded."""
SMALL_CALLS = {"monday_mutations_per_call": 4}
"""Five orders take as many requests as twenty-five with twenty writes a call, which `test_calls` counts."""
REQUESTS = {
    "the group": 1,
    "the items": 2,
    "the lines": 3,
    "the items of a second wave": 5,
    "the lines of a second wave": 6,
}
"""Which request of a run over five orders it is."""


def dies_at(number: int) -> Callable[[], None]:
    """What happens at a place: the worker dies when it comes there for the so many'th time."""
    visits = iter(range(1, 1000))

    def visit() -> None:
        if next(visits) == number:
            raise Crash

    return visit


@pytest.mark.parametrize("request_of", REQUESTS)
@pytest.mark.parametrize("hook", HOOKS)
def test_each_item_and_line_exists_once_wherever_a_worker_dies(
    orders: OrdersPipeline, hook: str, request_of: str
) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    setattr(orders.effects, hook, dies_at(REQUESTS[request_of]))
    run = orders.run(SMALL_CALLS)
    assert orders.crashes == 1
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


@pytest.mark.parametrize("place", PLACES)
def test_each_item_exists_once_wherever_the_pipeline_dies(orders: OrdersPipeline, place: Place) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.deaths.plan("push", place, times=2)
    run = orders.run(SMALL_CALLS)
    assert orders.crashes == 2
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


@pytest.mark.parametrize("hook", ["after_mark", "before_settle"])
def test_a_write_is_looked_up_when_monday_has_forgotten_its_key(orders: OrdersPipeline, hook: str) -> None:
    rows = orders_of("NORTHWIND", 3)
    orders.source(*rows)
    setattr(orders.effects, hook, dies_at(2))
    run = orders.begin()
    orders.drive(rounds=14, strict=False)
    assert orders.crashes == 1
    orders.advance(31 * 60)
    settled_in_time(orders)
    orders.drive()
    orders.audit(run)
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def settled_in_time(orders: OrdersPipeline) -> None:
    """Let a look-up be due whenever it is wanted: deadlines are real time, which tests do not sit out."""
    orders.sql(
        """
        create function at_once() returns trigger language plpgsql as $$
        begin new.deadline = clock_timestamp(); return new; end $$;
        create trigger at_once before update on effects for each row when (new.deadline is not null) execute function at_once();
        """
    )
    orders.sql("update effects set deadline = clock_timestamp() where state = 'sent'")


def test_a_wake_up_that_comes_twice_changes_nothing(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 9)
    orders.source(*rows)
    run = orders.begin({**SMALL_CALLS, "order_push_items": 4})
    orders.drive(twice=True, patience=120)
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_a_worker_that_lost_its_lease_on_the_way_doubles_nothing(orders: OrdersPipeline) -> None:
    """Stopped between the commit that says "sent" and the socket, long enough for another worker to do it all."""
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    run = orders.begin(SMALL_CALLS)

    def another() -> None:
        orders.effects.after_mark = nothing
        orders.expire_leases()
        orders.drive(patience=120)

    def nothing() -> None:
        pass

    orders.effects.after_mark = another
    orders.drive(patience=120)
    assert "lease_lost" in orders.results
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_two_workers_at_once_write_a_board_one_after_the_other(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 60)
    orders.source(*rows, order("JOO-1", **{"CUSTOMER SEASON": "AUTUMN WINTER 2026"}))
    run = orders.begin({"order_push_items": 20})
    while not any(task.body and b'"push"' in task.body for task in orders.tasks.waiting):
        orders.drive(rounds=1, strict=False)
    deliver_all_at_once(orders)
    orders.drive(patience=120)
    assert orders.monday.calls().get("locked", 0) == 0
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def deliver_all_at_once(orders: OrdersPipeline) -> None:
    """Every wake-up there is, twice, each in a thread of its own."""
    from common.tasks.wake_up import parse

    tasks, orders.tasks.waiting = orders.tasks.waiting, []
    threads = [
        threading.Thread(target=orders.services.engine.handle, args=(parse(task.body),))
        for task in (*tasks, *tasks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
