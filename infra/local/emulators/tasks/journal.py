"""What must survive a kill of the emulator, in SQLite; one thread commits for all callers, in groups."""

import sqlite3
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

# WAL without a sync per commit: what is committed is with the operating system, where no SIGKILL reaches it.
_SCHEMA = """
pragma journal_mode = wal;
pragma synchronous = normal;
create table if not exists queues (name text primary key, message blob not null) without rowid;
create table if not exists tasks (
    name text primary key, queue text not null, message blob not null,
    executions integer not null, previous_status integer not null);
create table if not exists used_names (
    name text primary key, queue text not null, until real not null) without rowid;
"""

_SAVE_QUEUE = "insert or replace into queues values (?, ?)"
_SAVE_TASK = "insert or replace into tasks values (?, ?, ?, ?, ?)"
_DELETE_TASK = "delete from tasks where name = ?"
_KEEP_NAME = "insert or replace into used_names values (?, ?, ?)"
_FREE_NAME = "delete from used_names where name = ?"
_DELETE_QUEUE = (
    "delete from tasks where queue = ?",
    "delete from used_names where queue = ?",
    "delete from queues where name = ?",
)


@dataclass
class Commit:
    """Changes that are committed together."""

    statements: list[tuple[str, tuple[object, ...]]] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)
    error: sqlite3.Error | None = None

    def wait(self) -> None:
        """Return when it is committed; raises sqlite3.Error if it could not be."""
        self.done.wait()
        if self.error is not None:
            raise self.error


@dataclass(frozen=True)
class Saved:
    """What an earlier emulator left: messages as bytes.

    queues: messages. tasks: (message, executions, previous_status). used_names: (queue, name, until).
    """

    queues: list[bytes]
    tasks: list[tuple[bytes, int, int]]
    used_names: list[tuple[str, str, float]]


class Journal:
    """Changes are kept in the order in which they are handed over; every method returns at once."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.executescript(_SCHEMA)
        self._changed = threading.Condition()
        self._next = Commit()
        self._closing = False
        self._writer = threading.Thread(target=self._run, name="journal")

    def load(self) -> Saved:
        """What was saved before; to be called once, before `start`."""
        read = self._database.execute
        return Saved(
            queues=[message for (message,) in read("select message from queues order by name")],
            tasks=list(read("select message, executions, previous_status from tasks order by rowid")),
            used_names=list(read("select queue, name, until from used_names order by until")),
        )

    def start(self) -> None:
        """Begin to commit."""
        self._writer.start()

    def close(self) -> None:
        """Commit what has been handed over, and close the file."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._writer.join()
        self._database.close()

    def save_queue(self, name: str, message: bytes) -> Commit:
        """Keep a queue's settings and state."""
        return self._append((_SAVE_QUEUE, (name, message)))

    def delete_queue(self, name: str) -> Commit:
        """Forget a queue and all that was in it."""
        return self._append(*((statement, (name,)) for statement in _DELETE_QUEUE))

    def save_task(
        self, name: str, queue: str, message: bytes, executions: int, previous_status: int
    ) -> Commit:
        """Keep a task as it is now."""
        return self._append((_SAVE_TASK, (name, queue, message, executions, previous_status)))

    def delete_task(self, name: str, queue: str, kept_until: float, free: Iterable[str]) -> Commit:
        """Forget a task, keep its name from being used again, and let go of names that are free by now."""
        return self._append(
            (_DELETE_TASK, (name,)),
            (_KEEP_NAME, (name, queue, kept_until)),
            *((_FREE_NAME, (each,)) for each in free),
        )

    def _append(self, *statements: tuple[str, tuple[object, ...]]) -> Commit:
        with self._changed:
            if self._closing:
                raise sqlite3.ProgrammingError("the journal is closed")
            commit = self._next
            if not commit.statements:
                self._changed.notify()
            commit.statements.extend(statements)
            return commit

    def _run(self) -> None:
        while (commit := self._take()) is not None:
            try:
                for statement, values in commit.statements:
                    self._database.execute(statement, values)
                self._database.commit()
            except sqlite3.Error as error:
                self._database.rollback()
                commit.error = error
            commit.done.set()

    def _take(self) -> Commit | None:
        """The changes handed over since the last time; None when there will be no more."""
        with self._changed:
            self._changed.wait_for(lambda: self._next.statements or self._closing)
            commit, self._next = self._next, Commit()
            return commit if commit.statements else None
