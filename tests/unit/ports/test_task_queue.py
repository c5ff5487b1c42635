"""The task queue in memory keeps the port's contract."""

from datetime import UTC, datetime, timedelta

import pytest

from common.errors import Unavailable
from common.tasks.queue import Task
from tests.contracts.task_queue import TaskQueueContract, TaskQueueHarness, a_task
from tests.fakes.task_queue import FakeTaskQueue


class FakeHarness(TaskQueueHarness):
    def __init__(self) -> None:
        self.queue = self.fake = FakeTaskQueue(queues=["scrape"])

    def waiting(self) -> list[Task]:
        return list(self.fake.waiting.values())

    def delete(self, task: Task) -> None:
        self.fake.delete(task)


class TestFakeTaskQueue(TaskQueueContract):
    @pytest.fixture
    def harness(self) -> TaskQueueHarness:
        return FakeHarness()


def test_the_fake_hands_out_what_is_due_and_keeps_the_rest() -> None:
    fake, now = FakeTaskQueue(["scrape"]), datetime.now(UTC)
    fake.enqueue([a_task("later"), a_task("due", schedule_time=now), a_task("at-once", schedule_time=None)])
    assert [task.name for task in fake.due(now)] == ["at-once", "due"]
    assert fake.due(now) == []
    assert [task.name for task in fake.due(now + timedelta(days=2))] == ["later"]


def test_the_fake_fails_once_when_told_to_and_takes_nothing_then() -> None:
    fake = FakeTaskQueue(["scrape"])
    fake.fail_next(Unavailable())
    with pytest.raises(Unavailable):
        fake.enqueue([a_task()])
    assert fake.waiting == {}
    fake.enqueue([a_task()])
    assert len(fake.waiting) == 1


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        a_task(schedule_time=datetime(2026, 1, 1))  # noqa: DTZ001
