"""What happens to a task whose function does not answer with a 2xx."""

from datetime import timedelta
from itertools import pairwise

import pytest
from google.api_core.exceptions import NotFound

from tests.integration.emulator_process import until
from tests.integration.recording_target import Reply


def gaps(calls):
    """Seconds from the end of each call to the start of the next."""
    return [after.started - before.ended for before, after in pairwise(calls)]


def test_a_failing_task_is_tried_with_doubling_delays_and_then_given_up(
    client, queue, target, path, emulator
):
    url = target.plan(path, Reply(500))
    task = client.create_task(parent=queue, task={"http_request": {"url": url}})
    calls = target.wait_for(path, 4)
    until(lambda: emulator.numbers(queue)["given_up"] == 1)
    assert len(target.calls(path)) == 4
    for gap, planned in zip(gaps(calls), [0.05, 0.1, 0.2], strict=True):
        assert planned * 0.9 <= gap < planned + 1
    with pytest.raises(NotFound):
        client.get_task(name=task.name)


def test_each_attempt_says_how_often_it_was_tried_and_what_came_before(client, queue, target, path):
    url = target.plan(path, Reply(500), Reply(404), Reply(0), Reply(200))
    client.create_task(parent=queue, task={"http_request": {"url": url}})
    calls = target.wait_for(path, 4)
    assert [call.task_header("TaskRetryCount") for call in calls] == ["0", "1", "2", "3"]
    assert [call.task_header("TaskExecutionCount") for call in calls] == ["0", "0", "1", "1"]
    assert [call.task_header("TaskPreviousResponse") for call in calls] == [None, "500", "404", None]


def test_a_task_is_done_with_its_first_2xx(client, queue, target, path, emulator):
    url = target.plan(path, Reply(503), Reply(204))
    client.create_task(parent=queue, task={"http_request": {"url": url}})
    target.wait_for(path, 2)
    numbers = until(lambda: (n := emulator.numbers(queue))["depth"] == 0 and n)
    assert (numbers["succeeded"], numbers["failed"], numbers["dispatched"]) == (1, 1, 2)


def test_a_function_that_asks_for_a_later_retry_gets_it(client, queue, target, path):
    url = target.plan(path, Reply(429, {"Retry-After": "1"}), Reply(200))
    client.create_task(parent=queue, task={"http_request": {"url": url}})
    (gap,) = gaps(target.wait_for(path, 2))
    assert 0.9 <= gap < 5


def test_a_task_may_have_retry_settings_of_its_own(client, queue, target, path, emulator):
    url = target.plan(path, Reply(500))
    own = {"max_attempts": 2, "min_backoff": timedelta(seconds=0.01)}
    client.create_task(parent=queue, task={"http_request": {"url": url}, "retry_config": own})
    until(lambda: emulator.numbers(queue)["given_up"] == 1)
    assert len(target.calls(path)) == 2


def test_a_task_that_waits_to_be_tried_again_shows_its_last_attempt(
    client, make_queue, target, path, emulator
):
    queue = make_queue(retry_config={"min_backoff": timedelta(seconds=600)})
    url = target.plan(path, Reply(503))
    name = client.create_task(parent=queue, task={"http_request": {"url": url}}).name
    until(lambda: emulator.numbers(queue)["failed"] == 1)
    task = client.get_task(name=name)
    assert (task.dispatch_count, task.response_count) == (1, 1)
    assert "503" in task.last_attempt.response_status.message
    assert 590 < (task.schedule_time - task.last_attempt.response_time).total_seconds() < 610
