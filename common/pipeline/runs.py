"""Starting, cancelling and taking up runs again."""

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from typing import Any

from common.database.engine import Database, DataRefused
from common.errors import Conflict, NotFound, Usage
from common.pipeline.flow import Flow, Step, load
from common.pipeline.registry import flow
from common.pipeline.store import Closed
from common.pipeline.waker import Waker
from common.settings import ResolvedSettings


class Runs:
    """The life of runs."""

    def __init__(self, database: Database, waker: Waker) -> None:
        self._database = database
        self._waker = waker

    def start(
        self,
        flow_name: str,
        *,
        tenant: str,
        settings: ResolvedSettings,
        options: Mapping[str, Any],
        by: str = "",
        parent: str | None = None,
        run_id: str | None = None,
    ) -> str:
        """Start a run and wake its source; the run's id. Asking again with a run_id that exists is a Conflict.

        Raises NotFound for an unknown flow, Usage when the options do not go together.
        """
        declared = flow(flow_name)
        if declared.run_check:
            load(declared.run_check)(options)
        run_id = _checked(run_id) if run_id else new_run_id(flow_name)
        self._create(declared, run_id, tenant, settings, options, by, parent)
        self._waker.wake_lanes(tenant, [declared.lane(declared.steps[0], run_id)])
        return run_id

    def _create(
        self,
        declared: Flow,
        run_id: str,
        tenant: str,
        settings: ResolvedSettings,
        options: Mapping[str, Any],
        by: str,
        parent: str | None,
    ) -> None:
        source = declared.steps[0]
        document = {
            "id": run_id,
            "tenant": tenant,
            "flow": declared.name,
            "mode": settings.mode,
            "options": dict(options),
            "settings": settings.as_json(),
            "parent": parent,
            "created_by": by,
            "step": source.name,
            "lane": declared.lane(source, run_id),
            "cursor": {},
            "lanes": [_lane(declared, step, run_id, settings) for step in declared.steps],
        }
        try:
            self._database.call("shelfline_start_run_v1", document)
        except DataRefused as error:
            if not error.is_taken:
                raise
            raise Conflict(f"There is a run {run_id} already; see `shelfline status {run_id}`.") from error

    def cancel(self, tenant: str, run_id: str, by: str) -> bool:
        """Cancel a run: what has not started ends now, what runs at its next record. False if it had ended before."""
        self._known(tenant, run_id)
        cancelled = bool(self._database.call("shelfline_cancel_run_v1", tenant, run_id, by))
        if cancelled:
            self.follow_up(tenant, run_id)
        return cancelled

    def resume(
        self,
        tenant: str,
        run_id: str,
        items: Sequence[int],
        step_name: str,
        *,
        states: Sequence[str],
        reason: str,
        by: str,
        data: Mapping[int, Mapping[str, Any]] | None = None,
    ) -> int:
        """Let parked or failed items of a run go on at a step; how many moved."""
        declared = flow(self._known(tenant, run_id))
        step = declared.step(step_name)
        lane = declared.lane(step, run_id)
        request: dict[str, Any] = {
            "tenant": tenant,
            "run": run_id,
            "items": list(items),
            "step": step_name,
            "lane": lane,
        }
        request |= {
            "chunk_size": 50,
            "from": list(states),
            "reason": reason,
            "by": by,
            "data": {str(item): patch for item, patch in (data or {}).items()},
        }
        answer = self._database.call("shelfline_resume_items_v1", request)
        self._waker.wake_lanes(tenant, [lane])
        return int(answer["moved"])

    def retry(self, tenant: str, run_id: str, *, step: str | None, reason: str | None, by: str) -> int:
        """Try the failed items of a run again, each at the step where it failed (or at `step`); how many."""
        self._known(tenant, run_id)
        with self._database.transaction() as connection:
            rows = connection.exec_driver_sql(
                "select id, step from items where run_id = %s and state = 'failed' and (cast(%s as text) is null or reason = %s)",
                (run_id, reason, reason),
            ).all()
        by_step: dict[str, list[int]] = {}
        for item, failed_at in rows:
            by_step.setdefault(step or failed_at, []).append(item)
        return sum(
            self.resume(tenant, run_id, items, at, states=["failed"], reason="retried", by=by)
            for at, items in by_step.items()
        )

    def follow_up(self, tenant: str, run_id: str) -> None:
        """Settle a run that nothing holds any more, and wake what may run."""
        from common.pipeline.store import PipelineStore

        declared = flow(self._known(tenant, run_id))
        lanes = [declared.lane(step, run_id) for step in declared.steps]
        closed = Closed(tenant=tenant, run_id=run_id, lanes=lanes)
        self._waker.follow(PipelineStore(self._database).after_close(closed))

    def _known(self, tenant: str, run_id: str) -> str:
        with self._database.transaction() as connection:
            name = connection.exec_driver_sql(
                "select flow from runs where id = %s and tenant_id = %s", (run_id, tenant)
            ).scalar()
        if name is None:
            raise unknown_run(run_id)
        return str(name)


def new_run_id(flow_name: str) -> str:
    """A run id: the flow's name, the time (so that ids sort by age) and enough chance never to meet another."""
    return f"{flow_name}_{int(time.time() * 1000):x}_{secrets.token_hex(5)}"


def _checked(run_id: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,127}", run_id):
        raise Usage(
            "A run id is up to 128 letters, digits, - and _, and starts with a letter or digit.",
            reason="bad_run_id",
        )
    return run_id


def unknown_run(run_id: str) -> NotFound:
    """The error for a run id that this tenant does not have."""
    return NotFound(
        f"There is no run {run_id!r}; `shelfline status` lists the runs there are.", reason="unknown_run"
    )


def _lane(declared: Flow, step: Step, run_id: str, settings: ResolvedSettings) -> dict[str, Any]:
    width = settings.number(step.width) if isinstance(step.width, str) else step.width
    return {"name": declared.lane(step, run_id), "width": width}
