"""What must survive a kill of the emulator, in SQLite; committed in groups."""

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

_LEFT_FOR = 0.02  # seconds; a kill within them only means that something is done twice

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
    done: bool = False
    error: sqlite3.Error | None = None


@dataclass(frozen=True)
class Saved:
    """What an earlier emulator left: messages as bytes.

    queues: messages. tasks: (message, executions, previous_status). used_names: (queue, name, until).
    """

    queues: list[bytes]
    tasks: list[tuple[bytes, int, int]]
    used_names: list[tuple[str, str, float]]


class Journal:
    """Changes are kept in the order in which they are handed over.

    Handing over returns at once. Who must know that a change is durable waits for its commit, and makes it
    itself unless another thread is at it; what nobody waits for is committed soon after.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, check_same_thread=False)
        self._database.executescript(_SCHEMA)
        self._handing_over = threading.Lock()
        self._committing = threading.Lock()  # taken before _handing_over
        self._next = Commit()
        self._closing = threading.Event()
        self._background = threading.Thread(target=self._commit_now_and_then, name="journal")

    def load(self) -> Saved:
        """What was saved before; to be called once, before `start`."""
        read = self._database.execute
        return Saved(
            queues=[message for (message,) in read("select message from queues order by name")],
            tasks=list(read("select message, executions, previous_status from tasks order by rowid")),
            used_names=list(read("select queue, name, until from used_names order by until")),
        )

    def start(self) -> None:
        """Begin to commit what nobody waits for."""
        self._background.start()

    def close(self) -> None:
        """Commit what has been handed over, and close the file."""
        self._closing.set()
        self._background.join()
        with self._committing:
            self._commit_next()
            self._database.close()

    def wait(self, commit: Commit) -> None:
        """Return when a commit is durable; raises sqlite3.Error if it could not be made."""
        with self._committing:
            if not commit.done:
                self._commit_next()
        if commit.error is not None:
            raise commit.error

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
        with self._handing_over:
            self._next.statements.extend(statements)
            return self._next

    def _commit_now_and_then(self) -> None:
        while not self._closing.wait(_LEFT_FOR):
            with self._committing:
                self._commit_next()

    def _commit_next(self) -> None:
        """Commit all that was handed over; `_committing` is held."""
        with self._handing_over:
            commit, self._next = self._next, Commit()
        try:
            for statement, values in commit.statements:
                self._database.execute(statement, values)
            self._database.commit()
        except sqlite3.Error as error:
            self._database.rollback()
            commit.error = error
        commit.done = True
