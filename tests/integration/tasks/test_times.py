"""Schedule times, in virtual time."""

from datetime import timedelta

import pytest
from google.api_core.exceptions import BadRequest

from tests.integration.emulator_process import until
from tests.integration.recording_target import Reply


def test_a_task_waits_for_its_time_and_goes_out_when_the_clock_is_moved_past_it(
    either_client, queue, target, path, emulator
):
    later = emulator.clock.now() + timedelta(days=2)
    task = {"http_request": {"url": target.url + path}, "schedule_time": later}
    either_client.create_task(parent=queue, task=task)
    numbers = emulator.numbers(queue)
    assert (numbers["depth"], numbers["due"], numbers["in_flight"]) == (1, 0, 0)
    assert numbers["earliest_schedule_time"] == pytest.approx(later.timestamp(), abs=1e-5)
    emulator.move_clock(2 * 24 * 3600)
    (call,) = target.wait_for(path, 1, within=2)
    assert float(call.task_header("TaskETA")) == pytest.approx(later.timestamp(), abs=1e-5)


def test_a_short_wait_needs_no_move_of_the_clock(client, queue, target, path, emulator):
    soon = emulator.clock.now() + timedelta(seconds=0.3)
    task = {"http_request": {"url": target.url + path}, "schedule_time": soon}
    client.create_task(parent=queue, task=task)
    target.wait_for(path, 1)
    assert soon <= emulator.clock.now() <= soon + timedelta(seconds=0.5)


def test_a_time_in_the_past_becomes_now(client, queue, target, path, emulator):
    past = emulator.clock.now() - timedelta(hours=1)
    task = {"http_request": {"url": target.url + path}, "schedule_time": past}
    created = client.create_task(parent=queue, task=task)
    assert created.schedule_time > past + timedelta(minutes=59)
    target.wait_for(path, 1)


def test_a_time_more_than_30_days_ahead_is_refused(either_client, queue, target, path, emulator):
    late = emulator.clock.now() + timedelta(days=30, minutes=1)
    task = {"http_request": {"url": target.url + path}, "schedule_time": late}
    with pytest.raises(BadRequest, match="720h"):
        either_client.create_task(parent=queue, task=task)


def test_a_retry_far_ahead_is_due_at_once_when_the_clock_is_moved(client, make_queue, target, path, emulator):
    queue = make_queue(retry_config={"min_backoff": timedelta(hours=1), "max_backoff": timedelta(hours=1)})
    client.create_task(
        parent=queue, task={"http_request": {"url": target.plan(path, Reply(500), Reply(200))}}
    )
    until(lambda: emulator.numbers(queue)["failed"] == 1)
    emulator.move_clock(3601)
    calls = target.wait_for(path, 2, within=2)
    assert [call.task_header("TaskRetryCount") for call in calls] == ["0", "1"]
