"""How things stand: depth, ages and utilisation."""

from datetime import datetime

from common import metrics
from common.interface.desk import Desk, View


class LaneView(View):
    """A lane with open chunks. width None: no limit; utilisation: leased of width."""

    lane: str
    width: int | None
    leased: int
    ready: int
    paused: bool
    opens_at: datetime | None
    wait_reason: str | None
    utilisation: float | None


class OverviewView(View):
    """Counts now, ages in seconds of business time (None where there is nothing)."""

    active_runs: int
    chunks_ready: int
    chunks_leased: int
    oldest_ready_seconds: float | None
    tasks_open: int
    tasks_claimed: int
    oldest_task_seconds: float | None
    changes_pending: int
    quarantined: int
    lanes: list[LaneView]


class Overview(Desk):
    """The whole tenant at a glance."""

    def now(self) -> OverviewView:
        """All figures at one moment."""
        with self.transaction() as connection:
            return OverviewView(**metrics.overview(connection, self.tenant))
