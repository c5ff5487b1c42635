"""Decide for each part: skip, automation, a person, or not today."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from functions.decide.parts.budget import Budget, book, next_utc_day
from functions.decide.parts.completeness import completeness
from functions.decide.parts.knowledge import Knowledge, load_knowledge
from functions.decide.parts.policy import (
    Decision,
    Features,
    Route,
    Thresholds,
    decide,
    decision_error,
    forced_route,
)
from functions.decide.parts.priority import from_fraction
from functions.decide.parts.reliability import ReliabilityPrior, reliability

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TASK_PRIORITY_LOW = "LOW"


class DecideParts(ItemStep):
    """The router of the parts flow."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> Knowledge:
        """What the router has to know: history as of the run's start, open tasks, freshness, today's budget."""
        return load_knowledge(connection, claim)

    def run(self, claim: Claim, items: Sequence[Item], loaded: Knowledge) -> Iterable[Outcome]:
        """One verdict for each part, best priority first."""
        thresholds = Thresholds.from_settings(claim.run.settings)
        forced = forced_route(
            force_automation=bool(claim.run.options.get("force_automation")),
            force_manual=bool(claim.run.options.get("force_manual")),
        )
        for item in items:
            yield self._verdict(claim, item, loaded, thresholds, forced)

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """Book what goes to automation on today's counter, in the transaction that sends it there."""
        automated = sum(outcome.kind == "next" for outcome in recorded)
        if automated and run.may_write:
            book(connection, run, automated)

    def _verdict(
        self, claim: Claim, item: Item, knowledge: Knowledge, thresholds: Thresholds, forced: Route | None
    ) -> Outcome:
        settled = knowledge.nothing_to_do(item, claim, forced=forced is not None)
        if settled:
            return outcomes.skip(item, settled)
        features, decision = _decided(item, claim.run, knowledge, thresholds, forced)
        row = _row(decision, features)
        if decision.route is Route.MANUAL:
            return _manual(item, claim.run, decision).writing(decision=row).telling(**_story(row))
        return _automated(claim, item, knowledge.budget, row)


def _decided(
    item: Item, run: Run, knowledge: Knowledge, thresholds: Thresholds, forced: Route | None
) -> tuple[Mapping[str, Any], Decision]:
    try:
        features = _features(item, run, knowledge, forced)
        return features.as_json(), decide(features, thresholds)
    except (ValueError, TypeError, KeyError) as error:
        return {"error": str(error)}, decision_error(error)


def _features(item: Item, run: Run, knowledge: Knowledge, forced: Route | None) -> Features:
    record = item.data["record"]
    priority = from_fraction(record["priority"]["score"])
    maker = knowledge.maker(record["manufacturer"])
    return Features(
        completeness=completeness(record),
        reliability=reliability(
            maker.successes,
            maker.outcomes,
            known=maker.known,
            prior=ReliabilityPrior.from_settings(run.settings),
        ),
        priority=priority.value,
        has_score=priority.has_score,
        recent_failures=knowledge.failures.get(item.key, 0),
        forced=forced,
    )


def _automated(claim: Claim, item: Item, budget: Budget, row: Mapping[str, Any]) -> Outcome:
    if not budget.take(item.priority, claim.run.settings.automation_priority_threshold):
        midnight = next_utc_day(claim.now)
        return outcomes.wait(item, "daily_limit", midnight).telling(until=midnight.isoformat(), **_story(row))
    return (
        outcomes.proceed(item, row["rule"], data={"decision": dict(row)})
        .writing(decision=row)
        .telling(**_story(row))
    )


def _manual(item: Item, run: Run, decision: Decision) -> Outcome:
    if not run.may_write:
        return outcomes.skip(item, "would_ask_a_person")
    return outcomes.manual(
        item, decision.rule, manual_task(item, run, decision.priority, decision.confidence)
    )


def manual_task(item: Item, run: Run, priority: str, confidence: float, **more: Any) -> dict[str, Any]:
    """The task for a person: with the source record, so that it can be done without going back."""
    below = item.priority < run.settings.manual_priority_threshold
    return {
        "task_type": "workflow_generated",
        "priority": _TASK_PRIORITY_LOW if below else str(priority),
        "priority_score": item.priority,
        "confidence": confidence,
        "record": item.data["record"],
        "evidence": [],
        "error": None,
        "resume_step": "hash",
        **more,
    }


def _row(decision: Decision, features: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "route": str(decision.route),
        "rule": decision.rule,
        "rule_version": str(decision.rule_version),
        "reason": decision.reason,
        "priority": str(decision.priority),
        "confidence": decision.confidence,
        "features": dict(features),
    }


def _story(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("route", "rule", "confidence", "features")} | {
        "because": row["reason"]
    }
