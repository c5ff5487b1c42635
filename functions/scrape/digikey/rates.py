"""What DigiKey's answers say about its budgets: how much of the day is left, and how long to wait.

Limits and header names: developer.digikey.com, shared concepts. Any header may be missing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

BURST_WINDOW = timedelta(minutes=1)
"""What the burst limit counts over, and so the wait when DigiKey names none."""
LONGEST_WAIT = timedelta(days=1)
"""No budget of DigiKey's lasts longer; a larger delay is a mistake and must not park the work for ever."""


@dataclass(frozen=True)
class RateReport:
    """The daily budget as DigiKey reported it with one answer."""

    limit: int | None
    """Calls a day, when it was said."""
    remaining: int | None
    """Calls left today, when it was said."""
    at: datetime
    """When the answer came, by the caller's clock; an older report must not overwrite a newer one."""


def rate_report(headers: Mapping[str, str], at: datetime) -> RateReport | None:
    """The report in these headers; None when they hold none, which says nothing about the budget."""
    limit = _whole_number(headers.get("X-RateLimit-Limit"))
    remaining = _whole_number(headers.get("X-RateLimit-Remaining"))
    return None if limit is None and remaining is None else RateReport(limit, remaining, at)


def day_is_used_up(headers: Mapping[str, str]) -> bool:
    """Whether these headers say that nothing is left today."""
    return _whole_number(headers.get("X-RateLimit-Remaining")) == 0


def retry_after(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """When `Retry-After` (seconds or an HTTP date) or `X-BurstLimit-Reset` lets us come back, if said."""
    value = headers.get("Retry-After")
    seconds = _whole_number(value)
    if seconds is None:
        seconds = _whole_number(headers.get("X-BurstLimit-Reset"))
    wanted = _http_date(value) if seconds is None else now + timedelta(seconds=min(seconds, 10**6))
    return None if wanted is None else min(max(wanted, now), now + LONGEST_WAIT)


def next_utc_midnight(now: datetime) -> datetime:
    """When DigiKey's daily budget starts afresh."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def _whole_number(text: str | None) -> int | None:
    stripped = (text or "").strip()
    return int(stripped) if stripped.isascii() and stripped.isdigit() else None


def _http_date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
