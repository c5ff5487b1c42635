"""What a budget must do, said a second time and as simply as can be: every grant is remembered, and counted anew."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import floor

from common.quotas import Dimension

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLACK = Fraction(1, 10**9)


def micros(time: datetime) -> int:
    """Microseconds since the epoch."""
    return (time - _EPOCH) // timedelta(microseconds=1)


@dataclass
class Taken:
    """So much was taken at a time."""

    at: int
    amount: Fraction


@dataclass
class ModelDimension:
    """One limit, with all that was ever taken of it."""

    declared: Dimension
    taken: list[Taken] = field(default_factory=list)
    blocked_until: int = 0
    level: Fraction = Fraction(0)
    since: int = 0

    def __post_init__(self) -> None:
        self.level = Fraction(self.declared.capacity)
        self.window = round(self.declared.window_seconds * 1_000_000)
        self.bucket = round(self.declared.bucket_seconds * 1_000_000)

    def used(self, now: int) -> Fraction:
        """What counts as taken."""
        if self.declared.kind == "bucket":
            return Fraction(self.declared.capacity) - self._level(now)
        return sum((each.amount for each in self.taken if self._counts(each, now)), Fraction(0))

    def _counts(self, each: Taken, now: int) -> bool:
        if self.declared.kind == "fixed":
            return each.at // self.window == now // self.window
        if self.declared.kind == "sliding":
            return (each.at // self.bucket + 1) * self.bucket + self.window > now
        return self.declared.kind == "concurrency"

    def _level(self, now: int) -> Fraction:
        refilled = Fraction(max(0, now - self.since), 1_000_000) * Fraction(self.declared.rate)
        return min(Fraction(self.declared.capacity), self.level + refilled)

    def fits(self, now: int) -> int:
        """How many calls fit."""
        if self.blocked_until > now:
            return 0
        if self.declared.kind == "interval":
            return int(not self.taken or self.taken[-1].at + self.declared.rate * 1_000_000 <= now)
        free = Fraction(self.declared.capacity) - self.used(now) + _SLACK
        return floor(free / Fraction(self.declared.cost))

    def spend(self, now: int, amount: Fraction) -> Taken:
        """Take an amount."""
        if self.declared.kind == "bucket":
            self.level, self.since = self._level(now) - amount, now
        self.taken.append(Taken(now, amount))
        return self.taken[-1]

    def refund(self, now: int, taken: Taken, amount: Fraction) -> None:
        """Give back some of what was taken."""
        if self.declared.kind == "interval":
            return
        if self.declared.kind == "bucket":
            capacity = Fraction(self.declared.capacity)
            self.level, self.since = min(capacity, self._level(now) + amount), now
        taken.amount -= amount

    def report(self, now: int, remaining: float) -> None:
        """The vendor says what is left."""
        more = Fraction(self.declared.capacity) - Fraction(remaining) - self.used(now)
        if more > 0 and self.declared.kind != "interval":
            self.spend(now, more)

    def most_in_any_window(self) -> Fraction:
        """The most that was taken within a window of a fixed or sliding kind, wherever it starts."""
        if self.declared.kind == "fixed":
            windows = {each.at // self.window for each in self.taken}
            return max(
                (self._sum(w * self.window, (w + 1) * self.window) for w in windows), default=Fraction(0)
            )
        starts = [each.at for each in self.taken]
        return max((self._sum(start, start + self.window) for start in starts), default=Fraction(0))

    def _sum(self, start: int, end: int) -> Fraction:
        return sum((each.amount for each in self.taken if start <= each.at < end), Fraction(0))


class ModelAccount:
    """All limits of an account: as many calls as fit into every one, or none."""

    def __init__(self, dimensions: Mapping[str, Dimension]) -> None:
        self.dimensions = {name: ModelDimension(each) for name, each in dimensions.items()}

    def fits(self, now: int) -> int:
        """How many calls fit now."""
        return min(each.fits(now) for each in self.dimensions.values())

    def grant(self, now: int, units: int) -> dict[str, Taken]:
        """Book so many calls."""
        return {
            name: each.spend(now, Fraction(each.declared.cost) * units)
            for name, each in self.dimensions.items()
        }
