"""One measured quantity: its rounds, their median and spread, and the target it is held to."""

import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """What was measured, `values` in `unit`, one value a round."""

    name: str
    values: tuple[float, ...]
    unit: str
    how: str = ""
    """How it was measured, where a reader might wonder."""
    at_least: float | None = None
    at_most: float | None = None

    @property
    def median(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.values)

    @property
    def target(self) -> str:
        """The target in words; empty where there is none."""
        if self.at_least is not None:
            return f"≥ {self.at_least:,g}"
        return f"≤ {self.at_most:,g}" if self.at_most is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the median meets the target; None without one."""
        if self.at_least is not None:
            return self.median >= self.at_least
        return self.median <= self.at_most if self.at_most is not None else None

    def as_json(self) -> dict[str, object]:
        """The measure for `bench.json`."""
        return {
            "name": self.name,
            "unit": self.unit,
            "median": self.median,
            "least": min(self.values),
            "most": max(self.values),
            "rounds": list(self.values),
            "target": self.target,
            "met": self.met,
            "how": self.how,
        }


def rounds(count: int, once: Callable[[], float]) -> tuple[float, ...]:
    """The values of `count` rounds."""
    return tuple(once() for _ in range(count))


def ratio(name: str, ours: Measure, theirs: Iterable[Measure], at_least: float) -> Measure:
    """How many times the best of theirs ours is: by the medians, and by the worst and best pairing as its spread."""
    best = max(theirs, key=lambda measure: measure.median)
    values = (
        min(ours.values) / max(best.values),
        ours.median / best.median,
        max(ours.values) / min(best.values),
    )
    return Measure(name=name, values=values, unit="times", at_least=at_least, how=f"against: {best.name}")
