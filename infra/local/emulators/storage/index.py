"""The SQLite file that says which buckets, objects and upload sessions exist.

One connection, one lock: what is read and written inside one `transaction` is decided together, which is
what makes preconditions atomic. The file is locked for other processes as long as the emulator runs.
"""

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (
    name TEXT PRIMARY KEY,
    metageneration INTEGER NOT NULL,
    resource TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL,
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    metageneration INTEGER NOT NULL,
    size INTEGER NOT NULL,
    crc32c TEXT NOT NULL,
    md5 TEXT,
    components INTEGER NOT NULL,
    created TEXT NOT NULL,
    updated TEXT NOT NULL,
    file TEXT NOT NULL,
    writable TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sessions (
    id TEXT PRIMARY KEY,
    begun REAL NOT NULL,
    file TEXT NOT NULL,
    persisted INTEGER NOT NULL,
    request TEXT NOT NULL,
    finished TEXT
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS last_generation (value INTEGER NOT NULL);
"""


class StateInUse(Exception):
    """The state directory belongs to an emulator that is running."""


class Index:
    """Rows by SQL, safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.RLock()
        # autocommit: transactions are begun and ended by `transaction` alone
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0)
        try:
            self._prepare()
        except sqlite3.OperationalError as error:
            self._connection.close()
            if "locked" not in str(error):
                raise
            raise StateInUse(
                f"{path} is in use by another emulator; stop it or choose another --state"
            ) from error

    def _prepare(self) -> None:
        self._connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA synchronous = FULL")  # a commit that was acknowledged is on disk
        self._connection.executescript(_SCHEMA)
        with self.transaction():  # takes the exclusive lock now, not at the first write
            if not self.rows("SELECT value FROM last_generation"):
                self.rows("INSERT INTO last_generation VALUES (0)")

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing: what happens inside is committed at the end, or undone by an exception.

        Does not nest.
        """
        with self._lock:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """No other thread writes while this is held."""
        with self._lock:
            yield

    def rows(self, statement: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; the rows it gives."""
        with self._lock:
            return self._connection.execute(statement, parameters).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._connection.close()
