"""Integrated mode: one wake-up takes a piece through every step up to the push, and nothing hangs on its surviving."""

import time

import pytest

from common.pipeline import engine
from common.tasks.wake_up import parse
from tests.support.deaths import PLACES, Place
from tests.support.harness import Pipeline

INTEGRATED = {"use_integrated": True}
SCRIPT = {
    "key00001": {"decide": "manual"},
    "key00002": {"hash": "skip"},
    "key00003": {"scrape": "retry_once"},
    "key00004": {"stage": "reject"},
    "key00005": {"hash": "wait"},
    "key00006": {"push": "fail"},
}
ENDS = "select key, state, reason, step from items where run_id = %s order by key"


def steps(pipeline: Pipeline) -> list[str]:
    """The steps that wake-ups wait for."""
    return [parse(task.body).step for task in pipeline.tasks.waiting]


def test_one_wake_up_goes_up_to_the_push_which_has_its_own(pipeline: Pipeline) -> None:
    run = pipeline.start(settings=INTEGRATED, records=10)
    assert steps(pipeline) == ["fetch"]
    pipeline.deliver(pipeline.tasks.waiting.pop())
    assert steps(pipeline) == ["push"]
    pipeline.drive()
    assert (pipeline.state(run), pipeline.figures(run)) == ("completed", {"fetched": 10, "done": 10})


@pytest.mark.parametrize("settings", [INTEGRATED, {}])
def test_every_record_ends_as_it_does_in_traditional_mode(
    pipeline: Pipeline, settings: dict[str, bool]
) -> None:
    run = pipeline.start(settings=settings, records=8, script=SCRIPT)
    pipeline.drive()
    assert [tuple(row) for row in pipeline.sql(ENDS, run)] == [
        ("key00000", "done", "ok", "push"),
        ("key00001", "manual", "asked", "decide"),
        ("key00002", "skipped", "same", "hash"),
        ("key00003", "done", "ok", "push"),
        ("key00004", "rejected", "bad", "stage"),
        ("key00005", "done", "ok", "push"),
        ("key00006", "failed", "broken", "push"),
        ("key00007", "done", "ok", "push"),
    ]
    assert pipeline.imbalance(run) is None


@pytest.mark.parametrize("place", [place for place in PLACES if place != "recording"])
def test_a_worker_that_dies_on_the_way_loses_nothing(pipeline: Pipeline, place: Place) -> None:
    """Wherever it was: what it would have gone on with stands in Postgres, and sweep finds it."""
    run = pipeline.start(settings=INTEGRATED | {"crash_loop_tries": 20}, records=30)
    steps = (
        "fetch",
        "decide",
        "scrape",
        "hash",
        "stage",
    )  # where a wake-up begins, whatever step it has come to
    for step in steps:
        pipeline.deaths.plan(step, place)
    pipeline.drive(twice=True)
    assert ("fetch", place) not in pipeline.deaths.planned
    assert pipeline.crashes + len(pipeline.deaths.planned) == len(steps)
    assert (pipeline.state(run), pipeline.figures(run)) == ("completed", {"fetched": 30, "done": 30})
    assert pipeline.imbalance(run) is None


def test_it_hands_over_when_it_has_worked_for_as_long_as_one_wake_up_may(
    pipeline: Pipeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Clock:
        """Ten seconds pass between two looks."""

        now = 0.0

        def monotonic(self) -> float:
            self.now += 10
            return self.now

    monkeypatch.setattr(engine, "time", Clock())
    run = pipeline.start(settings=INTEGRATED, records=3)
    pipeline.deliver(pipeline.tasks.waiting.pop())
    assert steps(pipeline) not in ([], ["push"])
    monkeypatch.setattr(engine, "time", time)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 3, "done": 3}
