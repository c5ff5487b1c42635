"""Runs of the parts flow as batches, in the words of the first version's users."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from common import metrics
from common.errors import NotFound
from common.interface.desk import Desk, View
from common.interface.runs import Runs, RunView

_FLOW = "parts"
_PREFIX = f"{_FLOW}_"
_ASSUMED_SECONDS = 2.0  # for one part, before there is a run to measure

_AUTOMATED = """
select case when i.state in ('ready', 'recorded') then 'processing' when i.state = 'done' then 'completed' else i.state end as name,
  count(*) as n
from decisions d join items i on i.tenant_id = d.tenant_id and i.id = d.item_id
where d.tenant_id = :tenant and d.run_id = :run and d.route = 'AUTOMATION' group by 1
"""
_MANUAL = "select state as name, count(*) as n from manual_tasks where tenant_id = :tenant and run_id = :run group by 1"

_BACKGROUND = {
    "pending": "starting", "running": "running", "cancelling": "running", "waiting": "completed", "completed": "completed",
    "failed": "failed", "cancelled": "cancelled",
}  # fmt: skip


class Tally(View):
    """Tasks of a batch by their state."""

    total: int
    status_breakdown: dict[str, int]


class BatchStatus(View):
    """overall_status: no_tasks, in_progress, completed, failed or completed_with_failures."""

    batch_id: str
    automation_tasks: Tally
    manual_tasks: Tally
    overall_status: str
    background_status: str
    started_at: datetime | None
    completed_at: datetime | None
    workflow_results: dict[str, Any]


class Batches(Desk):
    """The tenant's batches of parts."""

    def start(self, options: Mapping[str, Any], batch_id: str | None = None) -> tuple[str, float, bool]:
        """Start a run of parts: its id, the seconds it should take, and whether these were measured."""
        run_id = None if batch_id is None else _as_run_id(batch_id)
        started = Runs(self.services, self.principal).start(_FLOW, options=options, run_id=run_id)
        with self.transaction() as connection:
            measured = metrics.seconds_per_item(connection, self.tenant, _FLOW)
        each = _ASSUMED_SECONDS if measured is None else measured
        return started, round(each * options.get("limit", 100), 1), measured is not None

    def status(self, batch_id: str) -> BatchStatus:
        """How far it is. Raises NotFound."""
        run = self._run(batch_id)
        results = {
            "figures": run.figures,
            "adds_up": run.adds_up,
            "pushed": run.pushed,
            "detail": run.detail,
            "error": run.error,
        }
        return BatchStatus(
            batch_id=run.id,
            automation_tasks=self._tally(_AUTOMATED, run.id),
            manual_tasks=self._tally(_MANUAL, run.id),
            overall_status=self.overall(run),
            background_status=_BACKGROUND[run.state],
            started_at=run.started_at,
            completed_at=run.settled_at,
            workflow_results=results,
        )

    def cancel(self, batch_id: str) -> bool:
        """Cancel it; False if it had ended before. Raises NotFound."""
        run_id = self._run(batch_id).id
        return Runs(self.services, self.principal).cancel(run_id)

    @staticmethod
    def overall(run: RunView) -> str:
        """One word for the state of a batch; what waits for people is still in progress."""
        if run.state == "failed" or not run.adds_up:
            return "failed"
        if run.state not in ("completed", "cancelled"):
            return "in_progress"
        if not run.figures["fetched"]:
            return "no_tasks"
        bad = run.figures["failed"] + run.figures["rejected"] + run.figures["cancelled"]
        return "completed_with_failures" if bad else "completed"

    def _run(self, batch_id: str) -> RunView:
        runs = Runs(self.services, self.principal)
        try:
            return runs.get(batch_id)
        except NotFound:
            return runs.get(_as_run_id(batch_id))

    def _tally(self, statement: str, run_id: str) -> Tally:
        found = {row["name"]: row["n"] for row in self.rows(statement, run=run_id)}
        return Tally(total=sum(found.values()), status_breakdown=found)


def _as_run_id(batch_id: str) -> str:
    """A run id starts with its flow's name."""
    return batch_id if batch_id.startswith(_PREFIX) else f"{_PREFIX}{batch_id}"
