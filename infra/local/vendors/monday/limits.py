"""The budgets of the account, in the time of the shared clock.

A day is a UTC day. A minute, of calls or of complexity, opens with the first call and lasts sixty seconds. A
failed call counts; one that is refused for a limit counts a tenth of a call on the day and nothing elsewhere.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

from infra.local.vendors.monday.plans import IP_SECONDS, POINTS_OF_AN_APP, Plan

_DAY = 86_400


@dataclass(frozen=True)
class Breach:
    """A limit that a call ran into."""

    code: str
    message: str
    retry_in_seconds: int


@dataclass(frozen=True)
class Points:
    """What a call did to the complexity budget of its kind."""

    before: int
    query: int
    after: int
    reset_in_x_seconds: int


@dataclass
class _Window:
    opened: float = 0.0
    used: int = 0


class Limits:
    """Counts calls and complexity; its owner serves one call at a time."""

    def __init__(
        self,
        plan: Plan,
        now: Callable[[], float],
        kept: dict[str, list[float]] | None,
        *,
        personal: bool,
        ip_calls: int,
        points: int | None = None,
    ) -> None:
        """`kept` is what `facts` said before a restart; `now` in seconds since the epoch.

        points: complexity a minute instead of what the token has.
        """
        self.plan = plan
        self.concurrent = 0
        self.peak_concurrent = 0
        self._now = now
        self._ip_calls = ip_calls
        self._points = points
        self._personal = personal
        self._windows = {name: _Window(opened, int(used)) for name, (opened, used) in (kept or {}).items()}

    def facts(self) -> dict[str, list[float]]:
        """The open windows, to be kept through a restart."""
        return {name: [window.opened, window.used] for name, window in self._windows.items()}

    def used(self) -> dict[str, float]:
        """Calls counted on this day and in this minute."""
        return {"day": self._day().used / 10, "minute": self._window("minute", 60).used}

    def admit(self) -> Breach | None:
        """Count one call, or say which limit refuses it."""
        breach = self._breach()
        self._day().used += 10 if breach is None else 1
        if breach is None:
            self._window("minute", 60).used += 1
            self._window("ip", IP_SECONDS).used += 1
        return breach

    def ingest(self, rows: int, most: int) -> bool:
        """Count rows of an upload against the hour's `most`; False, and none counted, when that is too many."""
        window = self._window("ingest", 3600)
        if window.used + rows > most:
            return False
        window.used += rows
        return True

    def breach(self, code: str, retry_in_seconds: int | None = None) -> Breach:
        """The breach of that code as it would be now; for planted faults too."""
        message, wait = self._breaches()[code]
        return Breach(code, message, wait() if retry_in_seconds is None else retry_in_seconds)

    def spend(self, kind: str, cost: int) -> Points | None:
        """Take `cost` from the budget of a "read" or a "write"; None when that much is not left."""
        points = self.points(kind, cost)
        if points.after < 0:
            return None
        self._points_window(kind).used += cost
        return points

    def points(self, kind: str, cost: int = 0) -> Points:
        """What `cost` would do to the budget of its kind."""
        window = self._points_window(kind)
        before = self.points_limit - window.used
        return Points(before, cost, before - cost, self._left(window, 60))

    @property
    def points_limit(self) -> int:
        """Complexity points a minute."""
        return self._points or (self.plan.points if self._personal else POINTS_OF_AN_APP)

    def headers(self, kind: str) -> dict[str, str]:
        """What every answer says of the limits."""
        plan, limit = self.plan, self.points_limit
        minute = plan.per_minute - self._window("minute", 60).used
        points = self.points(kind)
        return {
            "RateLimit-Policy": f'"minuteRate";q={plan.per_minute};w=60, '
            f'"concurrency";q={plan.concurrent};qu="concurrent-requests", '
            f'"complexityMinute";q={limit};w=60;qu="content-bytes"',
            "RateLimit": f'"minuteRate";r={minute}, "concurrency";r={max(0, plan.concurrent - self.concurrent)}, '
            f'"complexityMinute";r={points.before};t={points.reset_in_x_seconds}',
        }

    def enter(self) -> None:
        """A call has begun."""
        self.concurrent += 1
        self.peak_concurrent = max(self.peak_concurrent, self.concurrent)

    def leave(self) -> None:
        """A call has ended."""
        self.concurrent -= 1

    def _breach(self) -> Breach | None:
        if self._window("ip", IP_SECONDS).used >= self._ip_calls:
            return self.breach("IP_RATE_LIMIT_EXCEEDED")
        if self.concurrent > self.plan.concurrent:
            return self.breach("MAX_CONCURRENCY_EXCEEDED")
        if self._window("minute", 60).used >= self.plan.per_minute:
            return self.breach("MINUTE_RATE_LIMIT_EXCEEDED")
        if self._day().used + 10 > self.plan.per_day * 10:
            return self.breach("DAILY_LIMIT_EXCEEDED")
        return None

    def _breaches(self) -> dict[str, tuple[str, Callable[[], int]]]:
        return {
            "IP_RATE_LIMIT_EXCEEDED": (
                "Too many requests from this IP address",
                lambda: self._left(self._window("ip", IP_SECONDS), IP_SECONDS),
            ),
            "MAX_CONCURRENCY_EXCEEDED": ("Max concurrency limit exceeded", lambda: 1),
            "MINUTE_RATE_LIMIT_EXCEEDED": (
                "Minute limit rate exceeded",
                lambda: self._left(self._window("minute", 60), 60),
            ),
            "DAILY_LIMIT_EXCEEDED": ("Daily limit exceeded", lambda: self._left(self._day(), _DAY)),
        }

    def _points_window(self, kind: str) -> _Window:
        return self._window("points" if self._personal else f"points.{kind}", 60)

    def _day(self) -> _Window:
        """Tenths of a call since 00:00 UTC."""
        midnight = self._now() // _DAY * _DAY
        window = self._windows.setdefault("day", _Window(midnight))
        if window.opened != midnight:
            window.opened, window.used = midnight, 0
        return window

    def _window(self, name: str, seconds: float) -> _Window:
        """The open window; a new one that begins now when the last has closed or saw no call."""
        now = self._now()
        window = self._windows.setdefault(name, _Window(now))
        if now >= window.opened + seconds or window.used == 0:
            window.opened, window.used = now, 0
        return window

    def _left(self, window: _Window, seconds: float) -> int:
        return max(1, ceil(window.opened + seconds - self._now()))
