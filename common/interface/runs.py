"""Runs: start, look at, cancel and retry them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common import metrics
from common.auth.tokens import Role
from common.errors import Usage
from common.flows import flow
from common.interface.configuration import Configuration
from common.interface.desk import Desk, View, rows, texts
from common.pipeline.runs import Runs as Engine
from common.pipeline.runs import unknown_run

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MOST_SHOWN = 200

_COLUMNS = """
select r.*, extract(epoch from coalesce(r.wall_settled_at, clock_timestamp()) - r.wall_created_at)::float8 as seconds,
  extract(epoch from coalesce(r.settled_at, shelfline_now()) - r.created_at)::float8 as virtual_seconds
from runs r
"""
_NEWEST = f"""{_COLUMNS}
where r.tenant_id = :tenant and (cast(:flow as text) is null or r.flow = :flow)
order by r.created_at desc, r.id desc limit :limit
"""
_BY_ID = f"{_COLUMNS} where r.tenant_id = :tenant and r.id in (select jsonb_array_elements_text(cast(:runs as jsonb)))"


class HoldingLane(View):
    """A lane that holds chunks of a run back. until: business time; None while it is paused."""

    lane: str
    reason: str
    until: datetime | None
    chunks: int


class WaitingFor(View):
    """What a run waits for: lanes, and items that a person has to look at."""

    lanes: list[HoldingLane]
    people: int


class RunView(View):
    """A run and its figures. seconds are real, virtual_seconds those of the business clock."""

    id: str
    flow: str
    tenant: str
    mode: str
    state: str
    view: str
    """In words what holds it."""
    parent: str | None
    created_at: datetime
    created_by: str
    started_at: datetime | None
    settled_at: datetime | None
    seconds: float
    virtual_seconds: float
    options: dict[str, Any]
    figures: dict[str, int]
    adds_up: bool
    pushed: dict[str, int]
    detail: dict[str, Any]
    waiting_for: WaitingFor
    error: dict[str, Any] | None


class Runs(Desk):
    """The tenant's runs."""

    def start(
        self,
        flow_name: str,
        *,
        options: Mapping[str, Any] | None = None,
        settings: Mapping[str, Any] | None = None,
        run_id: str | None = None,
        parent: str | None = None,
    ) -> str:
        """Start a run; its id. settings: for this run only. run_id: of the caller's choice; it starts with the flow's name and "_".

        Raises NotFound for an unknown flow, Usage for options or settings that cannot be, Conflict for a run_id in use.
        """
        self.require(Role.OPERATOR)
        declared = flow(flow_name)
        _check_options(options or {}, declared.options, flow_name)
        _check_run_id(run_id, flow_name)
        resolved = Configuration(self.services, self.principal).resolved(flow_name, settings)
        return self._engine.start(
            flow_name,
            tenant=self.tenant,
            settings=resolved,
            options=dict(options or {}),
            by=self.principal.name,
            parent=parent,
            run_id=run_id,
        )

    def newest(self, *, flow_name: str | None = None, limit: int = 20) -> list[RunView]:
        """The newest runs first. Raises NotFound for an unknown flow."""
        if flow_name is not None:
            flow(flow_name)
        with self.transaction() as connection:
            found = rows(
                connection, _NEWEST, tenant=self.tenant, flow=flow_name, limit=min(limit, _MOST_SHOWN)
            )
            return self._views(connection, found)

    def get(self, run_id: str) -> RunView:
        """One run. Raises NotFound."""
        with self.transaction() as connection:
            found = rows(connection, _BY_ID, tenant=self.tenant, runs=texts([run_id]))
            if not found:
                raise unknown_run(run_id)
            return self._views(connection, found)[0]

    def cancel(self, run_id: str) -> bool:
        """Cancel a run; False if it had ended before. Raises NotFound."""
        self.require(Role.OPERATOR)
        return self._engine.cancel(self.tenant, run_id, self.principal.name)

    def retry(self, run_id: str, *, step: str | None = None, reason: str | None = None) -> int:
        """Try failed items again, each where it failed or all at `step`, all or those of one reason; how many.

        Raises NotFound for an unknown run or step.
        """
        self.require(Role.OPERATOR)
        if step is not None:
            flow(self.get(run_id).flow).step(step)
        return self._engine.retry(self.tenant, run_id, step=step, reason=reason, by=self.principal.name)

    @property
    def _engine(self) -> Engine:
        return Engine(self.services.database, self.services.waker)

    def _views(self, connection: "Connection", found: Sequence[Mapping[str, Any]]) -> list[RunView]:
        ids = [row["id"] for row in found]
        tallies = {
            "reasons": metrics.reasons(connection, self.tenant, ids),
            "routes": metrics.routes(connection, self.tenant, ids),
            "manual_tasks": metrics.manual_tasks(connection, self.tenant, ids),
        }
        figures = metrics.figures(connection, self.tenant, ids)
        holding = metrics.held(connection, self.tenant, ids)
        people = metrics.waiting_for_people(connection, self.tenant, ids)
        return [
            _view(
                row,
                figures[row["id"]],
                holding[row["id"]],
                metrics.report(connection, row),
                {name: tally[row["id"]] for name, tally in tallies.items()},
                people[row["id"]],
            )
            for row in found
        ]


def _view(
    row: Mapping[str, Any],
    figures: Mapping[str, int],
    holding: Mapping[str, Any],
    report: Mapping[str, Mapping[str, Any]],
    tallies: Mapping[str, Any],
    people: int,
) -> RunView:
    return RunView(
        **{name: row[name] for name in RunView.model_fields if name in row},
        tenant=row["tenant_id"],
        parent=row["parent_id"],
        figures=dict(figures),
        view=metrics.held_by(row, figures, holding),
        adds_up=metrics.adds_up(row, figures),
        pushed=dict(report.get("pushed", {})),
        detail={**report.get("detail", {}), **tallies},
        waiting_for=WaitingFor(lanes=holding["lanes"], people=people),
    )


def _check_options(options: Mapping[str, Any], known: Mapping[str, str], flow_name: str) -> None:
    if unknown := sorted(set(options) - set(known)):
        there_are = ", ".join(known) or "none"
        raise Usage(
            f"A run of {flow_name} has no option {', '.join(unknown)}; there are: {there_are}.",
            reason="unknown_option",
        )


def _check_run_id(run_id: str | None, flow_name: str) -> None:
    # The flow's name leads, so that a wake-up can be sent to the right queue without a look-up of the run.
    prefix = f"{flow_name}_"
    if run_id is None:
        return
    rest = run_id.removeprefix(prefix)
    if (
        rest == run_id
        or not 1 <= len(rest) <= 100
        or not all(each.isalnum() or each in "_-." for each in rest)
    ):
        raise Usage(
            f"A run id is {prefix} and 1 to 100 letters, digits, _, - or .; leave it out to have one made.",
            reason="bad_run_id",
        )
