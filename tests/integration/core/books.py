"""Statements of a test's own, and threads that start at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any, TypeVar

from common.database.engine import Database

_T = TypeVar("_T")


class Books:
    """A database as a test looks at it."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def run(self, statement: str, *values: Any) -> list[Any]:
        """The rows of a statement, in a transaction of its own."""
        with self.database.transaction() as connection:
            result = connection.exec_driver_sql(statement, values or None)
            return list(result) if result.returns_rows else []

    def one(self, statement: str, *values: Any) -> Any:
        """The single value of a statement."""
        return self.run(statement, *values)[0][0]

    def now(self) -> datetime:
        """Business time, in UTC."""
        now: datetime = self.one("select shelfline_now()")
        return now.astimezone(UTC)

    def advance(self, seconds: float) -> None:
        """Move business time forward."""
        self.one("select shelfline_set_clock_offset((select offset_seconds from clock) + %s)", seconds)

    def advance_to(self, time: datetime) -> None:
        """Move business time to just this moment, if it has not come yet."""
        self.advance(max(0.0, (time - self.now()).total_seconds()))


def racing(count: int, work: Callable[[int], _T]) -> list[_T]:
    """What `work` answers in each of so many threads, all released at the same moment."""
    gate = threading.Barrier(count)

    def wait_and_work(number: int) -> _T:
        gate.wait(timeout=30)
        return work(number)

    with ThreadPoolExecutor(count) as threads:
        return list(threads.map(wait_and_work, range(count)))
