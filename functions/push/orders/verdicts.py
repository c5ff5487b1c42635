"""What becomes of an order, by what the ledger holds of its writes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from common.effects import Effect
from common.pipeline import outcome as outcomes
from common.pipeline.asking import fallback_task
from common.pipeline.outcome import Outcome
from functions.push.orders.groups import OPERATION as CREATE_GROUP
from functions.push.orders.holding import Holding
from functions.push.orders.work import PushOrder

_SOONEST, _LATEST = timedelta(seconds=10), timedelta(minutes=5)
"""Between two looks at a write whose answer was lost; in between, the longer it has been lost the rarer."""


def under_way(order: PushOrder, effects: Sequence[Effect], now: datetime, since: datetime) -> Outcome | None:
    """A wait, where a write of this order may have landed without our knowing; else None. since: when it first went out."""
    if not any(effect.is_under_way for effect in effects):
        return None
    return outcomes.wait(order.item, "unknown_outcome", now + min(max(now - since, _SOONEST), _LATEST))


def refused(order: PushOrder, effects: Sequence[Effect]) -> Outcome | None:
    """A task for a person, where monday.com has refused a write of this order; else None."""
    for effect in effects:
        if effect.state == "refused" and effect.operation != CREATE_GROUP:
            error = str(effect.error)
            return asked(order, error.partition(":")[0], f"{_place(order, effect)}: {error}")
    return None


def finished(
    order: PushOrder, effects: Sequence[Effect], wanted: set[tuple[str, str]], holding: Holding | None
) -> Iterator[Outcome]:
    """The order as pushed, once all wanted writes (key, part) are confirmed; nothing before."""
    confirmed = {(effect.key, effect.part): effect for effect in effects if effect.state == "confirmed"}
    if not wanted <= confirmed.keys():
        return
    created = {
        effect.key: str(effect.remote_id) for effect in confirmed.values() if effect.operation == "create"
    }
    yield pushed(order, holding, created)


def pushed(
    order: PushOrder,
    holding: Holding | None,
    created: Mapping[str, str] | None = None,
    reason: str = "pushed",
) -> Outcome:
    """The board holds it as it should. created: ids by key of what was made."""
    made = created or {}
    item_id = holding.item.id if holding else made.get(order.key)
    held = {order.line_key(size): line.id for size, line in holding.lines.items()} if holding else {}
    ids = {**held, **made}
    sizes = [{"size": key.partition("/")[2], "id": id_} for key, id_ in ids.items() if key != order.key]
    inverse = holding.document(order.before, order.after) if holding else None
    row = {"item_id": order.item.id, "change_id": order.change_id, "scope": order.scope, "inverse": inverse}
    row |= {"monday_item_id": item_id, "lines": sizes}
    told = {"board": order.board, "monday_item": item_id, "operation": order.operation}
    return outcomes.done(order.item, reason).writing(pushed=row).telling(**told)


def asked(order: PushOrder, reason: str, error: str) -> Outcome:
    """A person has to do something first; then it is staged anew."""
    record = {"order": order.item.data.get("label"), "customer": order.scope, "board": order.board}
    evidence = [{"operation": order.operation, "document": order.after or None}]
    task = fallback_task(record, error, evidence=evidence)
    failed = {"item_id": order.item.id, "scope": order.scope, "error": error}
    return outcomes.manual(order.item, reason, task).writing(failed=failed).telling(error=error)


def conflict(order: PushOrder, drifted: Mapping[str, Any], holding: Holding | None) -> Outcome:
    """The board has moved on since the change was reviewed: a person looks at it against what the board holds now."""
    held = holding.document(order.before, order.after) if holding else None
    row = {"item_id": order.item.id, "before": held, "drift": dict(drifted)}
    return outcomes.review(order.item, "conflict").writing(conflict=row).telling(drift=dict(drifted))


def given_up(order: PushOrder) -> Outcome:
    """Nothing more is written of it: its change is superseded, or its run cancelled (which ends what waits)."""
    if order.state == "approved":
        return outcomes.wait(order.item, "run_cancelled")
    return outcomes.skip(order.item, "superseded")


def importing(order: PushOrder, job_id: str | None) -> Outcome:
    """It waits for the end of an import; the lane is closed meanwhile."""
    data = {"import_job": job_id} if job_id else None
    return replace(outcomes.wait(order.item, "import_running"), data=data)


def _place(order: PushOrder, effect: Effect) -> str:
    size = effect.key.partition("/")[2]
    line = f", line {size}" if size else ""
    return f"Board {order.board}{line}"
