"""Automation or a person: the rules, the first that matches decides.

The rules are those of the "Decision Logic (Updated)" that the users of the parts flow agreed on:
completeness first, then how far the maker can be trusted and how much the record matters. `decide` is a pure
function, so a stored decision can be replayed under other thresholds.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self

from common.errors import Usage
from common.settings import ResolvedSettings

RULE_VERSION = 1
"""Raised when a rule changes in meaning; stored with every decision."""


class Route(StrEnum):
    """Who does it."""

    AUTOMATION = "AUTOMATION"
    MANUAL = "MANUAL"


class Level(StrEnum):
    """How soon."""

    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where the rules turn; a value exactly at a threshold has reached it. Shares are from 0 to 1."""

    completeness_high: float = 0.8
    completeness_medium: float = 0.5
    reliability_min: float = 0.4
    priority_min: float = 0.3
    priority_very_low: float = 0.2
    priority_high: float = 0.6
    max_automation_failures: int = 3

    @classmethod
    def from_settings(cls, settings: ResolvedSettings) -> Self:
        """The thresholds of a run."""
        return cls(**{name: settings[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, slots=True)
class Features:
    """What the policy looks at. Raises ValueError when one is outside its range."""

    completeness: int
    """Whole percent, 0 to 100."""
    reliability: float
    """Of the maker, 0 to 1."""
    priority: float
    """0 to 1."""
    has_score: bool = True
    """False: nobody scored the record, and `priority` is the neutral one."""
    recent_failures: int = 0
    """Automation failures of this part number inside the failure window."""
    forced: Route | None = None

    def __post_init__(self) -> None:
        _in_range("Completeness", self.completeness, 100)
        _in_range("Reliability", self.reliability, 1)
        _in_range("Priority", self.priority, 1)
        _in_range("The number of recent failures", self.recent_failures, float("inf"))

    def as_json(self) -> dict[str, Any]:
        """Plain values, to store with the decision."""
        return asdict(self)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Self:
        """The features as a decision stored them."""
        forced = stored.get("forced")
        return cls(**{**stored, "forced": Route(forced) if forced else None})


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided, by which rule, and why."""

    route: Route
    priority: Level
    confidence: float
    """0 to 1, rounded to six digits."""
    reason: str
    """For a person: the figures that decided."""
    rule: str
    """The rule's name; a short constant."""
    rule_number: int
    rule_version: int = RULE_VERSION

    def as_json(self) -> dict[str, Any]:
        """Plain values, to store and to show."""
        return asdict(self)


def decide(features: Features, thresholds: Thresholds) -> Decision:
    """The decision of the first rule that matches; the last one always does."""
    return next(
        Decision(
            route=rule.route(features),
            priority=rule.level(features, thresholds),
            confidence=round(rule.confidence(features), 6),
            reason=rule.reason(features, thresholds),
            rule=rule.name,
            rule_number=number,
        )
        for number, rule in enumerate(_RULES, start=1)
        if rule.matches(features, thresholds)
    )


def decision_error(error: Exception) -> Decision:
    """What is decided when features or rules failed: a person looks, without haste."""
    reason = f"The decision could not be made: {error}"
    return Decision(Route.MANUAL, Level.LOW, 0.0, reason, "decision_error", len(_RULES) + 1)


def forced_route(*, force_automation: bool, force_manual: bool) -> Route | None:
    """The route a request forces, if any. Raises Usage when it forces both."""
    if force_automation and force_manual:
        raise Usage("force_automation and force_manual exclude each other; leave one out.")
    if force_automation:
        return Route.AUTOMATION
    return Route.MANUAL if force_manual else None


def _in_range(what: str, value: float, highest: float) -> None:
    if not 0 <= value <= highest:  # NaN is outside, too
        raise ValueError(f"{what} lies between 0 and {highest}, not at {value}.")


Test = Callable[[Features, Thresholds], bool]


@dataclass(frozen=True, slots=True)
class _Rule:
    name: str
    matches: Test
    route: Callable[[Features], Route]
    level: Callable[[Features, Thresholds], Level]
    confidence: Callable[[Features], float]
    reason: Callable[[Features, Thresholds], str]


def _always(answer: Any) -> Callable[..., Any]:
    return lambda *_: answer


def _is_high(features: Features, thresholds: Thresholds) -> bool:
    return features.completeness / 100 >= thresholds.completeness_high


def _is_medium(features: Features, thresholds: Thresholds) -> bool:
    return features.completeness / 100 >= thresholds.completeness_medium


def _is_doubtful(features: Features, thresholds: Thresholds) -> bool:
    unreliable = features.reliability < thresholds.reliability_min
    return unreliable or features.priority < thresholds.priority_min


def _priority_text(features: Features) -> str:
    return f"priority {features.priority:.3g}" + (
        "" if features.has_score else " (assumed: there is no score)"
    )


def _medium_reason(features: Features, thresholds: Thresholds) -> str:
    return (
        f"Completeness {features.completeness} % is medium; reliability {features.reliability:.3g} "
        f"(at least {thresholds.reliability_min:g} asked), {_priority_text(features)} "
        f"(at least {thresholds.priority_min:g} asked)."
    )


def _low_reason(features: Features, thresholds: Thresholds) -> str:
    return (
        f"Completeness {features.completeness} % is low; {_priority_text(features)} "
        f"(very low below {thresholds.priority_very_low:g}, high from {thresholds.priority_high:g})."
    )


_RULES: tuple[_Rule, ...] = (
    _Rule(
        "forced",
        matches=lambda features, _: features.forced is not None,
        route=lambda features: features.forced or Route.MANUAL,
        level=_always(Level.MEDIUM),
        confidence=_always(1.0),
        reason=lambda features, _: f"The request forces {features.forced}.",
    ),
    _Rule(
        "recent_failures",
        matches=lambda features, thresholds: features.recent_failures >= thresholds.max_automation_failures,
        route=_always(Route.MANUAL),
        level=_always(Level.HIGH),
        confidence=_always(0.9),
        reason=lambda features, thresholds: (
            f"Automation failed {features.recent_failures} times lately; "
            f"{thresholds.max_automation_failures} are enough."
        ),
    ),
    _Rule(
        "high_completeness",
        matches=_is_high,
        route=_always(Route.MANUAL),
        level=_always(Level.HIGH),
        confidence=lambda features: features.completeness / 100,
        reason=lambda features, thresholds: (
            f"Completeness {features.completeness} % is high (from {thresholds.completeness_high * 100:g} %)."
        ),
    ),
    _Rule(
        "medium_low_confidence",
        matches=lambda features, thresholds: (
            _is_medium(features, thresholds) and _is_doubtful(features, thresholds)
        ),
        route=_always(Route.MANUAL),
        level=_always(Level.MEDIUM),
        confidence=_always(0.7),
        reason=_medium_reason,
    ),
    _Rule(
        "medium_good_confidence",
        matches=_is_medium,
        route=_always(Route.AUTOMATION),
        level=_always(Level.MEDIUM),
        confidence=lambda features: 0.6 + 0.2 * features.reliability + 0.2 * features.priority,
        reason=_medium_reason,
    ),
    _Rule(
        "very_low_priority",
        matches=lambda features, thresholds: features.priority < thresholds.priority_very_low,
        route=_always(Route.MANUAL),
        level=_always(Level.LOW),
        confidence=_always(0.6),
        reason=_low_reason,
    ),
    _Rule(
        "low_completeness",
        matches=_always(True),
        route=_always(Route.AUTOMATION),
        level=lambda features, thresholds: (
            Level.HIGH if features.priority >= thresholds.priority_high else Level.MEDIUM
        ),
        confidence=_always(0.8),
        reason=_low_reason,
    ),
)
