"""Used-up limits: the lane waits as long as monday.com says, nobody pays for it with an attempt, and it goes on."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.integration.orders_push.held import all_pushed, holds_exactly
from tests.integration.orders_push.test_workers_that_die import SMALL_CALLS
from tests.support.orders import OrdersPipeline, orders_of

LANE = "orders/monday/2001001"
LIMITS: dict[str, tuple[str, dict[str, Any], str]] = {
    "complexity, HTTP 200": ("complexity_exhausted", {"retry_in_seconds": 30}, "monday_complexity"),
    "complexity, the older shape": (
        "complexity_exhausted",
        {"retry_in_seconds": 30, "shape": "old"},
        "monday_complexity",
    ),
    "calls a minute": ("status", {"status": 429, "retry_in_seconds": 30}, "monday_minute"),
    "calls at once": (
        "status",
        {"status": 429, "retry_in_seconds": 30, "code": "MAX_CONCURRENCY_EXCEEDED"},
        "monday_concurrency",
    ),
}


def waits(orders: OrdersPipeline) -> timedelta:
    """How long the board's lane stays closed from now on."""
    opens: datetime = orders.one("select open_at from lanes where name = %s", LANE)
    return opens - orders.services.clock.now()


def attempts(orders: OrdersPipeline) -> int:
    """The most attempts that any order has spent."""
    return int(orders.one("select max(attempts) from items"))


@pytest.mark.parametrize("field", ["create_item", "create_subitem"])
@pytest.mark.parametrize("limit", LIMITS)
def test_the_lane_opens_when_monday_says_and_no_attempt_is_spent(
    orders: OrdersPipeline, limit: str, field: str
) -> None:
    rows = orders_of("NORTHWIND", 9)
    orders.source(*rows)
    kind, parameters, reason = LIMITS[limit]
    orders.monday.plant("monday.mutation", kind, match={"field": field}, **parameters)
    run = orders.begin(SMALL_CALLS)
    orders.drive(patience=5)
    assert timedelta(seconds=20) < waits(orders) <= timedelta(seconds=31)
    assert orders.one("select wait_reason from lanes where name = %s", LANE) == reason
    assert orders.figures(run)["waiting"] >= 5
    assert attempts(orders) == 0
    calls = orders.monday.calls()["calls"]
    orders.drive(patience=5)
    assert orders.monday.calls()["calls"] == calls
    orders.drive(patience=120)
    assert attempts(orders) == 0
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_a_used_up_day_waits_for_the_next_day_of_the_vendor(orders: OrdersPipeline) -> None:
    rows = orders_of("NORTHWIND", 5)
    orders.source(*rows)
    orders.monday.plant(
        "monday.mutation",
        "status",
        match={"field": "create_item"},
        status=429,
        code="DAILY_LIMIT_EXCEEDED",
    )
    run = orders.begin()
    orders.drive(patience=5)
    now = orders.services.clock.now().astimezone(UTC)
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    assert abs(now + waits(orders) - midnight) < timedelta(seconds=2)
    orders.drive(patience=86_400)
    assert attempts(orders) == 0
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_a_limit_met_in_the_middle_leaves_what_was_done_and_goes_on_with_the_rest(
    orders: OrdersPipeline,
) -> None:
    rows = orders_of("NORTHWIND", 45)
    orders.source(*rows)
    orders.monday.plant(
        "monday.field",
        "refuse",
        match={"field": "create_item", "alias": "m7"},
        code="COMPLEXITY_BUDGET_EXHAUSTED",
        message="Complexity budget exhausted",
        status_code=429,
    )
    run = orders.run()
    assert orders.monday.struck() == 1
    assert attempts(orders) == 0
    assert holds_exactly(orders, rows)
    assert all_pushed(orders, run)


def test_the_plan_in_the_settings_is_never_exceeded(orders: OrdersPipeline) -> None:
    """The account's own limits are out of reach; ours for the plan bind."""
    orders.source(*orders_of("NORTHWIND", 5))
    orders.run({"monday_plan": "free"})
    assert orders.one("select capacity from quotas where account = 'monday' and dimension = 'day'") == 1000
    orders.sql("update quotas set used = capacity where account = 'monday' and dimension = 'day'")
    orders.source(*orders_of("NORTHWIND", 6))
    run = orders.begin({"monday_plan": "free"})
    calls = orders.monday.calls()["calls"]
    orders.drive(patience=5)
    assert orders.monday.calls()["calls"] == calls
    assert waits(orders) > timedelta(seconds=5)
    assert attempts(orders) == 0
    orders.drive(patience=86_400)
    assert orders.figures(run) == {"fetched": 6, "skipped": 5, "done": 1}
