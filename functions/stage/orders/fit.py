"""Whether a run fits into the account's budget: asked once, when all of it is staged and before any of it is pushed.

What needs several days of the plan's calls is stretched over them by the quota ledger, and that is told. What needs more
days than `plan_most_days` waits, whole, for a person's approval.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json, call
from common.pipeline.flow import Page
from common.pipeline.item import Claim
from functions.push.monday.limits import plan_named
from functions.push.orders.plan import Fit, Pace, boards_of, fit, total
from functions.push.orders.workload import at_the_gate, used_today

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services

REASON = "does_not_fit"
_TELL = (
    "insert into events (tenant_id, stream, step, kind, body) values (%s, %s, 'stage', %s, cast(%s as jsonb))"
)


class CheckFit:
    """One page that reckons; nothing outside is asked."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> None:
        """Nothing: everything is in our tables."""

    def read(self, claim: Claim, loaded: None) -> Iterator[Page]:
        """The one page."""
        yield Page(cursor=claim.cursor, last=True)

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """Gather what goes to one board, hold back what does not fit, tell what takes more than a day: all or nothing of it."""
        run, settings = claim.run, claim.run.settings
        call(connection, "shelfline_gather_chunks_v1", run.tenant, run.id, "push", settings.push_chunk_size)
        pace = Pace(settings.push_chunk_size, settings.monday_mutations_per_call)
        cost = total(boards_of(at_the_gate(connection, run.tenant, run.id), {}, pace))
        plan = plan_named(settings.monday_plan)
        used = used_today(connection, run.tenant)
        found = fit(cost, plan, used_today=used, most_days=settings.plan_most_days)
        told = {**_told(found), "calls": cost.calls, "most_days": settings.plan_most_days}
        if found.verdict == "refused":
            told["orders"] = call(connection, "shelfline_hold_orders_v1", run.tenant, run.id, REASON)
            self._tell(connection, claim, "push_does_not_fit", told)
        elif found.verdict == "stretched":
            self._tell(connection, claim, "push_stretched", told)
        return page

    def _tell(self, connection: "Connection", claim: Claim, kind: str, body: dict[str, Any]) -> None:
        connection.exec_driver_sql(_TELL, (claim.run.tenant, claim.run.id, kind, as_json(body)))


def _told(found: Fit) -> dict[str, Any]:
    return {
        "plan": found.plan.name,
        "calls_a_day": found.plan.calls_a_day,
        "left_today": found.left_today,
        "days": found.days,
    }
