"""When scheduled jobs are due."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.emulators.scheduler.jobs import Job
from infra.local.emulators.scheduler.schedules import Cron, Every

times = st.floats(min_value=1_600_000_000, max_value=2_500_000_000)
expressions = ["* * * * *", "*/7 * * * *", "30 2 * * *", "0 0 1 * *", "15 10 * * MON-FRI", "0 6 1,15 * 3"]
schedules = st.one_of(st.integers(1, 100_000).map(Every), st.sampled_from(expressions).map(Cron))


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def test_a_cron_expression_means_minutes_in_utc():
    nightly = Cron("30 2 * * *")
    assert nightly.next(at("2026-03-01T02:29:59")) == at("2026-03-01T02:30:00")
    assert nightly.latest(at("2026-03-01T02:29:59")) == at("2026-02-28T02:30:00")


def test_the_minute_that_has_just_come_is_the_latest_and_no_longer_the_next():
    nightly = Cron("30 2 * * *")
    assert nightly.latest(at("2026-03-01T02:30:00")) == at("2026-03-01T02:30:00")
    assert nightly.next(at("2026-03-01T02:30:00")) == at("2026-03-02T02:30:00")


def test_every_so_many_seconds_stays_in_step_with_the_epoch():
    assert Every(60).latest(125.0) == 120
    assert Every(60).next(120.0) == 180


@given(schedules, times)
def test_now_lies_between_the_latest_and_the_next_time(schedule, now):
    assert schedule.latest(now) <= now < schedule.next(now)


@given(schedules, times)
def test_no_time_is_skipped_between_the_latest_and_the_next(schedule, now):
    assert schedule.next(schedule.latest(now)) == pytest.approx(schedule.next(now))


@pytest.mark.parametrize("text", ["", "* * * *", "* * * * * *", "60 * * * *", "* * * * mars", "*/0 * * * *"])
def test_what_is_no_schedule_is_refused(text):
    with pytest.raises(ValueError, match="is not a schedule"):
        Cron(text)


@pytest.mark.parametrize("when", [{}, {"schedule": "* * * * *", "every_seconds": 5}, {"every_seconds": 0}])
def test_a_job_needs_exactly_one_good_schedule(when):
    with pytest.raises(ValueError, match="every_seconds"):
        Job(name="sweep", url="http://127.0.0.1/", **when)
