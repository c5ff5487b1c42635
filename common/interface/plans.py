"""Plans: what pushing what is staged would take of a vendor's budget, before anything is sent."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, Protocol

from common.errors import NotFound
from common.flows import flow
from common.interface.configuration import Configuration
from common.interface.desk import Desk, View
from common.pipeline.flow import load

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.settings import ResolvedSettings


class PlanSource(View):
    """What was counted: changes that are staged, or what a run in mode TEST would push.

    is_outdated: a run has pushed since that one.
    """

    kind: Literal["staged", "test_run"]
    run_id: str | None
    at: datetime | None
    is_outdated: bool


class Workload(View):
    """Records to make, change and archive, their lines, and groups to make for them."""

    creates: int
    updates: int
    archives: int
    lines: int
    groups: int


class BoardLoad(Workload):
    """One board. points: complexity; room: items that fit before the push; refused: new ones that do not fit."""

    board: str
    calls: int
    points: int
    imported: int
    room: int
    refused: int


class PlanFit(View):
    """One plan of the vendor's. is_own: the account has it, by the settings; left_today: calls.

    days: UTC days until the last call, today counted. minutes: the least that the limits by the minute and the hour allow.
    verdict: fits (today), stretched (over days, by itself), refused (it waits for an approval).
    """

    plan: str
    is_own: bool
    calls_a_day: int
    left_today: int
    days: int
    minutes: int
    verdict: Literal["fits", "stretched", "refused"]


class PlanView(View):
    """The plan of a push. most_days: the setting `plan_most_days`."""

    flow: str
    vendor: str
    source: PlanSource
    work: Workload
    boards: list[BoardLoad]
    calls: int
    points: int
    imported: int
    used_today: float
    most_days: int
    plans: list[PlanFit]


class Planner(Protocol):
    """What a flow's `planner` names."""

    def __call__(self, connection: "Connection", tenant: str, settings: "ResolvedSettings") -> dict[str, Any]:
        """The fields of PlanView but for `flow`. Raises NotFound when there is nothing to plan by."""
        ...


class Plans(Desk):
    """The tenant's plans."""

    def plan(self, flow_name: str) -> PlanView:
        """What pushing what is staged would take. Raises NotFound for a flow without a plan, and for nothing to plan by."""
        declared = flow(flow_name)
        if declared.planner is None:
            raise NotFound(
                f"The flow {flow_name} has no plan: its push is bound by no vendor's budget.",
                reason="no_plan",
            )
        planner: Planner = load(declared.planner)
        settings = Configuration(self.services, self.principal).resolved(flow_name, None)
        with self.transaction() as connection:
            return PlanView(flow=flow_name, **planner(connection, self.tenant, settings))
