"""Queue settings: the service's defaults, its bounds and update masks."""

import pytest

from infra.local.emulators.tasks.messages import PAUSED, Queue, duration, seconds
from infra.local.emulators.tasks.refusals import Refusal
from infra.local.emulators.tasks.settings import complete, policy, updated

NAME = "projects/p/locations/l/queues/q"


def queue_with(rate_limits=None, retry_config=None):
    return Queue(name=NAME, rate_limits=rate_limits or {}, retry_config=retry_config or {})


def test_a_new_queue_gets_the_defaults_of_the_service():
    queue = queue_with()
    complete(queue)
    limits = queue.rate_limits
    assert (limits.max_dispatches_per_second, limits.max_burst_size) == (500, 500)
    assert limits.max_concurrent_dispatches == 1000
    rules = policy(queue.retry_config)
    assert (rules.max_attempts, rules.max_doublings, rules.max_retry_duration) == (100, 16, 0)
    assert (rules.min_backoff, rules.max_backoff) == (pytest.approx(0.1), 3600)


@pytest.mark.parametrize(
    "bad",
    [
        {"rate_limits": {"max_dispatches_per_second": 501}},
        {"rate_limits": {"max_dispatches_per_second": -1}},
        {"rate_limits": {"max_concurrent_dispatches": 5001}},
        {"retry_config": {"max_attempts": -2}},
        {"retry_config": {"min_backoff": duration(20), "max_backoff": duration(10)}},
    ],
)
def test_values_out_of_bounds_are_refused(bad):
    with pytest.raises(Refusal) as refusal:
        complete(queue_with(**bad))
    assert refusal.value.http_status == 400


def test_a_mask_changes_what_it_names_and_nothing_else():
    current = queue_with({"max_dispatches_per_second": 7}, {"max_attempts": 4})
    complete(current)
    wanted = queue_with({"max_dispatches_per_second": 9}, {"max_attempts": 9})
    result = updated(current, wanted, ["rate_limits.max_dispatches_per_second"])
    assert result.rate_limits.max_dispatches_per_second == 9
    assert result.retry_config.max_attempts == 4


def test_without_a_mask_everything_is_replaced_by_what_is_given_or_by_the_default():
    current = queue_with(retry_config={"max_attempts": 4, "min_backoff": duration(3)})
    complete(current)
    result = updated(current, queue_with(retry_config={"max_attempts": 9}), [])
    assert result.retry_config.max_attempts == 9
    assert seconds(result.retry_config.min_backoff) == pytest.approx(0.1)


def test_zero_doublings_count_if_the_mask_names_them():
    current = queue_with()
    complete(current)
    assert updated(current, queue_with(), ["retry_config.max_doublings"]).retry_config.max_doublings == 0


def test_an_update_cannot_change_what_is_output_only():
    current = queue_with()
    complete(current)
    wanted = queue_with()
    wanted.state = PAUSED
    assert updated(current, wanted, ["state"]).state == current.state
    assert updated(current, wanted, []).state == current.state


def test_a_mask_with_a_field_that_does_not_exist_is_refused():
    current = queue_with()
    complete(current)
    with pytest.raises(Refusal):
        updated(current, queue_with(), ["rate_limits.colour"])
