"""One queue: its tasks, which of them may go out now, and the names that may not be used again yet."""

import heapq
import itertools
from dataclasses import dataclass

from infra.local.emulators.tasks import names, settings
from infra.local.emulators.tasks.bucket import TokenBucket
from infra.local.emulators.tasks.messages import PAUSED, RUNNING, Message, Queue
from infra.local.emulators.tasks.records import TaskRecord

NAME_KEPT = 24 * 3600.0  # seconds; CreateTask: "up to 24 hours .. for the task ID to be released"


@dataclass
class Counters:
    """What has happened in a queue since the emulator started.

    dispatched, failed: attempts. succeeded, given_up: tasks.
    """

    created: int = 0
    dispatched: int = 0
    succeeded: int = 0
    failed: int = 0
    given_up: int = 0


class TaskQueue:
    """Guarded by the registry's lock. `now` is virtual seconds since the epoch, `monotonic` real seconds."""

    def __init__(self, raw: Message, monotonic: float) -> None:
        self.raw = raw
        self.name: str = raw.name
        self.short_name = names.short(raw.name)
        self.tasks: dict[str, TaskRecord] = {}
        self.counters = Counters()
        self.in_flight = 0
        self.policy = settings.policy(raw.retry_config)
        limits = raw.rate_limits
        self._bucket = TokenBucket(limits.max_dispatches_per_second, limits.max_burst_size, monotonic)
        self._used_names: dict[str, float] = {}  # name -> until; in the order they were added
        self._waiting: list[tuple[float, int, TaskRecord]] = []
        self._entries = itertools.count()

    def configure(self, raw: Message, monotonic: float) -> None:
        """Take new settings; tasks that wait keep their schedule times."""
        self.raw = raw
        self.policy = settings.policy(raw.retry_config)
        limits = raw.rate_limits
        self._bucket.resize(limits.max_dispatches_per_second, limits.max_burst_size, monotonic)

    def set_state(self, *, paused: bool) -> None:
        """Pause or resume it, in a new message: an answer under way may still hold the old one."""
        raw = Queue()
        raw.CopyFrom(self.raw)
        raw.state = PAUSED if paused else RUNNING
        self.raw = raw

    def schedule(self, record: TaskRecord) -> None:
        """Let a task wait for its schedule time; an earlier place of it is void."""
        record.entry = next(self._entries)
        heapq.heappush(self._waiting, (record.due, record.entry, record))

    def remove(self, record: TaskRecord, now: float) -> list[str]:
        """Forget a task; its name cannot be used for a day. Returns names that have become free meanwhile."""
        record.gone = True
        self.tasks.pop(record.name, None)
        self.keep_name(record.name, now + NAME_KEPT)
        return self._free_names(now)

    def keep_name(self, name: str, until: float) -> None:
        """Refuse new tasks of this name until a virtual time."""
        self._used_names.pop(name, None)
        self._used_names[name] = until

    def name_is_used(self, name: str, now: float) -> bool:
        """Whether a task of this name exists, or did recently."""
        return name in self.tasks or self.existed_recently(name, now)

    def existed_recently(self, name: str, now: float) -> bool:
        """Whether a task of this name is gone, but not for long."""
        return self._used_names.get(name, 0.0) > now

    def _free_names(self, now: float) -> list[str]:
        until_now = itertools.takewhile(lambda item: item[1] <= now, self._used_names.items())
        free = [name for name, _ in until_now]
        for name in free:
            del self._used_names[name]
        return free

    def wait(self, now: float, monotonic: float) -> float | None:
        """Seconds until a task may go out; 0 is now. None: only a call or an answer can change that."""
        if self.raw.state != RUNNING or self.in_flight >= self.raw.rate_limits.max_concurrent_dispatches:
            return None
        head = self._head()
        if head is None:
            return None
        return max(0.0, head.due - now, self._bucket.wait(monotonic))

    def take(self) -> TaskRecord:
        """The task that `wait` has just said may go out. It is in flight from here on."""
        _, _, record = heapq.heappop(self._waiting)
        record.entry = -1
        self._bucket.take()
        return record

    def withdraw(self, record: TaskRecord) -> None:
        """Take a task out of the waiting ones, to be run out of turn."""
        record.entry = -1

    def waiting(self) -> list[TaskRecord]:
        """The tasks that wait for their schedule time or for a limit."""
        return [record for _, entry, record in self._waiting if _valid(record, entry)]

    def _head(self) -> TaskRecord | None:
        while self._waiting:
            _, entry, record = self._waiting[0]
            if _valid(record, entry):
                return record
            heapq.heappop(self._waiting)
        return None


def _valid(record: TaskRecord, entry: int) -> bool:
    return record.entry == entry and not record.gone
