"""Decide orders: those of approved customers go on by themselves, within the guard; a person looks at the others."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.customers.book import CustomerBook
from common.customers.customer import Customer
from common.customers.store import current
from common.database.engine import as_json
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from functions.decide.orders.policy import VERSION, Features, Verdict, decide
from functions.hash.orders.refusal import key_not_unique, refused

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEYS = "(select jsonb_array_elements_text(cast(%s as jsonb)))"
_SCOPES = "select scope, guarded, overridden_by from order_scopes where tenant_id = %s and run_id = %s"
_CONFLICTS = (
    f"select key, row_numbers from order_conflicts where tenant_id = %s and run_id = %s and key in {_KEYS}"  # noqa: S608
)
_TASKS = f"""
select key from manual_tasks where tenant_id = %s and flow = 'orders' and state in ('open', 'claimed') and key in {_KEYS}
"""  # noqa: S608
_BOARDS = f"select key, board_id from orders where tenant_id = %s and key in {_KEYS}"  # noqa: S608

SEASONS = ("CUSTOMER SEASON", "AAG SEASON")


@dataclass(frozen=True)
class Known:
    """What the decisions of one chunk rest on."""

    book: CustomerBook
    scopes: Mapping[str, Any]
    conflicts: Mapping[str, Sequence[int]]
    tasks: frozenset[str]
    boards: Mapping[str, str]
    """Where orders stand already: an order stays on its board."""


class DecideOrders(ItemStep):
    """One decision for each order, by its customer."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> Known:
        """The customers as of the run's start, what was found of each, and what is open."""
        run, keys = claim.run, as_json([item.key for item in claim.items])
        return Known(
            book=current(connection, run.tenant, run.frozen_at).book,
            scopes={row.scope: row for row in connection.exec_driver_sql(_SCOPES, (run.tenant, run.id))},
            conflicts=dict(_pairs(connection, _CONFLICTS, (run.tenant, run.id, keys))),
            tasks=frozenset(connection.exec_driver_sql(_TASKS, (run.tenant, keys)).scalars()),
            boards=dict(_pairs(connection, _BOARDS, (run.tenant, keys))),
        )

    def run(self, claim: Claim, items: Sequence[Item], loaded: Known) -> Iterable[Outcome]:
        """An order whose customer was not compared fails: what the source holds of it is not known."""
        for item in items:
            customer = loaded.book.find(item.data["customer"])
            if customer.canonical not in loaded.scopes:
                yield outcomes.fail(
                    item, "not_compared", error="The source was not read completely; start the run again."
                )
                continue
            features = _features(item, customer, loaded)
            yield _outcome(item, claim.run, customer, features, loaded)


def _features(item: Item, customer: Customer, known: Known) -> Features:
    columns = (item.data.get("record") or {}).get("columns", {})
    scope = known.scopes[customer.canonical]
    return Features(
        status=customer.status,
        in_conflict=item.key in known.conflicts,
        open_task=item.key in known.tasks,
        board=known.boards.get(item.key)
        or known.book.board(customer, [columns.get(name) for name in SEASONS]),
        operation=item.data["operation"],
        guarded=scope.guarded,
        overridden=scope.overridden_by is not None,
    )


def _outcome(item: Item, run: Run, customer: Customer, features: Features, known: Known) -> Outcome:
    verdict = decide(features)
    if verdict.route == "rejected":
        problem = key_not_unique(customer.canonical, known.conflicts[item.key])
        return refused(item, verdict.rule, [problem])
    if verdict.route == "skipped":
        return outcomes.skip(item, verdict.rule)
    decision = _decision(features, verdict)
    if verdict.route == "manual" and not run.may_write:
        return outcomes.skip(item, "would_ask_a_person").writing(decision=decision)
    if verdict.route == "manual":
        return outcomes.manual(item, verdict.rule, _task(item, customer)).writing(decision=decision)
    data = {"board": features.board, "guarded": features.guarded}
    lane = f"orders/stage/{customer.canonical}"
    return outcomes.proceed(item, verdict.rule, data=data, lane=lane).writing(decision=decision)


def _decision(features: Features, verdict: Verdict) -> dict[str, Any]:
    return {
        "route": verdict.route,
        "rule": verdict.rule,
        "rule_version": VERSION,
        "priority": "MEDIUM",
        "confidence": 1.0,
        "features": features.as_json(),
    }


def _task(item: Item, customer: Customer) -> dict[str, Any]:
    return {
        "task_type": "workflow_generated",
        "priority": "MEDIUM",
        "priority_score": 0.5,
        "confidence": 1.0,
        "record": {
            "order": item.data["label"],
            "customer": customer.canonical,
            **(item.data.get("record") or {}),
        },
        "evidence": [
            {"customer": customer.canonical, "status": customer.status, "operation": item.data["operation"]}
        ],
        "error": None,
        "resume_step": "stage",
    }


def _pairs(connection: "Connection", statement: str, values: tuple[Any, ...]) -> Iterable[tuple[str, Any]]:
    return ((row[0], row[1]) for row in connection.exec_driver_sql(statement, values))
