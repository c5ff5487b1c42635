"""When a job is due: by a cron expression, or every so many seconds."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from cronsim import CronSim, CronSimError


class Schedule(Protocol):
    """Times are virtual, in seconds since the epoch."""

    def latest(self, now: float) -> float:
        """The last time it was due, at or before `now`."""
        ...

    def next(self, now: float) -> float:
        """The first time it is due after `now`."""
        ...


@dataclass(frozen=True)
class Every:
    """Due at the multiples of `seconds` since the epoch, so that restarts do not shift it."""

    seconds: float

    def __post_init__(self) -> None:
        if self.seconds <= 0:
            raise ValueError(f"every_seconds must be positive, not {self.seconds:g}")

    def latest(self, now: float) -> float:
        """See Schedule."""
        return math.floor(now / self.seconds) * self.seconds

    def next(self, now: float) -> float:
        """See Schedule."""
        return self.latest(now) + self.seconds


@dataclass(frozen=True)
class Cron:
    """Due at the minutes a cron expression of five fields means, in UTC."""

    expression: str

    def __post_init__(self) -> None:
        try:
            if len(self.expression.split()) != 5:
                raise CronSimError("five fields are needed: minute hour day month weekday")
            CronSim(self.expression, datetime(2000, 1, 1, tzinfo=UTC))
        except CronSimError as error:
            raise ValueError(f"{self.expression!r} is not a schedule: {error}") from None

    def latest(self, now: float) -> float:
        """See Schedule."""
        later = datetime.fromtimestamp(math.floor(now), UTC) + timedelta(seconds=1)  # `now` itself counts
        return next(CronSim(self.expression, later, reverse=True)).timestamp()

    def next(self, now: float) -> float:
        """See Schedule."""
        return next(CronSim(self.expression, datetime.fromtimestamp(now, UTC))).timestamp()
