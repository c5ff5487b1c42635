"""Named tasks: the same name is accepted once."""

import pytest
from google.api_core.exceptions import Conflict, InvalidArgument

from tests.integration.emulator_process import until


@pytest.fixture
def named(queue, target, path):
    """A task with a name, which needs nothing but to be created."""
    return {"name": f"{queue}/tasks/chunk-7", "http_request": {"url": target.url + path}}


def test_a_name_in_use_is_refused(either_client, queue, named):
    either_client.pause_queue(name=queue)
    either_client.create_task(parent=queue, task=named)
    with pytest.raises(Conflict):
        either_client.create_task(parent=queue, task=named)


def test_a_name_is_refused_for_a_day_after_its_task_was_done(client, queue, named, target, path, emulator):
    client.create_task(parent=queue, task=named)
    until(lambda: emulator.numbers(queue)["succeeded"] == 1)
    with pytest.raises(Conflict):
        client.create_task(parent=queue, task=named)
    emulator.move_clock(24 * 3600 + 1)
    until(lambda: emulator.get("/_stats")["now"] >= emulator.clock.timestamp() - 1)
    client.create_task(parent=queue, task=named)
    assert len(target.wait_for(path, 2)) == 2


def test_a_deleted_task_leaves_its_name_in_use_too(client, queue, named):
    client.pause_queue(name=queue)
    client.delete_task(name=client.create_task(parent=queue, task=named).name)
    with pytest.raises(Conflict):
        client.create_task(parent=queue, task=named)


def test_the_same_name_in_another_queue_is_another_task(client, queue, make_queue, named, target, path):
    other = make_queue()
    client.create_task(parent=queue, task=named)
    client.create_task(parent=other, task={**named, "name": f"{other}/tasks/chunk-7"})
    calls = target.wait_for(path, 2)
    assert {call.task_header("TaskName") for call in calls} == {"chunk-7"}
    assert {call.task_header("QueueName") for call in calls} == {
        each.rpartition("/")[2] for each in (queue, other)
    }


def test_tasks_without_a_name_never_clash(client, queue, target, path):
    task = {"http_request": {"url": target.url + path}}
    names = {client.create_task(parent=queue, task=task).name for _ in range(5)}
    assert len(names) == 5


@pytest.mark.parametrize(
    "name", ["{queue}/tasks/with space", "{queue}/tasks/" + "x" * 501, "{queue}x/tasks/a", "a"]
)
def test_a_name_that_is_not_one_of_the_queue_is_refused(client, queue, named, name):
    with pytest.raises(InvalidArgument):
        client.create_task(parent=queue, task={**named, "name": name.format(queue=queue)})
