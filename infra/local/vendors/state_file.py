"""A SQLite file in a stand-in's state folder: what has to outlive a killed process."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def open_database(file: Path, schema: str) -> sqlite3.Connection:
    """Open or create a file with these tables; every statement is its own transaction unless one is begun."""
    file.parent.mkdir(parents=True, exist_ok=True)
    database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA synchronous=NORMAL")  # survives a killed process
    database.executescript(schema)
    return database


class StateFile:
    """What a store is built on; its owner serves one call at a time."""

    def __init__(self, file: Path, schema: str) -> None:
        """Opens or creates it."""
        self._database = open_database(file, schema)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """What is written inside stands or falls together."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
