"""The load of enriched parts into BigQuery: each change once, whatever happens around it."""

import pytest

from common.errors import Unavailable
from tests.support.parts import PartsPipeline, source_row
from tests.support.toy_flow import Crash

NUMBERS = ("A", "B", "C")


@pytest.fixture(autouse=True)
def _known_parts(parts: PartsPipeline) -> None:
    parts.source(*(source_row(number) for number in NUMBERS))
    for number in NUMBERS:
        parts.digikey.sells(number)


def assert_each_change_once(parts: PartsPipeline, run: str) -> None:
    """All parts are pushed, the ledger says so, and BigQuery holds each change once."""
    assert parts.state(run) == "completed"
    assert parts.ends(run) == dict.fromkeys(NUMBERS, ("done", "pushed"))
    assert sorted(row["pn"] for row in parts.enriched()) == list(NUMBERS)
    assert {row["change_id"] for row in parts.enriched()} == {
        change for (change,) in parts.sql("select id from staged_changes")
    }
    assert parts.sql("select state, count(*) from effects group by state") == [("confirmed", 3)]
    assert parts.sql("select state from sends where state <> 'refused'") == [("confirmed",)]


class Mishap:
    """Raises, so many times."""

    def __init__(self, times: int, error: BaseException) -> None:
        self.left = times
        self._error = error

    def __call__(self, *_: object) -> None:
        if self.left:
            self.left -= 1
            raise self._error


PLACES = ("before_put", "before_freeze", "before_mark", "before_load", "after_load", "before_confirm")


@pytest.mark.parametrize(
    ("place", "times"),
    [(place, times) for place in PLACES for times in (1, 2) if (place, times) != ("after_load", 2)],
)  # a load that has started is found: nobody starts it again
def test_a_worker_that_dies_on_the_way_costs_nothing_but_time(
    parts: PartsPipeline, place: str, times: int
) -> None:
    mishap = Mishap(times, Crash())
    parts.strike(place, mishap)
    run = parts.run()
    assert parts.crashes == times
    assert mishap.left == 0
    assert_each_change_once(parts, run)


@pytest.mark.parametrize("place", ["before_load", "after_load"])
def test_a_load_whose_answer_is_lost_is_looked_up(parts: PartsPipeline, place: str) -> None:
    parts.strike(place, Mishap(5, Unavailable("BigQuery did not answer.")))
    run = parts.run()
    assert_each_change_once(parts, run)
    assert parts.one("select max(attempt) from effects") == 1


def test_a_load_that_runs_for_long_is_waited_for_without_a_second_one(parts: PartsPipeline) -> None:
    run = parts.begin()
    parts.warehouse.hold_loads = True
    parts.drive(patience=10, rounds=25, strict=False)
    assert parts.state(run) == "running"
    parts.warehouse.hold_loads = False
    parts.warehouse.release()
    parts.drive(patience=120)
    assert_each_change_once(parts, run)
    assert parts.one("select max(attempt) from effects") == 1


@pytest.mark.parametrize("times", [1, 2])
def test_a_load_that_fails_is_started_again_under_a_new_id(parts: PartsPipeline, times: int) -> None:
    parts.warehouse.fail_loads = times
    run = parts.run()
    assert_each_change_once(parts, run)
    assert parts.one("select max(attempt) from effects") == times + 1


def test_a_load_that_never_does_well_makes_the_run_red_and_can_be_tried_again(parts: PartsPipeline) -> None:
    parts.warehouse.fail_loads = 99
    run = parts.run()
    assert parts.state(run) == "failed"
    assert parts.error(run)["code"] == "load_refused"
    assert "disk on fire" in parts.error(run)["message"]
    assert set(parts.ends(run).values()) == {("failed", "load_refused")}
    assert parts.count("parts") == 3  # the catalogue has them: only the copy in BigQuery is missing
    assert parts.enriched() == []
    parts.warehouse.fail_loads = 0
    assert parts.runs.retry("default", run, step=None, reason=None, by="ada") == 3
    parts.drive(patience=120)
    assert_each_change_once(parts, run)


def test_a_few_parts_of_a_refused_load_can_be_tried_again_alone(parts: PartsPipeline) -> None:
    parts.warehouse.refuse_loads = 1
    run = parts.run()
    assert set(parts.ends(run).values()) == {("failed", "load_refused")}
    [first, *rest] = [item for (item,) in parts.sql("select id from items order by key")]
    for items in ([first], rest):
        parts.runs.resume("default", run, items, "push", states=["failed"], reason="retried", by="ada")
        parts.drive(patience=120)
    assert sorted(row["pn"] for row in parts.enriched()) == list(NUMBERS)
    assert parts.sql("select state, count(*) from effects group by state") == [("confirmed", 3)]


def test_a_warehouse_that_stays_away_for_long_fails_with_its_reason_and_nothing_is_lost(
    parts: PartsPipeline,
) -> None:
    mishap = Mishap(10_000, Unavailable("BigQuery cannot be reached."))
    parts.strike("before_load", mishap)
    run = parts.begin()
    parts.drive(patience=400)
    assert set(parts.ends(run).values()) == {("failed", "unavailable")}
    assert parts.one("select offset_seconds from clock") > 600
    mishap.left = 0
    parts.runs.retry("default", run, step=None, reason=None, by="ada")
    parts.drive(patience=120)
    assert_each_change_once(parts, run)


def test_parts_that_come_later_are_loaded_later_and_alone(parts: PartsPipeline) -> None:
    run = parts.run({"audit_sample_rate": 1})
    items = [item for (item,) in parts.sql("select id from items order by key")]
    parts.sql("update staged_changes set state = 'approved'")
    for item in items:
        parts.runs.resume("default", run, [item], "push", states=["waiting"], reason="approved", by="ada")
        parts.drive(patience=120)
    assert sorted(row["pn"] for row in parts.enriched()) == list(NUMBERS)
    assert parts.sql("select member_count from sends") == [(1,), (1,), (1,)]


def test_a_run_loads_all_its_parts_at_once(parts: PartsPipeline) -> None:
    run = parts.run({"max_batch_size": 1})
    assert_each_change_once(parts, run)
    assert parts.sql("select member_count from sends") == [(3,)]


def test_a_newer_change_of_a_part_waits_for_the_load_of_the_older_one(parts: PartsPipeline) -> None:
    first = parts.begin()
    parts.warehouse.hold_loads = True
    parts.drive(patience=10, rounds=25, strict=False)
    parts.source(source_row("A", extra=[{"name": "bin", "value": "7"}]))
    second = parts.begin()
    parts.drive(patience=10, rounds=25, strict=False)
    assert parts.ends(second)["A"][0] == "ready"
    parts.warehouse.hold_loads = False
    parts.warehouse.release()
    parts.drive(patience=120)
    assert [row["pn"] for row in parts.enriched()] == ["A", "A", "B", "C"]
    assert {parts.ends(run)["A"] for run in (first, second)} == {("done", "pushed")}
