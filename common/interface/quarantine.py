"""Records that were refused for their data: looked at, mended, and taken up again."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from common.auth.tokens import Role
from common.database.array import array
from common.database.engine import as_json
from common.errors import Conflict, NotFound
from common.flows import flow
from common.interface.desk import Desk, View, rows, tell
from common.interface.loading import Loader, Prepared, loader_of
from common.interface.runs import Runs
from common.problems import Problem

_MOST_SHOWN = 500
_MOST_REPLAYED = 1000  # rows of one replay: as many as a run of chosen records takes

_LIST = """
select id, flow, run_id, source, row_number, key, problems, raw, state, created_at, replayed_by, replayed_at from quarantine
where tenant_id = :tenant and (cast(:flow as text) is null or flow = :flow) and (cast(:run as text) is null or run_id = :run)
  and (cast(:state as text) is null or state = :state)
order by id desc limit :limit
"""
_CHOSEN = """
select id, run_id, raw, state from quarantine where tenant_id = :tenant and flow = :flow and state = 'open'
  and (cast(:ids as bigint[]) is null or id = any(cast(:ids as bigint[]))) and (cast(:run as text) is null or run_id = :run)
order by id limit :limit
"""
_MEND = """
update quarantine set raw = cast(:raw as jsonb), problems = cast(:problems as jsonb)
where tenant_id = :tenant and id = :id and state = 'open'
returning id, flow, run_id, source, row_number, key, problems, raw, state, created_at, replayed_by, replayed_at
"""
_DONE = """
update quarantine set state = 'replayed', replayed_by = :by, replayed_at = shelfline_now()
where tenant_id = :tenant and id = any(cast(:ids as bigint[])) and state = 'open'
"""


class QuarantineRow(View):
    """One refused record. problems: [{column, reason, detail, value}]; raw: as the source had it."""

    id: int
    flow: str
    run_id: str | None
    source: str
    row_number: int | None
    key: str | None
    problems: list[dict[str, Any]]
    raw: dict[str, Any]
    state: str
    created_at: datetime
    replayed_by: str | None
    replayed_at: datetime | None


class StillBad(View):
    """A row that could not be replayed, and what is wrong with it now."""

    id: int
    problems: list[dict[str, Any]]


class Replayed(View):
    """run_id: the run that takes them up, None when there was nothing to replay."""

    run_id: str | None
    replayed: int
    still_bad: list[StillBad]


class Quarantine(Desk):
    """The tenant's refused records."""

    def find(
        self,
        *,
        flow_name: str | None = None,
        run_id: str | None = None,
        state: str | None = "open",
        limit: int = 50,
    ) -> list[QuarantineRow]:
        """The newest first."""
        most = min(limit, _MOST_SHOWN)
        found = self.rows(_LIST, flow=flow_name, run=run_id, state=state, limit=most)
        return [QuarantineRow(**row) for row in found]

    def mend(self, row_id: int, raw: Mapping[str, Any]) -> QuarantineRow:
        """Put other data in the place of a row's; its problems are those of the new data.

        Raises NotFound, or Conflict when it was replayed already.
        """
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            known = rows(
                connection, "select flow, state from quarantine where tenant_id = :tenant and id = :id for update",
                tenant=self.tenant, id=row_id,
            )  # fmt: skip
            if not known:
                raise NotFound(
                    f"There is no row {row_id} in quarantine; `shelfline quarantine list` shows them."
                )
            if known[0]["state"] != "open":
                raise Conflict(f"Row {row_id} is {known[0]['state']} already.")
            prepared = loader_of(known[0]["flow"], self.services).prepare(raw)
            problems = [] if isinstance(prepared, Prepared) else [_told(problem) for problem in prepared]
            values = {"raw": as_json(dict(raw)), "problems": as_json(problems)}
            mended = rows(connection, _MEND, tenant=self.tenant, id=row_id, **values)[0]
            body = {"row": row_id, "by": self.principal.name}
            tell(
                connection,
                self.tenant,
                mended["run_id"] or f"tenant/{self.tenant}",
                "quarantine_mended",
                body,
            )
        return QuarantineRow(**mended)

    def replay(
        self, flow_name: str, *, ids: Sequence[int] | None = None, run_id: str | None = None
    ) -> Replayed:
        """Take up again, in a new run, the open rows that can now be read; those that cannot stay, with their problems.

        ids or run_id choose; without either all are meant, at most a thousand at once. Replaying the same rows twice at
        once starts one run.
        """
        self.require(Role.OPERATOR)
        flow(flow_name)
        chosen = self.rows(
            _CHOSEN, flow=flow_name, ids=array(ids) if ids else None, run=run_id, limit=_MOST_REPLAYED
        )
        if ids and (missing := sorted(set(ids) - {row["id"] for row in chosen})):
            raise NotFound(f"Not open in the quarantine of {flow_name}: {', '.join(map(str, missing[:20]))}.")
        loader = loader_of(flow_name, self.services)
        good, still_bad = _sorted_out(chosen, loader)
        if not good:
            return Replayed(run_id=None, replayed=0, still_bad=still_bad)
        loader.load_raw([row["raw"] for row in good])
        started = self._start(flow_name, good, loader)
        self._mark(good, started)
        return Replayed(run_id=started, replayed=len(good), still_bad=still_bad)

    def _start(self, flow_name: str, good: Sequence[Mapping[str, Any]], loader: Loader) -> str:
        # The id is made of the rows, so that a replay that was cut off finds the run it has started.
        of_rows = hashlib.sha256(",".join(str(row["id"]) for row in good).encode()).hexdigest()[:24]
        parents = {row["run_id"] for row in good if row["run_id"]}
        try:
            return Runs(self.services, self.principal).start(
                flow_name,
                options=loader.options_for([row["raw"] for row in good]),
                run_id=f"{flow_name}_replay_{of_rows}",
                parent=parents.pop() if len(parents) == 1 else None,
            )
        except Conflict:
            return f"{flow_name}_replay_{of_rows}"

    def _mark(self, good: Sequence[Mapping[str, Any]], started: str) -> None:
        ids = [row["id"] for row in good]
        with self.transaction() as connection:
            rows(connection, _DONE, tenant=self.tenant, ids=array(ids), by=self.principal.name)
            tell(
                connection,
                self.tenant,
                started,
                "quarantine_replayed",
                {"rows": ids, "by": self.principal.name},
            )


def _sorted_out(
    chosen: Sequence[Mapping[str, Any]], loader: Loader
) -> tuple[list[Mapping[str, Any]], list[StillBad]]:
    good: list[Mapping[str, Any]] = []
    still_bad: list[StillBad] = []
    for row in chosen:
        prepared = loader.prepare(row["raw"])
        if isinstance(prepared, Prepared):
            good.append(row)
        else:
            still_bad.append(StillBad(id=row["id"], problems=[_told(problem) for problem in prepared]))
    return good, still_bad


def _told(problem: Problem) -> dict[str, Any]:
    return {
        "column": problem.column, "reason": problem.reason, "value": problem.value_excerpt, "detail": problem.detail
    }  # fmt: skip
