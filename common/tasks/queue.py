"""The port to a queue of HTTP tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Task:
    """One HTTP POST to be made later, at least once.

    queue: the queue's own name, without project and location.
    name: unique in its queue, letters, digits, "-" and "_"; a name that was used lately makes no second task.
    url: the address to call; also the audience of the token that the call carries.
    body: what is posted, at most 100 kB with everything else of the task.
    schedule_time: aware; None means as soon as the queue allows. At most 30 days ahead.
    """

    queue: str
    name: str
    url: str
    body: bytes
    schedule_time: datetime | None = None

    def __post_init__(self) -> None:
        if self.schedule_time is not None and self.schedule_time.tzinfo is None:
            raise ValueError("schedule_time must know its time zone")


class TaskQueue(Protocol):
    """Something that delivers tasks."""

    def enqueue(self, tasks: Sequence[Task]) -> None:
        """Hand over every task; one whose name is known already counts as handed over.

        Every task is tried, also after one has failed, so repeating the call with the same tasks is safe and
        cheap. Call it after commit only: a task may arrive before this returns.

        Raises:
            Unavailable: for at least one task it is not known whether it was taken.
            Misconfigured: the queue, the permission or the task itself is wrong.
        """
        ...
