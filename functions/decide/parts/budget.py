"""What automation may still do today."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from common.database.engine import call
from common.errors import Retry
from common.pipeline.item import Claim, Run
from common.quotas import per_utc_day

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ACCOUNT = "router"
_DEMAND = """
select greatest(0, coalesce(%s, 0) - count(*)) + count(*) filter (where step = 'decide' and state in ('ready', 'waiting'))
from items where run_id = %s
"""
_USED = """
select coalesce((select case when floor(extract(epoch from since) / 86400) = floor(extract(epoch from shelfline_now()) / 86400)
  then used else 0 end from quotas where tenant_id = %s and account = %s and dimension = %s), 0)
"""


class Budget:
    """Today's budget, taken from part by part, best priority first.

    When it cannot serve everything the run still asks for, only parts at or above the automation threshold are served today.
    """

    def __init__(self, left: int, demand: int) -> None:
        self.left = left
        self.is_scarce = demand > left

    def take(self, priority: float, threshold: float) -> bool:
        """Take one if there is one for this priority."""
        if self.left <= 0 or (self.is_scarce and priority < threshold):
            return False
        self.left -= 1
        return True


def load_budget(connection: "Connection", claim: Claim) -> Budget:
    """The budget now: of tasks a day, and of calls a day at the vendor."""
    run, settings = claim.run, claim.run.settings
    tasks = settings.max_daily_tasks - _used(connection, run.tenant, _ACCOUNT, "tasks")
    calls = settings.digikey_per_day - _used(connection, run.tenant, "digikey", "day")
    demand = connection.exec_driver_sql(_DEMAND, (run.declared, run.id)).scalar()
    return Budget(left=int(max(0, min(tasks, calls))), demand=int(demand or 0))


def book(connection: "Connection", run: Run, tasks: int) -> None:
    """Count tasks on today's counter. Raises Retry when another run has taken them meanwhile."""
    dimension = per_utc_day(run.settings.max_daily_tasks).as_json()
    wanted = {
        "tenant": run.tenant,
        "account": _ACCOUNT,
        "units": tasks,
        "minimum": tasks,
        "dimensions": {"tasks": dimension},
    }
    if not call(connection, "shelfline_reserve_v1", wanted)["granted"]:
        raise Retry(
            "Another run has taken today's last automation tasks.", reason="daily_limit_raced", after=0
        )


def next_utc_day(now: datetime) -> datetime:
    """The start of the next UTC day."""
    return (now.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)


def _used(connection: "Connection", tenant: str, account: str, dimension: str) -> float:
    return float(connection.exec_driver_sql(_USED, (tenant, account, dimension)).scalar() or 0)
