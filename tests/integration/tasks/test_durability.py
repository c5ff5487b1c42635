"""What was acknowledged outlives the emulator."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from google.api_core.exceptions import AlreadyExists, GoogleAPICallError

from tests.integration.emulator_process import until
from tests.integration.recording_target import Reply
from tests.integration.tasks.conftest import LOCATION, TasksEmulator

QUEUE = f"{LOCATION}/queues/steps"


@pytest.fixture
def own_emulator(tmp_path):
    """An emulator that may be killed."""
    emulator = TasksEmulator(tmp_path)
    yield emulator
    assert emulator.stop() == 0


def test_no_acknowledged_task_is_lost_when_the_emulator_is_killed_while_tasks_come_and_go(
    own_emulator, target, path
):
    acknowledged = []

    def create_until_killed(worker):
        with own_emulator.grpc_client() as client:
            for number in range(10_000):
                body = f"{worker}-{number}".encode()
                try:
                    client.create_task(
                        parent=QUEUE, task={"http_request": {"url": target.url + path, "body": body}}
                    )
                except GoogleAPICallError:
                    return
                acknowledged.append(body)

    with own_emulator.grpc_client() as client:
        client.create_queue(parent=LOCATION, queue={"name": QUEUE})
    with ThreadPoolExecutor(3) as pool:
        workers = [pool.submit(create_until_killed, worker) for worker in range(3)]
        until(lambda: len(acknowledged) > 100 and len(target.calls(path)) > 20)
        own_emulator.kill()
        for worker in workers:
            worker.result()
    own_emulator.start()
    until(lambda: own_emulator.numbers(QUEUE)["depth"] == 0, within=20)
    assert set(acknowledged) <= {call.body for call in target.calls(path)}


def test_a_kill_forgets_neither_settings_nor_pauses_nor_names_nor_attempts(own_emulator, target, path):
    retry = {"min_backoff": timedelta(seconds=60), "max_backoff": timedelta(seconds=60), "max_attempts": 7}
    url = target.plan(path, Reply(404), Reply(200))
    name = f"{QUEUE}/tasks/chunk-1"
    with own_emulator.grpc_client() as client:
        client.create_queue(parent=LOCATION, queue={"name": QUEUE, "retry_config": retry})
        client.create_task(
            parent=QUEUE, task={"name": f"{QUEUE}/tasks/done", "http_request": {"url": target.url}}
        )
        client.create_task(parent=QUEUE, task={"name": name, "http_request": {"url": url}})
        until(lambda: (n := own_emulator.numbers(QUEUE))["failed"] == 1 and n["succeeded"] == 1)
        client.pause_queue(name=QUEUE)  # its commit comes after theirs, and is waited for
    own_emulator.kill()
    own_emulator.start()
    with own_emulator.grpc_client() as client:
        queue = client.get_queue(name=QUEUE)
        assert (queue.state.name, queue.retry_config.max_attempts) == ("PAUSED", 7)
        with pytest.raises(AlreadyExists):
            client.create_task(
                parent=QUEUE, task={"name": f"{QUEUE}/tasks/done", "http_request": {"url": target.url}}
            )
        assert client.get_task(name=name).dispatch_count == 1
        client.resume_queue(name=QUEUE)
    own_emulator.move_clock(61)
    second = target.wait_for(path, 2)[1]
    assert second.task_header("TaskRetryCount") == "1"
    assert second.task_header("TaskExecutionCount") == "1"
    assert second.task_header("TaskPreviousResponse") == "404"


def test_a_stop_cuts_what_is_under_way_and_does_not_count_it_as_a_failure(own_emulator, target, path):
    url = target.plan(path, Reply(200, wait=1.5), Reply(200))
    with own_emulator.grpc_client() as client:
        client.create_queue(parent=LOCATION, queue={"name": QUEUE, "retry_config": {"max_attempts": 1}})
        client.create_task(parent=QUEUE, task={"http_request": {"url": url}})
    until(lambda: own_emulator.numbers(QUEUE)["in_flight"] == 1)
    assert own_emulator.stop() == 0
    own_emulator.start()
    calls = target.wait_for(path, 2)
    assert calls[1].task_header("TaskRetryCount") == "0"


def test_queues_of_a_file_are_created_at_the_start_and_brought_up_to_date(tmp_path):
    file = tmp_path / "queues.json"
    file.write_text(
        '[{"name": "lane", "max_dispatches_per_second": 2, "max_attempts": 3, "max_doublings": 0}]'
    )
    options = ("--queues", str(file), "--project", "shelfline-test", "--location", "europe-west1")
    emulator = TasksEmulator(tmp_path, *options)
    file.write_text('[{"name": "lane", "max_dispatches_per_second": 4, "min_backoff_seconds": 0.5}]')
    emulator.stop()
    emulator.start()
    with emulator.grpc_client() as client:
        queue = client.get_queue(name=f"{LOCATION}/queues/lane")
    emulator.stop()
    assert queue.rate_limits.max_dispatches_per_second == 4
    assert (queue.retry_config.max_attempts, queue.retry_config.max_doublings) == (3, 0)
    assert queue.retry_config.min_backoff == timedelta(seconds=0.5)
