"""The state folder: everything that has to outlive a killed process, in one SQLite file.

Each call writes once, in one transaction, before its answer leaves: what it changed on the boards, the answer
kept for its Idempotency-Key, budgets and counters. So a kill loses a whole call or none of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from infra.local.vendors.monday.boards_file import board_as_json, board_from
from infra.local.vendors.monday.model import Board, Item
from infra.local.vendors.monday.workspace import Changes
from infra.local.vendors.state_file import StateFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS board (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS item (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS reply (
    key TEXT PRIMARY KEY,      -- the Idempotency-Key
    stored REAL NOT NULL,      -- when, seconds since the epoch by the shared clock
    digest BLOB NOT NULL,      -- of the request it answers
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job (id TEXT PRIMARY KEY, body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS job_row (
    job TEXT NOT NULL, number INTEGER NOT NULL, outcome TEXT NOT NULL, item INTEGER, message TEXT NOT NULL,
    PRIMARY KEY (job, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
"""
_ITEM_FIELDS = ("board_id", "group_id", "name", "values", "parent_id", "state", "created", "updated")

RowOutcome = tuple[str, int, str, int | None, str]
"""Job, number of the row from 1, outcome, item, message."""


class Store(StateFile):
    """The file; its owner serves one call at a time."""

    def __init__(self, folder: Path) -> None:
        """Opens or creates it."""
        super().__init__(folder / "monday.sqlite", _SCHEMA)

    def boards(self) -> list[Board]:
        """Every board as it was last written, without its items."""
        rows = self._database.execute("SELECT body FROM board ORDER BY id").fetchall()
        return [board_from(orjson.loads(body)) for (body,) in rows]

    def items(self) -> list[Item]:
        """Every item."""
        rows = self._database.execute("SELECT id, body FROM item ORDER BY id")
        return [_item(identity, orjson.loads(body)) for identity, body in rows]

    def write_changes(self, changes: Changes) -> None:
        """Write what was touched on the boards."""
        if changes.boards:
            self.write_boards(changes.boards.values())
        if changes.items:
            self._database.executemany(
                "INSERT OR REPLACE INTO item VALUES (?, ?)",
                [(item.id, orjson.dumps(_item_fields(item))) for item in changes.items.values()],
            )

    def write_boards(self, boards: Iterable[Board]) -> None:
        """Write boards, columns and groups."""
        self._database.executemany(
            "INSERT OR REPLACE INTO board VALUES (?, ?)",
            [(board.id, orjson.dumps(board_as_json(board))) for board in boards],
        )

    def reply(self, key: str) -> tuple[float, bytes, bytes] | None:
        """The kept answer of an Idempotency-Key: when it was stored, the request's digest, the body."""
        row = self._database.execute("SELECT stored, digest, body FROM reply WHERE key = ?", (key,))
        found: tuple[float, bytes, bytes] | None = row.fetchone()
        return found

    def write_reply(self, key: str, stored: float, digest: bytes, body: bytes) -> None:
        """Keep an answer."""
        self._database.execute(
            "INSERT OR REPLACE INTO reply VALUES (?, ?, ?, ?)", (key, stored, digest, body)
        )

    def fact(self, name: str) -> Any:
        """A fact about the account, None when it was never written."""
        row = self._database.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return None if row is None else orjson.loads(row[0])

    def write_facts(self, facts: Mapping[str, Any]) -> None:
        """Write facts, each a JSON value."""
        self._database.executemany(
            "INSERT OR REPLACE INTO fact VALUES (?, ?)",
            [(name, orjson.dumps(value)) for name, value in facts.items()],
        )

    def jobs(self) -> list[dict[str, Any]]:
        """Every ingest job."""
        return [orjson.loads(body) for (body,) in self._database.execute("SELECT body FROM job ORDER BY id")]

    def write_job(self, identity: str, job: Mapping[str, Any], rows: Sequence[RowOutcome] = ()) -> None:
        """Write a job, and what became of some of its rows."""
        self._database.execute("INSERT OR REPLACE INTO job VALUES (?, ?)", (identity, orjson.dumps(job)))
        self._database.executemany("INSERT OR REPLACE INTO job_row VALUES (?, ?, ?, ?, ?)", rows)

    def job_rows(self, identity: str) -> list[tuple[int, str, int | None, str]]:
        """What became of each row of a job: number, outcome, item, message."""
        return self._database.execute(
            "SELECT number, outcome, item, message FROM job_row WHERE job = ? ORDER BY number", (identity,)
        ).fetchall()


def _item_fields(item: Item) -> dict[str, Any]:
    return {name: getattr(item, name) for name in _ITEM_FIELDS}


def _item(identity: int, fields: dict[str, Any]) -> Item:
    return Item(id=identity, **fields)
