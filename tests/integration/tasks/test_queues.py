"""Creating, reading, changing and deleting queues."""

import pytest
from google.api_core.exceptions import BadRequest, Conflict, InvalidArgument, NotFound
from google.cloud import tasks_v2
from google.protobuf import field_mask_pb2

from tests.integration.emulator_process import until
from tests.integration.tasks.conftest import LOCATION

State = tasks_v2.Queue.State


def test_a_new_queue_runs_with_the_settings_given_and_defaults_for_the_rest(either_client, path):
    name = f"{LOCATION}/queues/new{path[1:]}-{either_client.transport.kind}"
    limits = {"max_dispatches_per_second": 5}
    either_client.create_queue(parent=LOCATION, queue={"name": name, "rate_limits": limits})
    queue = either_client.get_queue(name=name)
    assert queue.state == State.RUNNING
    assert queue.rate_limits.max_dispatches_per_second == 5
    assert queue.rate_limits.max_concurrent_dispatches == 1000
    assert queue.retry_config.max_attempts == 100


def test_a_queue_is_created_once(either_client, queue):
    with pytest.raises(Conflict):
        either_client.create_queue(parent=LOCATION, queue={"name": queue})


def test_a_queue_that_does_not_exist_is_not_found(either_client):
    with pytest.raises(NotFound):
        either_client.get_queue(name=f"{LOCATION}/queues/none")


@pytest.mark.parametrize("name", ["a_b", "x" * 101, "ä"])
def test_a_name_outside_the_alphabet_or_too_long_is_refused(client, name):
    with pytest.raises(InvalidArgument):
        client.create_queue(parent=LOCATION, queue={"name": f"{LOCATION}/queues/{name}"})


def test_a_rate_above_500_is_refused(either_client, queue):
    changed = {"name": queue, "rate_limits": {"max_dispatches_per_second": 501}}
    with pytest.raises(BadRequest, match="500"):
        either_client.update_queue(queue=changed)


def test_an_update_changes_what_its_mask_names(either_client, queue):
    changed = {
        "name": queue,
        "rate_limits": {"max_dispatches_per_second": 3},
        "retry_config": {"max_attempts": 9},
    }
    mask = field_mask_pb2.FieldMask(paths=["rate_limits.max_dispatches_per_second"])
    either_client.update_queue(queue=changed, update_mask=mask)
    now = either_client.get_queue(name=queue)
    assert (now.rate_limits.max_dispatches_per_second, now.retry_config.max_attempts) == (3, 4)


def test_an_update_creates_a_queue_that_does_not_exist(client, path):
    name = f"{LOCATION}/queues/made{path[1:]}"
    client.update_queue(queue={"name": name})
    assert client.get_queue(name=name).state == State.RUNNING


def test_queues_are_listed_by_location_in_pages(either_client, path):
    location = f"projects/shelfline-test/locations/place{path.removeprefix('/step')}"
    names = [f"{location}/queues/lane-{number}" for number in range(3)]
    for name in reversed(names):
        either_client.create_queue(parent=location, queue={"name": name})
    pages = list(either_client.list_queues(request={"parent": location, "page_size": 2}).pages)
    assert [[queue.name for queue in page.queues] for page in pages] == [names[:2], names[2:]]


def test_a_paused_queue_takes_tasks_and_sends_them_when_resumed(either_client, queue, target, path, emulator):
    assert either_client.pause_queue(name=queue).state == State.PAUSED
    either_client.create_task(parent=queue, task={"http_request": {"url": target.url + path}})
    until(lambda: emulator.numbers(queue)["due"] == 1)
    assert target.calls(path) == []
    assert either_client.resume_queue(name=queue).state == State.RUNNING
    target.wait_for(path, 1)


def test_a_purge_deletes_every_task_and_says_when(either_client, queue, target, path, emulator):
    either_client.pause_queue(name=queue)
    for _ in range(3):
        either_client.create_task(parent=queue, task={"http_request": {"url": target.url + path}})
    purged = either_client.purge_queue(name=queue)
    assert purged.purge_time.timestamp() == pytest.approx(emulator.clock.timestamp(), abs=5)
    assert list(either_client.list_tasks(parent=queue)) == []


def test_a_deleted_queue_takes_its_tasks_with_it(either_client, queue, target, path):
    either_client.pause_queue(name=queue)
    task = {"http_request": {"url": target.url + path}}
    name = either_client.create_task(parent=queue, task=task).name
    either_client.delete_queue(name=queue)
    for call in (lambda: either_client.get_queue(name=queue), lambda: either_client.get_task(name=name)):
        with pytest.raises(NotFound):
            call()
