"""What an account may do, by plan, and what monday.com's answers say is left of it.

Source of the figures and header names: monday.com's API reference, "Rate limits" (September 2026). Any header may be
missing or unreadable; then nothing is known, which is not the same as nothing left.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from common.errors import Misconfigured

LARGEST_QUERY = 5_000_000
"""Complexity points that one request may cost at most."""
LONGEST_WAIT = timedelta(days=1)
"""No limit of monday.com's lasts longer; a larger delay is a mistake and must not park the work for ever."""
_LARGEST_SECONDS = LONGEST_WAIT.total_seconds()
_LARGEST_COUNT = 10**15


@dataclass(frozen=True)
class Plan:
    """The limits of one account.

    reads, writes: complexity points a minute. An app has 5 million of each; a personal token has 10 million for both
    together (1 million on a free account), of which each side is given half.
    """

    name: str
    calls_a_day: int
    calls_a_minute: int
    concurrency: int
    reads: int
    writes: int


def _plan(name: str, day: int, minute: int, concurrency: int, points: int = 5_000_000) -> Plan:
    return Plan(name, day, minute, concurrency, points, points)


PLANS: Mapping[str, Plan] = {
    plan.name: plan
    for plan in (
        _plan("free", 1_000, 1_000, 40, 500_000),
        _plan("basic", 1_000, 1_000, 40),
        _plan("standard", 1_000, 1_000, 40),
        _plan("pro", 10_000, 2_500, 100),
        _plan("enterprise", 25_000, 5_000, 250),
    )
}


def plan_named(name: str) -> Plan:
    """The plan of that name, in any case; Misconfigured when there is none."""
    plan = PLANS.get(name.strip().casefold())
    if plan is None:
        raise Misconfigured(
            f"{name!r} is no plan of monday.com; set monday_plan to one of {', '.join(PLANS)}."
        )
    return plan


@dataclass(frozen=True)
class Limit:
    """One limit as the RateLimit headers name it. None: not said."""

    quota: int | None = None
    window_seconds: float | None = None
    remaining: int | None = None
    resets_in: float | None = None
    """Seconds until it is whole again."""


@dataclass(frozen=True)
class Complexity:
    """What the field `complexity` said. None: not said."""

    query: int | None
    """Points that this request cost."""
    after: int | None
    """Points left in this minute."""
    resets_in: float | None
    """Seconds."""


@dataclass(frozen=True)
class Usage:
    """What one answer says about the budget."""

    limits: Mapping[str, Limit]
    """By monday.com's names: minuteRate, concurrency, complexityMinute."""
    complexity: Complexity | None
    at: datetime
    """When it came, by the caller's clock."""


def usage(headers: Mapping[str, str], data: Mapping[str, Any] | None, at: datetime) -> Usage:
    """What these headers and this data say."""
    return Usage(limits(headers), complexity((data or {}).get("complexity")), at)


def limits(headers: Mapping[str, str]) -> dict[str, Limit]:
    """The limits in `RateLimit-Policy` and `RateLimit`: lists of a quoted name with parameters behind semicolons."""
    found: dict[str, Limit] = {}
    for name, said in _members(headers.get("RateLimit-Policy", "")):
        found[name] = Limit(quota=whole_number(said.get("q")), window_seconds=seconds(said.get("w")))
    for name, said in _members(headers.get("RateLimit", "")):
        left, reset = whole_number(said.get("r")), seconds(said.get("t"))
        found[name] = replace(found.get(name, Limit()), remaining=left, resets_in=reset)
    return found


def complexity(field: object) -> Complexity | None:
    """The field `complexity` of a document's data; None when it is not there."""
    if not isinstance(field, Mapping):
        return None
    return Complexity(
        whole_number(field.get("query")),
        whole_number(field.get("after")),
        seconds(field.get("reset_in_x_seconds")),
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds to wait by the header `Retry-After` (seconds or an HTTP date); None when it does not say."""
    value = headers.get("Retry-After")
    said = seconds(value)
    if said is not None or value is None:
        return said
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    return seconds((date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp() - now.timestamp())


def next_utc_midnight(now: datetime) -> datetime:
    """When the daily limit starts afresh."""
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return today + timedelta(days=1)


def seconds(value: object) -> float | None:
    """A span of at least 0 and at most one day; None for what is no number."""
    if isinstance(value, str):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    return float(min(max(value, 0), _LARGEST_SECONDS))


def whole_number(value: object) -> int | None:
    """A whole number of at least 0; None for anything else."""
    if isinstance(value, str):
        value = _number(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LARGEST_COUNT:
        return None
    return int(value)


_NUMBER = re.compile(r"\s*(\d{1,15}(?:\.\d{1,9})?)\s*", re.ASCII)
_MEMBER = re.compile(r'\s*"?([A-Za-z][\w-]*)"?\s*((?:;[^,]*)?)(?:,|$)', re.ASCII)
_PARAMETER = re.compile(r";\s*([a-z]+)\s*=\s*\"?([^;\"]*)", re.ASCII)


def _number(text: str) -> float | None:
    match = _NUMBER.fullmatch(text)
    return float(match[1]) if match else None


def _members(header: str) -> list[tuple[str, dict[str, str]]]:
    return [(member[1], dict(_PARAMETER.findall(member[2]))) for member in _MEMBER.finditer(header)]
