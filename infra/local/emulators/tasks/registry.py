"""All queues and tasks of the emulator, in memory and in the journal, under one lock."""

import threading
import time

from grpc import StatusCode

from infra.local.clock import SharedClock
from infra.local.emulators.tasks import names
from infra.local.emulators.tasks.journal import Commit, Journal
from infra.local.emulators.tasks.messages import Queue, Task
from infra.local.emulators.tasks.queues import NAME_KEPT, TaskQueue
from infra.local.emulators.tasks.records import TaskRecord
from infra.local.emulators.tasks.refusals import Refusal


class Registry:
    """Take `lock` around every use of the queues and of the records in them."""

    def __init__(self, journal: Journal, clock: SharedClock) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.queues: dict[str, TaskQueue] = {}
        self._journal = journal
        self._load()
        journal.start()

    def queue(self, name: str) -> TaskQueue:
        """The queue of a full name; raises Refusal (NOT_FOUND)."""
        try:
            return self.queues[name]
        except KeyError:
            raise Refusal(
                StatusCode.NOT_FOUND,
                "Queue does not exist. If you just created the queue, "
                "wait at least a minute for the queue to initialize.",
            ) from None

    def task(self, name: str) -> TaskRecord:
        """The task of a full name; raises Refusal (NOT_FOUND), which says if it existed recently."""
        names.require_task(name)
        queue = self.queue(names.queue_of(name))
        if name in queue.tasks:
            return queue.tasks[name]
        if queue.existed_recently(name, self.clock.timestamp()):
            raise Refusal(
                StatusCode.NOT_FOUND,
                "The task no longer exists, though a task with this name existed recently. "
                "The task either successfully completed or was deleted.",
            )
        raise Refusal(StatusCode.NOT_FOUND, "Requested entity was not found.")

    def save_queue(self, queue: TaskQueue) -> Commit:
        """Keep a queue that is new or has changed."""
        self.queues[queue.name] = queue
        return self._journal.save_queue(queue.name, queue.raw.SerializeToString())

    def delete_queue(self, queue: TaskQueue) -> Commit:
        """Forget a queue and its tasks."""
        for record in queue.tasks.values():
            record.gone = True
        del self.queues[queue.name]
        return self._journal.delete_queue(queue.name)

    def save_task(self, record: TaskRecord) -> Commit:
        """Keep a task that is new or has changed."""
        message = record.raw.SerializeToString()
        return self._journal.save_task(
            record.name, record.queue, message, record.executions, record.previous_status
        )

    def delete_task(self, queue: TaskQueue, record: TaskRecord) -> Commit:
        """Forget a task, however it ended."""
        now = self.clock.timestamp()
        free = queue.remove(record, now)
        return self._journal.delete_task(record.name, queue.name, now + NAME_KEPT, free)

    def wait(self, commit: Commit) -> None:
        """Return when a change is durable; raises sqlite3.Error if it cannot be."""
        self._journal.wait(commit)

    def close(self) -> None:
        """Write out what is left."""
        self._journal.close()

    def _load(self) -> None:
        saved = self._journal.load()
        for message in saved.queues:
            queue = TaskQueue(Queue.FromString(message), time.monotonic())
            self.queues[queue.name] = queue
        for message, executions, previous_status in saved.tasks:
            record = TaskRecord(Task.FromString(message), executions, previous_status)
            queue = self.queues[record.queue]
            queue.tasks[record.name] = record
            queue.schedule(record)
        for queue_name, name, until in saved.used_names:
            self.queues[queue_name].keep_name(name, until)
