"""Staged changes: reviewed, approved or rejected. What a person made by hand, that person cannot approve."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from common.auth.tokens import Role
from common.database.array import array
from common.errors import Conflict, Forbidden, NotFound, Usage
from common.flows import flow
from common.interface.desk import Desk, View, rows, tell
from common.interface.resuming import end, resume
from common.pipeline.flow import load
from common.pipeline.runs import Runs as Engine
from common.pipeline.runs import unknown_run

if TYPE_CHECKING:
    from sqlalchemy import Connection

STATES = ("pending", "approved", "applied", "rejected", "failed", "superseded", "cancelled", "would_push")
_MOST_SHOWN = 500

_LIST = """
select id, flow, target, key, run_id, item_id, operation, state, base_version, before, after, diff, reason, source_system,
  priority, created_at, created_by, approved_at, approved_by, review_note, applied_at, error
from staged_changes
where tenant_id = :tenant and (cast(:flow as text) is null or flow = :flow) and (cast(:run as text) is null or run_id = :run)
  and (cast(:state as text) is null or state = :state)
order by priority, id desc limit :limit
"""
# own_work: the principal answered the manual task that the change comes from.
_CHOSEN = """
select c.id, c.run_id, c.flow, c.item_id, c.state, i.step, exists (
    select from manual_tasks t where t.tenant_id = c.tenant_id and t.item_id = c.item_id and t.state = 'completed'
      and (lower(t.editor) = lower(:who) or t.answer->>'by' = :who)) or lower(c.created_by) = lower(:who) as own_work
from staged_changes c join items i on i.tenant_id = c.tenant_id and i.id = c.item_id
where c.tenant_id = :tenant and (c.id = any(cast(:ids as bigint[])) or (c.run_id = :run and c.state = 'pending'))
order by c.run_id, i.step, c.id for update of c
"""
_DECIDE = """
update staged_changes set state = :state, review_note = :note,
  approved_at = case when :state = 'approved' then shelfline_now() end,
  approved_by = case when :state = 'approved' then cast(:who as text) end
where tenant_id = :tenant and id = any(cast(:ids as bigint[])) and state = 'pending'
"""


class ChangeView(View):
    """What would be written where. before is None for something new; diff: {field: {old, new}}."""

    id: int
    flow: str
    target: str
    key: str
    run_id: str
    item_id: int
    operation: str
    state: str
    base_version: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    diff: dict[str, Any]
    reason: str | None
    source_system: str | None
    priority: int
    created_at: datetime
    created_by: str
    approved_at: datetime | None
    approved_by: str | None
    review_note: str | None
    applied_at: datetime | None
    error: str | None


class Reviewed(View):
    """changed: how many were approved or rejected; own_work: those left for somebody else, being one's own."""

    changed: int
    own_work: list[int]


class Changes(Desk):
    """The tenant's staged changes."""

    def find(
        self,
        *,
        flow_name: str | None = None,
        run_id: str | None = None,
        state: str | None = None,
        limit: int = 50,
    ) -> list[ChangeView]:
        """The most urgent and newest first. Raises Usage for a state that there is not."""
        if state is not None and state not in STATES:
            raise Usage(f"A change is {', '.join(STATES)}; not {state!r}.", reason="bad_state")
        found = self.rows(_LIST, flow=flow_name, run=run_id, state=state, limit=min(limit, _MOST_SHOWN))
        return [ChangeView(**row) for row in found]

    def approve(
        self, *, ids: Sequence[int] | None = None, run_id: str | None = None, note: str | None = None
    ) -> Reviewed:
        """Let pending changes be pushed: those named, or all of a run. Their items go on in the same transaction.

        Raises NotFound, Conflict for one that is no longer pending, Forbidden when all of them are one's own work.
        """
        return self._review("approved", ids, run_id, note)

    def reject(
        self, *, ids: Sequence[int] | None = None, run_id: str | None = None, note: str | None = None
    ) -> Reviewed:
        """Let pending changes end here; the errors are those of `approve`. One's own work may be rejected."""
        return self._review("rejected", ids, run_id, note)

    def _review(
        self, state: str, ids: Sequence[int] | None, run_id: str | None, note: str | None
    ) -> Reviewed:
        self.require(Role.APPROVER)
        if bool(ids) == (run_id is not None):
            raise Usage("Give either ids or run_id.", reason="bad_choice")
        with self.transaction() as connection:
            pending, own = self._chosen(connection, state, ids, run_id)
            decided = {"ids": array([row["id"] for row in pending]), "state": state, "note": note}
            rows(connection, _DECIDE, tenant=self.tenant, who=self.principal.name, **decided)
            for row in pending:
                body = {"change": row["id"], "by": self.principal.name, "note": note}
                tell(connection, self.tenant, row["run_id"], f"change_{state}", body, item=row["item_id"])
            self._tell_flows(connection, pending, approved=state == "approved")
            lanes = (
                self._go_on(connection, pending) if state == "approved" else self._stop(connection, pending)
            )
        self._follow(lanes, {row["run_id"] for row in pending})
        return Reviewed(changed=len(pending), own_work=own)

    def _tell_flows(
        self, connection: "Connection", pending: Sequence[Mapping[str, Any]], *, approved: bool
    ) -> None:
        """Flows that learn from what people decide are told in the same transaction."""
        for name in sorted({row["flow"] for row in pending}):
            if reference := flow(name).reviewed:
                items = [row["item_id"] for row in pending if row["flow"] == name]
                load(reference)(connection, self.tenant, items, approved=approved, by=self.principal.name)

    def _chosen(
        self, connection: "Connection", state: str, ids: Sequence[int] | None, run_id: str | None
    ) -> tuple[list[dict[str, Any]], list[int]]:
        """The pending ones to decide on, and those that are one's own."""
        if run_id is not None and not rows(
            connection,
            "select 1 from runs where tenant_id = :tenant and id = :run",
            tenant=self.tenant,
            run=run_id,
        ):
            raise unknown_run(run_id)
        values = {"ids": array(ids or ()), "run": run_id, "who": self.principal.name}
        found = rows(connection, _CHOSEN, tenant=self.tenant, **values)
        _check_named(found, ids or (), state)
        pending = [row for row in found if row["state"] == "pending"]
        own = [row["id"] for row in pending if row["own_work"]] if state == "approved" else []
        if own and len(own) == len(pending):
            raise Forbidden("You made this by hand; somebody else has to approve it.", reason="own_work")
        return [row for row in pending if row["id"] not in own], own

    def _go_on(self, connection: "Connection", approved: Sequence[Mapping[str, Any]]) -> list[str]:
        lanes = []
        for (run_id, flow_name, step), group in groupby(approved, _by_step):
            declared = flow(flow_name)
            following = declared.after(step) or declared.step(step)
            items = [row["item_id"] for row in group]
            resumed = resume(
                connection, self.tenant, run_id, flow_name, items, following.name,
                state="waiting", reason="change_approved", by=self.principal.name,
            )  # fmt: skip
            lanes.append(resumed.lane)
        return lanes

    def _stop(self, connection: "Connection", rejected: Sequence[Mapping[str, Any]]) -> list[str]:
        for run_id, group in groupby(rejected, lambda row: row["run_id"]):
            items = [row["item_id"] for row in group]
            end(connection, self.tenant, run_id, items, reason="change_rejected", by=self.principal.name)
        return []

    def _follow(self, lanes: Sequence[str], run_ids: set[str]) -> None:
        self.services.waker.wake_lanes(self.tenant, sorted(set(lanes)))
        engine = Engine(self.services.database, self.services.waker)
        for run_id in sorted(run_ids):
            engine.follow_up(self.tenant, run_id)


def _by_step(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["run_id"], row["flow"], row["step"]


def _check_named(found: Sequence[Mapping[str, Any]], ids: Sequence[int], state: str) -> None:
    if missing := sorted(set(ids) - {row["id"] for row in found}):
        raise NotFound(f"There is no change {', '.join(map(str, missing[:20]))}.", reason="unknown_change")
    if decided := [row for row in found if row["state"] not in ("pending", state)]:
        told = ", ".join(f"{row['id']} is {row['state']}" for row in decided[:20])
        raise Conflict(f"Not pending any more: {told}.", reason="not_pending")
