"""Each setting of the decision changes what is decided: a part exactly at a threshold has reached it."""

from typing import Any

import pytest

from tests.support.parts import COMPLETE, PartsPipeline, Row, source_row

HALF_COMPLETE = source_row("X1", score=70)
EIGHTY_PERCENT = source_row(
    "X1", score=70, **{name: COMPLETE[name] for name in ("category", "description", "docs")}
)
NO_MAKER = source_row("X1", maker=None, score=60)


def decided(parts: PartsPipeline, settings: dict[str, Any]) -> tuple[str, str]:
    """The rule that decided of the only part, and the priority it gave."""
    run = parts.run(settings)
    [(rule, priority)] = parts.sql("select rule, priority from decisions where run_id = %s", run)
    return rule, priority


@pytest.mark.parametrize(
    ("setting", "value", "row", "by_default", "instead"),
    [
        ("completeness_high", 0.81, EIGHTY_PERCENT, "high_completeness", "medium_good_confidence"),
        ("completeness_medium", 0.51, HALF_COMPLETE, "medium_good_confidence", "low_completeness"),
        ("reliability_min", 0.51, HALF_COMPLETE, "medium_good_confidence", "medium_low_confidence"),
        ("reliability_prior_unknown", 0.39, HALF_COMPLETE, "medium_good_confidence", "medium_low_confidence"),
        ("priority_min", 0.31, source_row("X1", score=30), "medium_good_confidence", "medium_low_confidence"),
        (
            "priority_very_low",
            0.21,
            source_row("X1", maker=None, score=20),
            "low_completeness",
            "very_low_priority",
        ),
    ],
)
def test_a_threshold_turns_the_rule(
    parts: PartsPipeline, setting: str, value: float, row: Row, by_default: str, instead: str
) -> None:
    parts.source(row)
    untouched = {"mode": "TEST"}  # so that the second run meets the same history
    assert decided(parts, untouched)[0] == by_default
    assert decided(parts, untouched | {setting: value})[0] == instead


def test_priority_high_says_which_incomplete_parts_are_urgent(parts: PartsPipeline) -> None:
    parts.source(NO_MAKER)
    assert decided(parts, {"mode": "TEST"}) == ("low_completeness", "HIGH")
    assert decided(parts, {"mode": "TEST", "priority_high": 0.61}) == ("low_completeness", "MEDIUM")


def test_a_maker_in_our_tables_has_the_prior_of_a_known_one(parts: PartsPipeline) -> None:
    parts.source(HALF_COMPLETE)
    parts.sql(
        "insert into manufacturers (tenant_id, key, name) values ('default', 'texas instruments', 'Texas Instruments')"
    )
    assert decided(parts, {"mode": "TEST", "reliability_prior_unknown": 0})[0] == "medium_good_confidence"
    assert decided(parts, {"mode": "TEST", "reliability_prior_known": 0.39})[0] == "medium_low_confidence"


def test_the_weight_of_the_prior_holds_against_few_outcomes(parts: PartsPipeline) -> None:
    parts.source(HALF_COMPLETE)
    failed(parts, count=2, key="another part of the maker")
    assert (
        decided(parts, {"mode": "TEST"})[0] == "medium_low_confidence"
    )  # (0 + 5 × 0.5) / (2 + 5) is below 0.4
    assert decided(parts, {"mode": "TEST", "reliability_prior_weight": 100})[0] == "medium_good_confidence"


@pytest.mark.parametrize(
    ("failures", "most", "rule"), [(2, 3, "other"), (3, 3, "recent_failures"), (3, 4, "other")]
)
def test_so_many_failures_of_a_part_send_it_to_a_person(
    parts: PartsPipeline, failures: int, most: int, rule: str
) -> None:
    parts.source(HALF_COMPLETE)
    failed(parts, count=failures)
    found, _ = decided(parts, {"mode": "TEST", "max_automation_failures": most, "reliability_min": 0})
    assert found == (rule if rule == "recent_failures" else "medium_good_confidence")


@pytest.mark.parametrize(
    ("days", "age", "rule"),
    [
        (7, "7 days -1 s", "recent_failures"),
        (7, "7 days", "recent_failures"),
        (7, "7 days 1 s", "medium_good_confidence"),
        (8, "7 days 1 s", "recent_failures"),
    ],
)
def test_a_failure_counts_inside_the_window_before_the_run(
    parts: PartsPipeline, days: int, age: str, rule: str
) -> None:
    parts.source(HALF_COMPLETE)
    failed(parts, count=3)
    run = parts.begin({"mode": "TEST", "failure_window_days": days, "reliability_min": 0})
    parts.sql("update part_outcomes set at = (select frozen_at from runs) - cast(%s as interval)", age)
    parts.drive()
    assert parts.sql("select rule from decisions where run_id = %s", run) == [(rule,)]


def failed(parts: PartsPipeline, count: int, key: str = "texas instruments|x1") -> None:
    """Automation has failed so often, an hour ago."""
    parts.sql(
        "insert into part_outcomes (tenant_id, run_id, item_id, key, manufacturer_key, source, succeeded, reason, at) "
        "select 'default', 'earlier', -n, %s, 'texas instruments', 'digikey', false, 'not_found', "
        "shelfline_now() - interval '1 hour' from generate_series(1, %s) n",
        key,
        count,
    )


def test_a_manual_task_of_little_priority_is_low(parts: PartsPipeline) -> None:
    parts.source(source_row("AT", score=50, **COMPLETE), source_row("BELOW", score=49.9, **COMPLETE))
    parts.run()
    assert dict(parts.sql("select record->>'part_number', priority from manual_tasks")) == {
        "AT": "HIGH",
        "BELOW": "LOW",
    }


def test_manual_priority_threshold_says_what_little_is(parts: PartsPipeline) -> None:
    parts.source(source_row("AT", score=50, **COMPLETE))
    parts.run({"manual_priority_threshold": 0.51})
    assert parts.one("select priority from manual_tasks") == "LOW"


def test_a_part_without_a_score_is_decided_on_half_a_priority_and_says_so(parts: PartsPipeline) -> None:
    parts.source(source_row("X1", score=None))
    parts.run({"mode": "TEST"})
    features = parts.one("select features from decisions")
    assert (features["priority"], features["has_score"]) == (0.5, False)


@pytest.mark.parametrize(("rate", "state"), [(1, ("waiting", "audit_sample")), (0, ("done", "pushed"))])
def test_the_audit_sample_waits_for_a_person(
    parts: PartsPipeline, rate: float, state: tuple[str, str]
) -> None:
    parts.source(source_row("X1"))
    parts.digikey.sells("X1")
    run = parts.run({"audit_sample_rate": rate})
    assert parts.ends(run) == {"X1": state}
    assert parts.sql("select state from staged_changes") == [("pending" if rate else "applied",)]


def test_a_failure_becomes_a_manual_task_unless_that_is_switched_off(parts: PartsPipeline) -> None:
    parts.source(source_row("NOBODY-SELLS-IT"))
    run = parts.run({"automation_failure_to_manual": False})
    assert parts.ends(run) == {"NOBODY-SELLS-IT": ("failed", "not_found")}
    assert parts.count("manual_tasks") == 0
    run = parts.run()
    assert parts.ends(run) == {"NOBODY-SELLS-IT": ("manual", "not_found")}


def test_a_fresh_part_is_looked_at_again_after_so_many_days(parts: PartsPipeline) -> None:
    parts.source(source_row("X1"))
    parts.digikey.sells("X1")
    parts.run()
    parts.advance(10 * 86_400)
    assert parts.ends(parts.run({"refresh_after_days": 11})) == {"X1": ("skipped", "fresh")}
    assert parts.ends(parts.run({"refresh_after_days": 10})) == {"X1": ("skipped", "unchanged")}
    assert parts.digikey.searches["X1"] == 2


def test_without_skip_existing_fresh_parts_are_looked_at_too(parts: PartsPipeline) -> None:
    parts.source(source_row("X1"))
    parts.digikey.sells("X1")
    parts.run()
    assert parts.ends(parts.run({"skip_existing": False})) == {"X1": ("skipped", "unchanged")}
