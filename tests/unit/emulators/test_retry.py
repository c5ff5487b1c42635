"""When Cloud Tasks tries again: the delays and the end of them."""

from datetime import UTC, datetime
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.emulators.tasks.retry import UNLIMITED, RetryPolicy, retry_after

durations = st.floats(min_value=0.001, max_value=10_000)
policies = st.builds(
    lambda low, more, doublings: RetryPolicy(
        min_backoff=low, max_backoff=low + more, max_doublings=doublings
    ),
    durations,
    durations,
    st.integers(0, 40),
)


def test_the_documented_example_doubles_then_grows_linearly_then_stays():
    policy = RetryPolicy(min_backoff=10, max_backoff=300, max_doublings=3)
    assert [policy.delay(attempts) for attempts in range(1, 9)] == [10, 20, 40, 80, 160, 240, 300, 300]


def test_without_doublings_the_delay_grows_by_its_first_value():
    policy = RetryPolicy(min_backoff=1, max_backoff=100, max_doublings=0)
    assert [policy.delay(attempts) for attempts in range(1, 5)] == [1, 2, 3, 4]


@given(policies, st.integers(1, 100_000))
def test_a_delay_is_never_outside_its_bounds(policy, attempts):
    assert policy.min_backoff <= policy.delay(attempts) <= policy.max_backoff


@given(policies, st.integers(1, 1000))
def test_a_delay_is_never_shorter_than_the_one_before(policy, attempts):
    assert policy.delay(attempts) <= policy.delay(attempts + 1)


@given(policies)
def test_the_first_delay_is_the_minimum_and_the_second_at_most_twice_that(policy):
    assert policy.delay(1) == policy.min_backoff
    assert policy.delay(2) <= 2 * policy.min_backoff


@given(policies, st.integers(1, 39))
def test_each_doubling_doubles_unless_capped(policy, attempts):
    if attempts <= policy.max_doublings:
        assert policy.delay(attempts + 1) == min(policy.min_backoff * 2**attempts, policy.max_backoff)


@pytest.mark.parametrize(
    ("attempts", "duration", "after", "elapsed", "ends"),
    [
        (3, 0, 2, 1e9, False),
        (3, 0, 3, 0, True),
        (3, 60, 3, 59, False),
        (3, 60, 2, 61, False),
        (3, 60, 3, 60, True),
        (UNLIMITED, 60, 1000, 59, False),
        (UNLIMITED, 60, 1, 60, True),
        (UNLIMITED, 0, 10**6, 1e9, False),
    ],
)
def test_a_task_is_given_up_when_every_limit_it_has_is_reached(attempts, duration, after, elapsed, ends):
    policy = RetryPolicy(max_attempts=attempts, max_retry_duration=duration)
    assert policy.exhausted(after, elapsed) is ends


def test_retry_after_is_read_as_seconds():
    assert retry_after("120", now=0) == 120


def test_retry_after_is_read_as_a_date_relative_to_now():
    then = datetime(2026, 3, 1, 12, 0, 30, tzinfo=UTC)
    assert retry_after(format_datetime(then, usegmt=True), now=then.timestamp() - 30) == 30
    assert retry_after(format_datetime(then, usegmt=True), now=then.timestamp() + 30) == 0


@given(st.text())
def test_a_retry_after_that_says_nothing_is_no_wait_and_no_error(text):
    assert retry_after(text, now=0) >= 0
