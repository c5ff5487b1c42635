"""What Etsy's answers say of its limits: calls a second, and calls in the last 24 hours (a window that slides).

Source of the header names: Etsy's developer documentation, "Rate limits"; a truncated spelling that it once printed is
read as well. Any header may be missing or unreadable; then nothing is known, which is not the same as nothing left.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

LONGEST_WAIT = timedelta(days=1)
"""No limit of Etsy's lasts longer; a larger delay is a mistake and must not park the work for ever."""
_LONG = 60.0
"""Seconds. Only a used-up day makes Etsy name a longer delay."""
_NUMBER = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True)
class Limits:
    """What an application may do. Etsy publishes no defaults; the developer page shows each application's own."""

    per_second: int = 5
    per_day: int = 5_000


@dataclass(frozen=True)
class Usage:
    """What one answer says. None: not said."""

    per_second: int | None
    left_this_second: int | None
    per_day: int | None
    left_today: int | None
    retry_after: float | None
    """Seconds."""

    def is_day_used_up(self) -> bool:
        """Whether a 429 is about the day: it says that nothing is left of it, or names a delay that no second lasts."""
        return self.left_today == 0 or (self.retry_after or 0) > _LONG

    def reopens_at(self, now: datetime) -> datetime:
        """When a used-up limit lets us in again, by Etsy's own delay where it names one."""
        otherwise = LONGEST_WAIT if self.is_day_used_up() else timedelta(seconds=1)
        wait = otherwise if self.retry_after is None else timedelta(seconds=self.retry_after)
        return now + min(wait, LONGEST_WAIT)


def usage(headers: Mapping[str, str]) -> Usage:
    """What these headers say."""
    second = _number(headers, "x-remaining-this-second")
    return Usage(
        per_second=_number(headers, "x-limit-per-second"),
        left_this_second=_number(headers, "x-remaining-this-secon") if second is None else second,
        per_day=_number(headers, "x-limit-per-day"),
        left_today=_number(headers, "x-remaining-today"),
        retry_after=_number(headers, "retry-after"),
    )


def _number(headers: Mapping[str, str], name: str) -> int | None:
    text = headers.get(name, "").strip()
    return int(text) if _NUMBER.fullmatch(text) else None
