"""A key that stands twice in the source: the same content is one order; which of two contents is meant only a person knows."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from common.tasks.wake_up import parse
from tests.integration.emulator_process import until
from tests.support.orders import OrdersPipeline, Row, order

_BLOCKED = (
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
)


def test_a_row_that_stands_twice_is_one_order(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-1"), order("JOO-2"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 3, "done": 2, "skipped": 1}
    reasons = "select reason from items where run_id = %s and state = 'skipped'"
    assert orders.sql(reasons, run) == [("duplicate_in_source",)]
    assert len(orders.monday.items()) == 2
    assert orders.figures(orders.run()) == {"fetched": 3, "skipped": 3}


@pytest.mark.parametrize("segment", [1, 10])
def test_of_two_rows_with_one_key_and_different_content_neither_goes_on(
    orders: OrdersPipeline, segment: int
) -> None:
    orders.source(order("JOO-2"), order("JOO-1", NOTES="this"), order("JOO-1", NOTES="or that"))
    run = orders.run({"segment_rows": segment})
    assert orders.figures(run) == {"fetched": 3, "done": 1, "rejected": 2}
    reasons = "select distinct reason from items where run_id = %s and state = 'rejected'"
    assert orders.sql(reasons, run) == [("key_not_unique",)]
    assert set(orders.monday.items()) == {"JWHD100120WHITEJOO-2"}
    kept = orders.quarantine()
    assert sorted(each["raw"]["cells"]["NOTES"] for each in kept) == ["or that", "this"]
    for each in kept:
        (problem,) = each["problems"]
        assert "Rows 3, 4 of NORTHWIND" in problem["detail"]


def test_a_key_with_two_contents_never_flips_between_them(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", NOTES="this"))
    orders.run()
    for rows in _both_ways(order("JOO-1", NOTES="this"), order("JOO-1", NOTES="or that")):
        orders.source(*rows)
        run = orders.run()
        assert orders.figures(run) == {"fetched": 2, "rejected": 1, "skipped": 1}
        assert [item["values"]["NOTES"] for item in orders.monday.items().values()] == ["this"]
    assert len(orders.quarantine()) == 1


def test_once_the_source_is_mended_the_order_goes_on(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", NOTES="this"), order("JOO-1", NOTES="or that"))
    orders.run()
    orders.source(order("JOO-1", NOTES="or that"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "done": 1}
    assert [item["values"]["NOTES"] for item in orders.monday.items().values()] == ["or that"]


def test_rows_without_a_number_of_their_own_are_told_apart_in_any_number_of_objects(
    orders: OrdersPipeline,
) -> None:
    """A table that another program fills has no source_row: rows are counted anew in each object."""
    orders.foreign_source(*(order("JOO-1") for _ in range(4)), *(order("", NOTES="x") for _ in range(4)))
    run = orders.run({"segment_rows": 1})
    assert orders.figures(run) == {"fetched": 8, "done": 1, "skipped": 3, "rejected": 4}


def test_two_objects_with_the_same_key_are_recorded_at_the_same_moment(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-1"))
    run = orders.begin({"segment_rows": 1})
    orders.deliver(orders.tasks.waiting.pop(0))
    first, second = orders.tasks.waiting
    orders.tasks.waiting.clear()
    with ThreadPoolExecutor(1) as other:

        def meanwhile() -> None:
            answers.append(other.submit(orders.services.engine.handle, parse(second.body)))
            until(lambda: orders.one(_BLOCKED) == 1)

        answers: list[Future[str]] = []
        orders.deaths.before("hash", "recording", meanwhile)
        orders.deliver(first)
        assert [answer.result(10) for answer in answers] == ["recorded"]
    orders.drive(patience=300)
    orders.audit(run)
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}


def _both_ways(first: Row, second: Row) -> list[list[Row]]:
    return [[first, second], [second, first], [first, second]]
