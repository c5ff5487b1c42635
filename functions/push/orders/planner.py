"""The plan of a push, for people: what is staged, else what the newest run in mode TEST would push, against every plan's limits."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.errors import NotFound
from common.settings import ResolvedSettings
from functions.push.monday.limits import PLANS, plan_named
from functions.push.orders.plan import BoardPlan, Cost, Fit, Pace, Work, boards_of, fit, total
from functions.push.orders.workload import held_items, staged, tried, used_today

if TYPE_CHECKING:
    from sqlalchemy import Connection

_TRIED = """
select id, created_at, exists (select from runs l where l.tenant_id = r.tenant_id and l.flow = r.flow and l.mode <> 'TEST'
  and l.created_at > r.created_at) as is_outdated
from runs r where tenant_id = %s and flow = 'orders' and mode = 'TEST' and state in ('completed', 'waiting')
order by created_at desc, id desc limit 1
"""
_COUNTED = ("creates", "updates", "archives", "lines")


def plan_of(connection: "Connection", tenant: str, settings: ResolvedSettings) -> dict[str, Any]:
    """The plan as `common.interface.plans.PlanView` has it. Raises NotFound when there is nothing to plan by."""
    source, work = _work(connection, tenant)
    pace = Pace(settings.push_chunk_size, settings.monday_mutations_per_call)
    boards = boards_of(work, held_items(connection, tenant), pace)
    cost, used = total(boards), used_today(connection, tenant)
    own = plan_named(settings.monday_plan).name
    fits = [fit(cost, plan, used_today=used, most_days=settings.plan_most_days) for plan in PLANS.values()]
    return {
        "vendor": "monday",
        "source": source,
        "work": _counts(work),
        "boards": [_board(board) for board in boards],
        **_cost(cost),
        "used_today": used,
        "most_days": settings.plan_most_days,
        "plans": [_fit(each, own) for each in fits],
    }


def _work(connection: "Connection", tenant: str) -> tuple[dict[str, Any], Sequence[Work]]:
    if work := staged(connection, tenant):
        return {"kind": "staged", "run_id": None, "at": None, "is_outdated": False}, work
    newest = connection.exec_driver_sql(_TRIED, (tenant,)).one_or_none()
    if newest is None:
        raise NotFound(
            "Nothing is staged, and no run in mode TEST says what would be: `shelfline run orders --mode TEST` does.",
            reason="nothing_to_plan",
        )
    at: datetime = newest.created_at
    source = {"kind": "test_run", "run_id": newest.id, "at": at, "is_outdated": newest.is_outdated}
    return source, tried(connection, tenant, newest.id)


def _counts(work: Sequence[Work]) -> dict[str, int]:
    counts = {name: sum(getattr(each, name) for each in work) for name in _COUNTED}
    groups = {(each.board, each.group) for each in work if each.is_new_group}
    return {**counts, "groups": len(groups)}


def _board(plan: BoardPlan) -> dict[str, Any]:
    numbers = {"board": plan.board, "room": plan.room, "refused": plan.refused}
    return {**numbers, **_counts(plan.work), **_cost(plan.cost)}


def _cost(cost: Cost) -> dict[str, int]:
    return {"calls": cost.calls, "points": cost.read_points + cost.write_points, "imported": cost.imported}


def _fit(each: Fit, own: str) -> Mapping[str, Any]:
    numbers = {name: value for name, value in asdict(each).items() if name != "plan"}
    plan = each.plan
    return {**numbers, "plan": plan.name, "is_own": plan.name == own, "calls_a_day": plan.calls_a_day}
