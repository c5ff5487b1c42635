"""The decision table of the parts flow, at every edge and just beside it."""

from dataclasses import replace
from itertools import product
from math import nextafter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.errors import Usage
from common.settings import Layers, resolve
from functions.decide.parts.policy import (
    RULE_VERSION,
    Decision,
    Features,
    Level,
    Route,
    Thresholds,
    decide,
    decision_error,
    forced_route,
)

DEFAULTS = Thresholds()
PLAIN = Features(completeness=60, reliability=0.5, priority=0.5)


def below(edge: float) -> float:
    return nextafter(edge, 0)


def above(edge: float) -> float:
    return nextafter(edge, 1)


def outcome(features: Features) -> tuple[int, str, str]:
    decision = decide(features, DEFAULTS)
    return decision.rule_number, str(decision.route), str(decision.priority)


MANUAL_HIGH = (3, "MANUAL", "HIGH")
MANUAL_MEDIUM = (4, "MANUAL", "MEDIUM")
AUTO_MEDIUM = (5, "AUTOMATION", "MEDIUM")
MANUAL_LOW = (6, "MANUAL", "LOW")
GAPS_MEDIUM = (7, "AUTOMATION", "MEDIUM")
GAPS_HIGH = (7, "AUTOMATION", "HIGH")


@pytest.mark.parametrize(
    ("completeness", "reliability", "priority", "expected"),
    [
        # completeness .8
        (79, 0.5, 0.5, AUTO_MEDIUM),
        (80, 0.5, 0.5, MANUAL_HIGH),
        (81, 0.5, 0.5, MANUAL_HIGH),
        (80, 0.0, 0.0, MANUAL_HIGH),
        (100, 1.0, 1.0, MANUAL_HIGH),
        # completeness .5
        (49, 0.5, 0.5, GAPS_MEDIUM),
        (50, 0.5, 0.5, AUTO_MEDIUM),
        (51, 0.5, 0.5, AUTO_MEDIUM),
        # reliability .4, at both ends of medium completeness
        *((medium, below(0.4), 0.5, MANUAL_MEDIUM) for medium in (50, 79)),
        *((medium, 0.4, 0.5, AUTO_MEDIUM) for medium in (50, 79)),
        *((medium, above(0.4), 0.5, AUTO_MEDIUM) for medium in (50, 79)),
        # priority .3
        *((medium, 0.5, below(0.3), MANUAL_MEDIUM) for medium in (50, 79)),
        *((medium, 0.5, 0.3, AUTO_MEDIUM) for medium in (50, 79)),
        *((medium, 0.5, above(0.3), AUTO_MEDIUM) for medium in (50, 79)),
        # either is enough
        (60, 0.39, 0.29, MANUAL_MEDIUM),
        (60, 1.0, 0.29, MANUAL_MEDIUM),
        (60, 0.39, 1.0, MANUAL_MEDIUM),
        # priority .2 below medium completeness
        *((low, 1.0, below(0.2), MANUAL_LOW) for low in (0, 49)),
        *((low, 0.0, 0.2, GAPS_MEDIUM) for low in (0, 49)),
        *((low, 0.0, above(0.2), GAPS_MEDIUM) for low in (0, 49)),
        # priority .6 below medium completeness
        *((low, 0.0, below(0.6), GAPS_MEDIUM) for low in (0, 49)),
        *((low, 0.0, 0.6, GAPS_HIGH) for low in (0, 49)),
        *((low, 0.0, above(0.6), GAPS_HIGH) for low in (0, 49)),
        # priorities that turn elsewhere do not turn here
        (60, 0.5, 0.6, AUTO_MEDIUM),
        (60, 0.5, 0.2, MANUAL_MEDIUM),
        (49, 0.39, 0.3, GAPS_MEDIUM),
    ],
)
def test_the_table(
    completeness: int, reliability: float, priority: float, expected: tuple[int, str, str]
) -> None:
    assert outcome(Features(completeness, reliability, priority)) == expected


@pytest.mark.parametrize(
    ("features", "rule", "confidence"),
    [
        (replace(PLAIN, forced=Route.MANUAL), "forced", 1.0),
        (replace(PLAIN, recent_failures=3), "recent_failures", 0.9),
        (replace(PLAIN, completeness=85), "high_completeness", 0.85),
        (replace(PLAIN, completeness=100), "high_completeness", 1.0),
        (replace(PLAIN, reliability=0.1), "medium_low_confidence", 0.7),
        (Features(70, reliability=0.5, priority=0.92), "medium_good_confidence", 0.884),
        (Features(70, reliability=1.0, priority=1.0), "medium_good_confidence", 1.0),
        (Features(10, reliability=0.5, priority=0.1), "very_low_priority", 0.6),
        (Features(10, reliability=0.5, priority=0.7), "low_completeness", 0.8),
    ],
)
def test_names_and_confidences(features: Features, rule: str, confidence: float) -> None:
    decision = decide(features, DEFAULTS)
    assert (decision.rule, decision.confidence, decision.rule_version) == (rule, confidence, RULE_VERSION)


@pytest.mark.parametrize(("failures", "rule"), [(0, 5), (2, 5), (3, 2), (4, 2)])
def test_the_third_recent_failure_sends_a_part_to_a_person_first(failures: int, rule: int) -> None:
    decision = decide(replace(PLAIN, recent_failures=failures), DEFAULTS)
    assert decision.rule_number == rule
    if rule == 2:
        assert (decision.route, decision.priority) == (Route.MANUAL, Level.HIGH)


@pytest.mark.parametrize("route", list(Route))
def test_a_forced_route_comes_before_everything(route: Route) -> None:
    for completeness, failures in product((0, 50, 80), (0, 3)):
        features = Features(completeness, 0.0, 0.0, recent_failures=failures, forced=route)
        decision = decide(features, DEFAULTS)
        assert (decision.rule, decision.route, decision.priority) == ("forced", route, Level.MEDIUM)


def test_what_a_request_forces() -> None:
    assert forced_route(force_automation=False, force_manual=False) is None
    assert forced_route(force_automation=True, force_manual=False) is Route.AUTOMATION
    assert forced_route(force_automation=False, force_manual=True) is Route.MANUAL
    with pytest.raises(Usage, match="exclude each other"):
        forced_route(force_automation=True, force_manual=True)


def test_a_decision_that_fails_goes_to_a_person_without_haste() -> None:
    with pytest.raises(ValueError, match="Priority lies between") as raised:
        replace(PLAIN, priority=92.2)
    decision = decision_error(raised.value)
    assert (decision.route, decision.priority, decision.confidence) == (Route.MANUAL, Level.LOW, 0.0)
    assert (decision.rule, decision.rule_number) == ("decision_error", 8)
    assert "92.2" in decision.reason


@pytest.mark.parametrize(
    "wrong",
    [
        {"completeness": -1},
        {"completeness": 101},
        {"reliability": 1.1},
        {"priority": -0.1},
        {"priority": float("nan")},
        {"recent_failures": -1},
    ],
)
def test_features_outside_their_range_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="lies between 0 and"):
        replace(PLAIN, **wrong)


EDGES = sorted(
    {edge for at in (0.2, 0.3, 0.4, 0.5, 0.6, 0.8) for edge in (below(at), at, above(at))} | {0.0, 1.0}
)


def by_hand(features: Features) -> tuple[int, str, str]:
    """The table once more, as a person reads it."""
    complete, reliable, urgent = features.completeness, features.reliability, features.priority
    if features.forced:
        return 1, str(features.forced), "MEDIUM"
    if features.recent_failures >= 3:
        return 2, "MANUAL", "HIGH"
    if complete >= 80:
        return MANUAL_HIGH
    if complete >= 50:
        return MANUAL_MEDIUM if reliable < 0.4 or urgent < 0.3 else AUTO_MEDIUM
    if urgent < 0.2:
        return MANUAL_LOW
    return GAPS_HIGH if urgent >= 0.6 else GAPS_MEDIUM


def test_every_combination_of_edges_matches_the_table_read_by_hand() -> None:
    seen = set()
    for completeness, reliability, priority, failures, forced in product(
        (0, 49, 50, 51, 79, 80, 81, 100), EDGES, EDGES, (2, 3), (None, *Route)
    ):
        features = Features(completeness, reliability, priority, recent_failures=failures, forced=forced)
        assert outcome(features) == by_hand(features), features
        seen.add(outcome(features)[0])
    assert seen == {1, 2, 3, 4, 5, 6, 7}


FEATURES = some.builds(
    Features,
    completeness=some.integers(0, 100),
    reliability=some.floats(0, 1),
    priority=some.floats(0, 1),
    has_score=some.booleans(),
    recent_failures=some.integers(0, 10),
    forced=some.sampled_from([None, *Route]),
)


@settings(deadline=None)
@given(FEATURES)
def test_every_record_gets_one_decision_with_a_confidence_and_a_reason(features: Features) -> None:
    decision = decide(features, DEFAULTS)
    assert decision == decide(Features.from_json(features.as_json()), DEFAULTS)
    assert 0 <= decision.confidence <= 1
    assert decision.reason.endswith(".")
    assert Decision(**decision.as_json()) == decision


@pytest.mark.parametrize(
    ("name", "value", "features"),
    [
        ("completeness_high", 0.6, PLAIN),
        ("completeness_medium", 0.7, PLAIN),
        ("reliability_min", 0.6, PLAIN),
        ("priority_min", 0.6, PLAIN),
        ("priority_very_low", 0.55, replace(PLAIN, completeness=10)),
        ("priority_high", 0.5, replace(PLAIN, completeness=10)),
        ("max_automation_failures", 2, replace(PLAIN, recent_failures=2)),
    ],
)
def test_each_threshold_is_obeyed(name: str, value: float, features: Features) -> None:
    """Fails when the policy ignores the setting: the same record is decided differently under it."""
    moved = Thresholds.from_settings(resolve(Layers(request={name: value})))
    before, after = decide(features, DEFAULTS), decide(features, moved)
    assert (before.rule, before.priority) != (after.rule, after.priority)


def test_the_defaults_of_the_policy_are_those_of_the_settings() -> None:
    assert Thresholds.from_settings(resolve(Layers())) == DEFAULTS


def test_the_reason_says_when_there_was_no_score() -> None:
    assert "there is no score" in decide(replace(PLAIN, has_score=False), DEFAULTS).reason
    assert "there is no score" not in decide(PLAIN, DEFAULTS).reason
