"""DigiKey's two budgets, counted in virtual time and kept through a restart.

A day is a UTC day. A minute opens with the first call and lasts sixty seconds. A refused call costs nothing.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import formatdate
from math import ceil
from pathlib import Path

from infra.local.vendors.state_file import open_database

_SCHEMA = """
CREATE TABLE IF NOT EXISTS budget (
    name TEXT PRIMARY KEY,     -- "minute" or "day"
    opened REAL NOT NULL,      -- when its window began, seconds since the epoch
    used INTEGER NOT NULL
) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Verdict:
    """Whether a call may go on, and the headers its answer carries."""

    breached: str | None
    """"minute", "day" or None."""
    headers: dict[str, str]


class Limits:
    """The budgets of one application; safe to use from many threads."""

    def __init__(self, state: Path, now: Callable[[], datetime], per_minute: int, per_day: int) -> None:
        self._now = now
        self._per_minute = per_minute
        self._per_day = per_day
        self._lock = threading.Lock()
        self._database = open_database(state / "limits.sqlite", _SCHEMA)

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    def take(self) -> Verdict:
        """Count one call against both budgets, or against none when either is used up."""
        with self._lock:
            now = self._now()
            minute = self._window("minute", now.timestamp(), lambda opened: now.timestamp() < opened + 60)
            midnight = now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
            day = self._window("day", midnight, lambda opened: opened == midnight)
            if day[1] >= self._per_day:
                return Verdict("day", self.day_breach_headers())
            if minute[1] >= self._per_minute:
                return Verdict("minute", self.burst_breach_headers(minute[0], self._per_day - day[1]))
            self._count(minute, day)
            return Verdict(None, self._day_headers(self._per_day - day[1] - 1))

    def used(self) -> dict[str, int]:
        """Calls counted in the windows last opened, by name."""
        with self._lock:
            return dict(self._database.execute("SELECT name, used FROM budget").fetchall())

    def day_breach_headers(self, retry_after: int | None = None) -> dict[str, str]:
        """What comes with a used-up day: the seconds until UTC midnight, unless told otherwise."""
        now = self._now()
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        seconds = ceil((midnight - now).total_seconds()) if retry_after is None else retry_after
        return self._day_headers(0) | {"Retry-After": str(seconds)}

    def burst_breach_headers(
        self, opened: float | None = None, left: int | None = None, retry_after: int | None = None
    ) -> dict[str, str]:
        """What comes with a used-up minute that began at `opened` (now, if not told)."""
        now = self._now().timestamp()
        closes = (now if opened is None else opened) + 60
        seconds = max(1, ceil(closes - now)) if retry_after is None else retry_after
        return self._day_headers(self._per_day if left is None else left) | {
            "Retry-After": str(seconds),
            "X-BurstLimit-Limit": str(self._per_minute),
            "X-BurstLimit-Remaining": "0",
            "X-BurstLimit-Reset": str(seconds),
            "X-BurstLimit-ResetTime": formatdate(closes, usegmt=True),
        }

    def _day_headers(self, remaining: int) -> dict[str, str]:
        return {"X-RateLimit-Limit": str(self._per_day), "X-RateLimit-Remaining": str(remaining)}

    def _window(self, name: str, opens: float, is_open: Callable[[float], bool]) -> tuple[float, int]:
        """When the current window began and what was used in it; a new one when the last has closed."""
        row = self._database.execute("SELECT opened, used FROM budget WHERE name = ?", (name,)).fetchone()
        return (row[0], row[1]) if row and is_open(row[0]) else (opens, 0)

    def _count(self, minute: tuple[float, int], day: tuple[float, int]) -> None:
        """One more call in both windows, in one statement so that a kill cannot part them."""
        self._database.execute(
            "INSERT OR REPLACE INTO budget VALUES ('minute', ?, ?), ('day', ?, ?)",
            (minute[0], minute[1] + 1, day[0], day[1] + 1),
        )
