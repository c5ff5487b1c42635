"""Creating, reading, deleting and running tasks, and what is refused."""

import statistics
import time
from datetime import timedelta

import pytest
from google.api_core.exceptions import BadRequest, NotFound
from google.cloud import tasks_v2

from tests.integration.recording_target import Reply

FULL = tasks_v2.Task.View.FULL


@pytest.fixture
def paused(client, queue):
    client.pause_queue(name=queue)
    return queue


def http(target, path, **request):
    return {"http_request": {"url": target.url + path, **request}}


def test_the_answer_to_a_create_says_what_the_service_filled_in(either_client, paused, target, path):
    task = either_client.create_task(parent=paused, task=http(target, path, body=b"x"))
    assert task.name.startswith(f"{paused}/tasks/")
    assert task.http_request.http_method == tasks_v2.HttpMethod.POST
    assert task.dispatch_deadline == timedelta(minutes=10)
    assert task.create_time <= task.schedule_time
    assert task.view == tasks_v2.Task.View.BASIC


def test_the_body_is_in_the_full_view_only(either_client, paused, target, path):
    name = either_client.create_task(parent=paused, task=http(target, path, body=b"secret")).name
    assert either_client.get_task(name=name).http_request.body == b""
    full = either_client.get_task(request={"name": name, "response_view": FULL})
    assert full.http_request.body == b"secret"


def test_tasks_are_listed_by_name_in_pages(either_client, paused, target, path):
    names = [f"{paused}/tasks/task-{number}" for number in range(5)]
    for name in reversed(names):
        either_client.create_task(parent=paused, task={"name": name, **http(target, path)})
    pages = list(either_client.list_tasks(request={"parent": paused, "page_size": 2}).pages)
    assert [len(page.tasks) for page in pages] == [2, 2, 1]
    assert [task.name for page in pages for task in page.tasks] == names


def test_a_deleted_task_is_gone_and_never_goes_out(either_client, paused, target, path):
    name = either_client.create_task(parent=paused, task=http(target, path)).name
    either_client.delete_task(name=name)
    for call in (either_client.get_task, either_client.delete_task, either_client.run_task):
        with pytest.raises(NotFound, match="existed recently"):
            call(name=name)
    either_client.resume_queue(name=paused)
    either_client.create_task(parent=paused, task=http(target, path + "/next"))
    target.wait_for(path + "/next", 1)
    assert target.calls(path) == []


def test_a_task_can_be_run_though_its_queue_is_paused_and_its_time_has_not_come(
    either_client, paused, target, path, emulator
):
    later = emulator.clock.now() + timedelta(days=1)
    task = either_client.create_task(parent=paused, task={**http(target, path), "schedule_time": later})
    assert either_client.run_task(name=task.name).dispatch_count == 1
    target.wait_for(path, 1)


def test_a_run_that_fails_puts_the_task_back(client, paused, target, path, emulator):
    target.plan(path, Reply(500), Reply(200))
    name = client.create_task(parent=paused, task=http(target, path)).name
    client.run_task(name=name)
    target.wait_for(path, 1)
    client.resume_queue(name=paused)
    assert target.wait_for(path, 2)[1].task_header("TaskRetryCount") == "1"


def test_an_answer_is_not_held_back_by_the_network(either_client, paused, target, path):
    def seconds_of_a_create():
        before = time.monotonic()
        either_client.create_task(parent=paused, task=http(target, path))
        return time.monotonic() - before

    # Nagle's algorithm holds back every answer but the first on a connection, by 40 ms.
    assert statistics.median(seconds_of_a_create() for _ in range(15)) < 0.03


@pytest.mark.parametrize(
    "bad",
    [
        {"http_request": {"url": "ftp://example.test/"}},
        {"http_request": {"url": "https://example.test/" + "x" * 2100}},
        {"http_request": {"url": "https://example.test/", "http_method": "GET", "body": b"x"}},
        {"http_request": {"url": "https://example.test/", "body": b"x" * 102_400}},
        {"http_request": {"url": "https://example.test/"}, "dispatch_deadline": timedelta(seconds=14)},
        {"http_request": {"url": "https://example.test/"}, "dispatch_deadline": timedelta(seconds=1801)},
        {"app_engine_http_request": {"relative_uri": "/"}},
        {},
    ],
    ids=[
        "scheme",
        "long url",
        "body with GET",
        "too large",
        "deadline short",
        "deadline long",
        "App Engine",
        "empty",
    ],
)
def test_a_task_that_breaks_a_limit_is_refused(either_client, paused, bad):
    with pytest.raises(BadRequest):
        either_client.create_task(parent=paused, task=bad)


@pytest.mark.parametrize("deadline", [15, 1800])
def test_a_deadline_at_the_edge_is_accepted(client, paused, target, path, deadline):
    task = {**http(target, path), "dispatch_deadline": timedelta(seconds=deadline)}
    assert client.create_task(parent=paused, task=task).dispatch_deadline == timedelta(seconds=deadline)


def test_a_task_for_a_queue_that_does_not_exist_is_not_found(either_client, paused, target, path):
    with pytest.raises(NotFound, match="Queue does not exist"):
        either_client.create_task(parent=paused + "x", task=http(target, path))
