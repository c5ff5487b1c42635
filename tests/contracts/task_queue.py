"""What every TaskQueue does."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from common.errors import Misconfigured
from common.tasks.queue import Task, TaskQueue


class TaskQueueHarness(ABC):
    """A queue under test, and the view behind it that the port does not give. It has one queue, "scrape"."""

    queue: TaskQueue

    @abstractmethod
    def waiting(self) -> list[Task]:
        """The tasks that are in the queue "scrape" and were not delivered."""

    @abstractmethod
    def delete(self, task: Task) -> None:
        """Take a task out of its queue undelivered."""


def a_task(name: str = "first", **changes: object) -> Task:
    """A task that stays in its queue for the time of a test."""
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    task = Task("scrape", name, "http://127.0.0.1:1/scrape", b'{"version":1}', tomorrow)
    return replace(task, **changes)  # type: ignore[arg-type]


class TaskQueueContract:
    """Inherit from it and give a fixture `harness`."""

    @pytest.fixture
    def harness(self) -> TaskQueueHarness:
        """The queue under test, empty."""
        raise NotImplementedError

    def test_a_task_waits_with_its_address_body_and_time(self, harness: TaskQueueHarness) -> None:
        task = a_task()
        harness.queue.enqueue([task])
        assert harness.waiting() == [task]

    def test_a_name_that_is_in_the_queue_already_is_success(self, harness: TaskQueueHarness) -> None:
        harness.queue.enqueue([a_task()])
        harness.queue.enqueue([a_task(), a_task("second")])
        assert sorted(task.name for task in harness.waiting()) == ["first", "second"]

    def test_a_name_is_not_free_again_when_its_task_is_gone(self, harness: TaskQueueHarness) -> None:
        harness.queue.enqueue([a_task()])
        harness.delete(a_task())
        harness.queue.enqueue([a_task()])
        assert harness.waiting() == []

    def test_the_first_of_two_bodies_under_one_name_stays(self, harness: TaskQueueHarness) -> None:
        harness.queue.enqueue([a_task(body=b"one")])
        harness.queue.enqueue([a_task(body=b"two")])
        assert [task.body for task in harness.waiting()] == [b"one"]

    def test_many_tasks_at_once_all_arrive(self, harness: TaskQueueHarness) -> None:
        harness.queue.enqueue([a_task(f"task-{number}") for number in range(150)])
        assert len(harness.waiting()) == 150

    def test_no_task_at_all_is_fine(self, harness: TaskQueueHarness) -> None:
        harness.queue.enqueue([])
        assert harness.waiting() == []

    def test_an_unknown_queue_is_named_and_the_other_tasks_are_still_taken(
        self, harness: TaskQueueHarness
    ) -> None:
        with pytest.raises(Misconfigured, match="no-such-queue") as raised:
            harness.queue.enqueue([a_task("lost", queue="no-such-queue"), a_task("kept")])
        assert raised.value.reason == "no_queue"
        assert [task.name for task in harness.waiting()] == ["kept"]

    def test_a_task_over_100_kilobytes_is_refused_and_the_others_taken(
        self, harness: TaskQueueHarness
    ) -> None:
        with pytest.raises(Misconfigured, match="huge") as raised:
            harness.queue.enqueue([a_task("huge", body=b"x" * 110_000), a_task("small")])
        assert raised.value.reason == "bad_task"
        assert [task.name for task in harness.waiting()] == ["small"]

    def test_a_name_with_other_signs_than_letters_digits_and_hyphens_is_refused(
        self, harness: TaskQueueHarness
    ) -> None:
        with pytest.raises(Misconfigured) as raised:
            harness.queue.enqueue([a_task("a.b c")])
        assert raised.value.reason == "bad_task"
