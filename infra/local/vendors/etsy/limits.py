"""The two limits of an API key, in the time of the shared clock: calls a second, and calls in the last 24 hours.

The 24 hours slide, counted by minutes, and outlive the process. A second opens with its first call.
"""

from collections.abc import Callable
from dataclasses import dataclass

from infra.local.vendors.etsy.store import Store

_DAY = 86_400
_MINUTE = 60
DAY_RETRY_AFTER = 86_400
"""What was seen with a used-up day, however soon the first of its calls leave the window."""


@dataclass(frozen=True)
class Verdict:
    """Whether a call may go on, and the headers that its answer carries."""

    breached: str | None
    """"second", "day" or None."""
    headers: dict[str, str]


class Limits:
    """Counts calls; its owner takes one call at a time."""

    def __init__(self, store: Store, now: Callable[[], float], per_second: int, per_day: int) -> None:
        """now: seconds since the epoch by the shared clock."""
        self._store = store
        self._now = now
        self._per_second = per_second
        self._per_day = per_day
        self._opened, self._used = 0.0, 0

    def take(self) -> Verdict:
        """Count one call, or none when a limit is used up."""
        now = self._now()
        if not self._opened <= now < self._opened + 1:
            self._opened, self._used = now, 0
        today = self._today(now)
        if today >= self._per_day:
            return Verdict("day", self.breach_headers("day"))
        if self._used >= self._per_second:
            return Verdict("second", self.breach_headers("second"))
        self._used += 1
        self._store.spend(int(now // _MINUTE))
        return Verdict(None, self._headers(self._per_second - self._used, self._per_day - today - 1))

    def used(self) -> dict[str, int]:
        """Calls counted in this second and in the last 24 hours."""
        return {"second": self._used, "day": self._today(self._now())}

    def breach_headers(self, limit: str, retry_after: int | None = None) -> dict[str, str]:
        """What comes with a used-up limit."""
        left = max(0, self._per_day - self._today(self._now()))
        if limit == "day":
            wait = DAY_RETRY_AFTER if retry_after is None else retry_after
            return self._headers(self._per_second, 0) | {"retry-after": str(wait)}
        return self._headers(0, left) | {"retry-after": str(1 if retry_after is None else retry_after)}

    def _headers(self, second: int, day: int) -> dict[str, str]:
        return {
            "x-limit-per-second": str(self._per_second),
            "x-remaining-this-second": str(second),
            "x-limit-per-day": str(self._per_day),
            "x-remaining-today": str(day),
        }

    def _today(self, now: float) -> int:
        return self._store.spent_since(int((now - _DAY) // _MINUTE) + 1)
