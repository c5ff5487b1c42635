"""Faults on purpose: each one is met by the real client or by the called function, and is used up."""

import time

import pytest
from google.api_core import exceptions
from requests.exceptions import RequestException

from tests.integration.emulator_process import until
from tests.integration.recording_target import Reply


@pytest.fixture
def only(queue):
    """What makes a fault strike in this test's queue only."""
    return {"queue": queue.rsplit("/", 1)[1]}


@pytest.fixture
def task(target, path):
    return {"http_request": {"url": target.url + path}}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (503, exceptions.ServiceUnavailable),
        (429, exceptions.TooManyRequests),
        (500, exceptions.InternalServerError),
    ],
)
def test_a_create_can_fail_with_a_status_and_creates_nothing(
    either_client, queue, task, only, emulator, status, error
):
    fault = emulator.plant("tasks.create", "status", match=only, status=status)
    with pytest.raises(error):
        either_client.create_task(parent=queue, task=task)
    assert emulator.struck(fault) == 1
    assert emulator.numbers(queue)["created"] == 0
    either_client.create_task(parent=queue, task=task)


def test_a_create_can_be_slow(client, queue, task, only, emulator):
    emulator.plant("tasks.create", "delay", match=only, seconds=0.3)
    before = time.monotonic()
    client.create_task(parent=queue, task=task)
    assert time.monotonic() - before >= 0.3


def test_a_create_can_lose_its_answer_and_yet_be_done(
    either_client, queue, task, only, emulator, target, path
):
    fault = emulator.plant("tasks.create", "drop", match=only)
    named = {**task, "name": f"{queue}/tasks/chunk-1"}
    with pytest.raises((exceptions.ServiceUnavailable, RequestException)):
        either_client.create_task(parent=queue, task=named)
    assert emulator.struck(fault) == 1
    with pytest.raises(exceptions.Conflict):
        either_client.create_task(parent=queue, task=named)
    target.wait_for(path, 1)


def test_a_dispatch_can_fail_without_reaching_the_function(client, queue, task, only, emulator, target, path):
    fault = emulator.plant("tasks.dispatch", "status", match=only, times=2, status=502)
    client.create_task(parent=queue, task=task)
    (call,) = target.wait_for(path, 1)
    assert call.task_header("TaskRetryCount") == "2"
    assert call.task_header("TaskPreviousResponse") == "502"
    assert emulator.struck(fault) == 2


def test_a_dispatch_can_be_late(client, queue, task, only, emulator, target, path):
    emulator.plant("tasks.dispatch", "delay", match=only, seconds=0.3)
    created = time.monotonic()
    client.create_task(parent=queue, task=task)
    assert target.wait_for(path, 1)[0].started - created >= 0.3


@pytest.mark.parametrize("kind", ["lose_answer", "drop"])
def test_a_function_that_ran_can_be_called_again_because_its_answer_was_lost(
    client, queue, task, only, emulator, target, path, kind
):
    emulator.plant("tasks.dispatch", kind, match=only)
    client.create_task(parent=queue, task=task)
    first, second = target.wait_for(path, 2)
    assert (first.task_header("TaskRetryCount"), second.task_header("TaskRetryCount")) == ("0", "1")
    assert second.task_header("TaskPreviousResponse") is None


@pytest.mark.parametrize("concurrent", [True, False])
def test_a_task_can_be_delivered_twice(client, queue, task, only, emulator, target, path, concurrent):
    target.plan(path, Reply(200, wait=0.2))
    emulator.plant("tasks.dispatch", "duplicate", match=only, concurrent=concurrent)
    client.create_task(parent=queue, task=task)
    first, second = target.wait_for(path, 2)
    assert first.task_header("TaskName") == second.task_header("TaskName")
    assert (second.started < first.ended) is concurrent
    until(lambda: emulator.numbers(queue)["succeeded"] == 1)
    assert len(target.calls(path)) == 2


def test_every_task_can_be_delivered_twice(client, queue, task, only, emulator, target, path):
    fault = emulator.plant("tasks.dispatch", "duplicate", match=only, times=1_000_000)
    for _ in range(10):
        client.create_task(parent=queue, task=task)
    until(lambda: emulator.numbers(queue)["succeeded"] == 10)
    assert len(target.calls(path)) == 20
    assert emulator.struck(fault) == 10
