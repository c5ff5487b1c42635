"""The token bucket that limits a queue's rate."""

import math

from hypothesis import given
from hypothesis import strategies as st

from infra.local.emulators.tasks.bucket import TokenBucket


def take_all(bucket: TokenBucket, now: float) -> int:
    """Take tokens until the bucket makes one wait; returns how many there were."""
    taken = 0
    while bucket.wait(now) == 0:
        bucket.take()
        taken += 1
    return taken


def test_a_full_bucket_lets_a_burst_through_and_then_the_rate():
    bucket = TokenBucket(rate=10, size=5, now=0)
    assert take_all(bucket, 0) == 5
    assert bucket.wait(0) == 0.1
    assert take_all(bucket, 0.25) == 2


def test_a_rest_fills_it_to_its_size_and_no_more():
    bucket = TokenBucket(rate=10, size=5, now=0)
    take_all(bucket, 0)
    assert take_all(bucket, 3600) == 5


def test_a_smaller_size_takes_away_what_no_longer_fits():
    bucket = TokenBucket(rate=10, size=5, now=0)
    bucket.resize(rate=1, size=2, now=0)
    assert take_all(bucket, 0) == 2
    assert bucket.wait(0) == 1


@given(
    st.floats(0.1, 500),
    st.integers(1, 500),
    st.lists(st.floats(0, 5), max_size=30),
)
def test_never_more_than_the_burst_and_the_rate_allow(rate, size, pauses):
    bucket = TokenBucket(rate, size, now=0)
    now, taken = 0.0, take_all(bucket, 0)
    for pause in pauses:
        now += pause
        taken += take_all(bucket, now)
    assert taken <= size + math.floor(rate * now + 1e-6)


@given(st.floats(0.1, 500), st.integers(1, 20))
def test_who_waits_as_long_as_told_gets_a_token(rate, size):
    bucket = TokenBucket(rate, size, now=0)
    take_all(bucket, 0)
    assert bucket.wait(bucket.wait(0) * (1 + 1e-9)) == 0
