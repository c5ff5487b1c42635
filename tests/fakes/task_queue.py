"""A task queue in memory."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from common.errors import Misconfigured, ShelflineError
from common.tasks.queue import Task

_NAME = re.compile(r"[A-Za-z0-9_-]{1,500}")
_LARGEST = 100 * 1024  # bytes of a whole task; Cloud Tasks' quota page


class FakeTaskQueue:
    """Keeps tasks until a test takes them. A name that was used once is never free again."""

    def __init__(self, queues: Iterable[str]) -> None:
        self.queues = set(queues)
        self.waiting: dict[tuple[str, str], Task] = {}
        self._used: set[tuple[str, str]] = set()
        self._failures: list[ShelflineError] = []

    def enqueue(self, tasks: Sequence[Task]) -> None:
        """See TaskQueue.enqueue."""
        if self._failures:
            raise self._failures.pop(0)
        mistakes = [mistake for task in tasks if (mistake := self._take(task))]
        if mistakes:
            raise mistakes[0]

    def fail_next(self, error: ShelflineError) -> None:
        """Make the next enqueue take nothing and raise this."""
        self._failures.append(error)

    def due(self, now: datetime) -> list[Task]:
        """Take the tasks that are due out of their queues, the earliest first."""
        always = datetime.min.replace(tzinfo=UTC)
        due = [task for task in self.waiting.values() if (task.schedule_time or always) <= now]
        for task in due:
            self.delete(task)
        return sorted(due, key=lambda task: task.schedule_time or always)

    def delete(self, task: Task) -> None:
        """Take one task out of its queue."""
        del self.waiting[task.queue, task.name]

    def _take(self, task: Task) -> Misconfigured | None:
        if task.queue not in self.queues:
            return Misconfigured(f"there is no queue {task.queue!r}", reason="no_queue")
        if not _NAME.fullmatch(task.name) or len(task.body) > _LARGEST:
            return Misconfigured(f"task {task.name!r} is not one that the service takes", reason="bad_task")
        key = (task.queue, task.name)
        if key not in self._used:
            self._used.add(key)
            self.waiting[key] = task
        return None
