"""What becomes of an order, by what the ledger holds of its writes."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from common.effects import Effect
from common.pipeline import outcome as outcomes
from common.pipeline.outcome import Outcome
from functions.push.orders.groups import OPERATION as CREATE_GROUP
from functions.push.orders.work import PushOrder
from functions.push.orders.writes import Write

_LOOK_AGAIN = timedelta(seconds=10)
"""A repeat under the vendor's own key costs a call and doubles nothing."""


def apart(
    orders: Sequence[PushOrder], begun: Mapping[int, Sequence[Effect]], now: datetime
) -> tuple[list[Outcome], list[PushOrder]]:
    """Orders of which something is under way or was refused, as outcomes; and those that can go on."""
    settled, ready = [], []
    for order in orders:
        outcome = _unfinished(order, begun.get(order.change_id, ()), now)
        if outcome is None:
            ready.append(order)
        else:
            settled.append(outcome)
    return settled, ready


def after(
    order: PushOrder,
    expected: Sequence[Write] | None,
    effects: Sequence[Effect],
    now: datetime,
    inverse: Mapping[str, Any] | None,
    *,
    item_id: str | None,
    lines: Mapping[str, str],
) -> Iterator[Outcome]:
    """The outcome of an order after its writes were sent; none while some of them are still to be sent."""
    unfinished = _unfinished(order, effects, now)
    if unfinished is not None:
        yield unfinished
        return
    confirmed = {(effect.key, effect.part): effect for effect in effects if effect.state == "confirmed"}
    if expected is None or any(write.identity not in confirmed for write in expected):
        return
    created = {
        effect.key: str(effect.remote_id) for effect in confirmed.values() if effect.operation == "create"
    }
    held = {**lines, **_sizes(order, created)}
    yield pushed(order, created.get(order.key, item_id), held, inverse)


def pushed(
    order: PushOrder,
    item_id: str | None,
    lines: Mapping[str, str],
    inverse: Mapping[str, Any] | None,
    reason: str = "pushed",
) -> Outcome:
    """The board holds it as it should."""
    row = {"item_id": order.item.id, "change_id": order.change_id, "scope": order.scope, "inverse": inverse}
    row |= {"monday_item_id": item_id, "lines": [{"size": size, "id": id_} for size, id_ in lines.items()]}
    told = {"board": order.board, "monday_item": item_id, "operation": order.operation}
    return outcomes.done(order.item, reason).writing(pushed=row).telling(**told)


def asked(order: PushOrder, reason: str, error: str) -> Outcome:
    """A person has to do something first; then it is staged anew."""
    task = {
        "task_type": "automation_fallback",
        "priority": "HIGH",
        "priority_score": 0.9,
        "confidence": 1.0,
        "record": {"order": order.item.data.get("label"), "customer": order.scope, "board": order.board},
        "evidence": [{"operation": order.operation, "document": order.after or None}],
        "error": error,
        "resume_step": "stage",
    }
    failed = {"item_id": order.item.id, "scope": order.scope, "error": error, "change_id": order.change_id}
    return outcomes.manual(order.item, reason, task).writing(failed=failed).telling(error=error)


def conflict(order: PushOrder, drifted: Mapping[str, Any], held: Mapping[str, Any] | None) -> Outcome:
    """The board has moved on since the change was reviewed: a person looks at it against what the board holds now."""
    row = {"change_id": order.change_id, "before": held, "drift": dict(drifted)}
    return outcomes.review(order.item, "conflict").writing(conflict=row).telling(drift=dict(drifted))


def _unfinished(order: PushOrder, effects: Sequence[Effect], now: datetime) -> Outcome | None:
    own = [effect for effect in effects if effect.operation != CREATE_GROUP]
    if any(effect.is_under_way for effect in effects):
        return outcomes.wait(order.item, "unknown_outcome", now + _LOOK_AGAIN)
    refused = [effect for effect in own if effect.state == "refused"]
    if refused:
        error = str(refused[0].error)
        return asked(order, error.partition(":")[0], error)
    return None


def _sizes(order: PushOrder, created: Mapping[str, str]) -> dict[str, str]:
    prefix = f"{order.key}/"
    return {key.removeprefix(prefix): remote for key, remote in created.items() if key.startswith(prefix)}
