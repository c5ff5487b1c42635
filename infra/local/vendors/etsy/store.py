"""The state folder: everything that has to outlive a killed process, in one SQLite file.

What one call changes is written in one transaction before its answer leaves, so a kill loses a whole call or none.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from infra.local.vendors.state_file import StateFile

_SCHEMA = """
CREATE TABLE IF NOT EXISTS listing (
    id INTEGER PRIMARY KEY, shop INTEGER NOT NULL, state TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS listing_of_shop ON listing (shop, state, id);
CREATE TABLE IF NOT EXISTS image (
    id INTEGER PRIMARY KEY, listing INTEGER NOT NULL,
    rank INTEGER,              -- from 1; null once it is taken off its listing
    body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS image_of_listing ON image (listing);
CREATE TABLE IF NOT EXISTS inventory (listing INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS pass (
    digest BLOB PRIMARY KEY,   -- of a code or token; they themselves are not kept
    kind TEXT NOT NULL,        -- code, access or refresh
    expires REAL NOT NULL,     -- real time, seconds since the epoch
    used INTEGER NOT NULL,
    body BLOB NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS spent (minute INTEGER PRIMARY KEY, calls INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
"""
DELETED = "deleted"
"""The state of a listing that Etsy no longer shows."""
FIRST_NUMBER = 1_500_000_001
"""Of listings, images and whatever else gets a number."""


class Store(StateFile):
    """The file; its owner serves one call at a time."""

    def __init__(self, folder: Path) -> None:
        """Opens or creates it."""
        super().__init__(folder / "etsy.sqlite", _SCHEMA)

    def count(self, name: str, by: int = 1) -> int:
        """Raise a counter; its new value."""
        row = self._database.execute(
            "INSERT INTO counter VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + ? RETURNING value",
            (name, by, by),
        ).fetchone()
        return int(row[0])

    def counters(self) -> dict[str, int]:
        """Every counter."""
        return dict(self._database.execute("SELECT name, value FROM counter ORDER BY name").fetchall())

    def new_number(self) -> int:
        """A number that nothing had before."""
        return FIRST_NUMBER - 1 + self.count("_numbers")

    def spend(self, minute: int) -> None:
        """Count a call in a minute since the epoch."""
        self._database.execute(
            "INSERT INTO spent VALUES (?, 1) ON CONFLICT (minute) DO UPDATE SET calls = calls + 1", (minute,)
        )

    def spent_since(self, minute: int) -> int:
        """Calls in this minute and later."""
        row = self._database.execute("SELECT coalesce(sum(calls), 0) FROM spent WHERE minute >= ?", (minute,))
        return int(row.fetchone()[0])

    def put_listing(self, listing: Mapping[str, Any]) -> None:
        """Write a listing."""
        values = (listing["listing_id"], listing["shop_id"], listing["state"], orjson.dumps(listing))
        self._database.execute("INSERT OR REPLACE INTO listing VALUES (?, ?, ?, ?)", values)

    def listing(self, number: int) -> dict[str, Any] | None:
        """A listing that is not deleted."""
        row = self._database.execute(
            "SELECT body FROM listing WHERE id = ? AND state <> ?", (number, DELETED)
        ).fetchone()
        return None if row is None else orjson.loads(row[0])

    def listings(self, shop: int, state: str, limit: int, offset: int) -> tuple[int, list[dict[str, Any]]]:
        """How many there are in this state, and a page of them, the newest first."""
        count = self._database.execute(
            "SELECT count(*) FROM listing WHERE shop = ? AND state = ?", (shop, state)
        ).fetchone()[0]
        rows = self._database.execute(
            "SELECT body FROM listing WHERE shop = ? AND state = ? ORDER BY id DESC LIMIT ? OFFSET ?",
            (shop, state, limit, offset),
        )
        return int(count), [orjson.loads(body) for (body,) in rows]

    def all_listings(self) -> list[dict[str, Any]]:
        """Every listing that ever was, the oldest first."""
        rows = self._database.execute("SELECT body FROM listing ORDER BY id")
        return [orjson.loads(body) for (body,) in rows]

    def put_images(self, images: Iterable[Mapping[str, Any]]) -> None:
        """Write images; `rank` is null for one that is on no listing."""
        self._database.executemany(
            "INSERT OR REPLACE INTO image VALUES (?, ?, ?, ?)",
            [
                (each["listing_image_id"], each["listing_id"], each["rank"], orjson.dumps(each))
                for each in images
            ],
        )

    def images(self, listing: int) -> list[dict[str, Any]]:
        """The images of a listing in the order of their ranks."""
        rows = self._database.execute(
            "SELECT body FROM image WHERE listing = ? AND rank IS NOT NULL ORDER BY rank", (listing,)
        )
        return [orjson.loads(body) for (body,) in rows]

    def image(self, number: int) -> dict[str, Any] | None:
        """An image, on a listing or not."""
        row = self._database.execute("SELECT body FROM image WHERE id = ?", (number,)).fetchone()
        return None if row is None else orjson.loads(row[0])

    def put_inventory(self, listing: int, inventory: Mapping[str, Any]) -> None:
        """Write an inventory in place of the one before."""
        self._database.execute(
            "INSERT OR REPLACE INTO inventory VALUES (?, ?)", (listing, orjson.dumps(inventory))
        )

    def inventory(self, listing: int) -> dict[str, Any] | None:
        """The inventory of a listing that somebody has edited."""
        row = self._database.execute("SELECT body FROM inventory WHERE listing = ?", (listing,)).fetchone()
        return None if row is None else orjson.loads(row[0])

    def put_passes(self, passes: Sequence[tuple[bytes, str, float, Mapping[str, Any]]]) -> None:
        """Write codes and tokens: digest, kind, expiry, and what they stand for. One that is there stays as it is."""
        self._database.executemany(
            "INSERT OR IGNORE INTO pass VALUES (?, ?, ?, 0, ?)",
            [(digest, kind, expires, orjson.dumps(body)) for digest, kind, expires, body in passes],
        )

    def valid_pass(self, digest: bytes, kind: str, now: float) -> dict[str, Any] | None:
        """What a code or token stands for that is neither used nor expired."""
        row = self._database.execute(
            "SELECT body FROM pass WHERE digest = ? AND kind = ? AND expires > ? AND used = 0",
            (digest, kind, now),
        ).fetchone()
        return None if row is None else orjson.loads(row[0])

    def use_pass(self, digest: bytes) -> None:
        """It is good for nothing more."""
        self._database.execute("UPDATE pass SET used = 1 WHERE digest = ?", (digest,))
