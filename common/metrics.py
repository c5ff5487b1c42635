"""Every figure that is shown anywhere, computed from the tables at this one place.

All functions take an open connection and the tenant; what they answer is plain JSON-able values and aware datetimes.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.errors import NotFound
from common.flows import flow
from common.pipeline.flow import load

if TYPE_CHECKING:
    from sqlalchemy import Connection

COUNTS = ("fetched", "done", "skipped", "rejected", "failed", "manual", "waiting", "cancelled", "in_progress")
"""The figures of a run; the first is the sum of the others."""

_ENDED = frozenset({"waiting", "completed", "failed"})
_RUN_IDS = "(select jsonb_array_elements_text(cast(:runs as jsonb)))"
_RATED_RUNS = 20  # the newest settled runs of a flow, that its speed is measured on

Run = Mapping[str, Any]
"""A row of `runs`, by column."""


def figures(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Run id → its figures by the names of COUNTS, zeros included."""
    sums = ", ".join(f"coalesce(sum({name}), 0) as {name}" for name in COUNTS)
    statement = f"select run_id, {sums} from run_counts where tenant_id = :tenant and run_id in {_RUN_IDS} group by run_id"  # noqa: S608
    found = {row["run_id"]: row for row in _rows(connection, statement, tenant, run_ids)}
    return {run: {name: int(found.get(run, {}).get(name, 0)) for name in COUNTS} for run in run_ids}


def adds_up(run: Run, counted: Mapping[str, int]) -> bool:
    """Whether a run's figures are its records, each counted once; against the source's own number once it has ended."""
    if (run["error"] or {}).get("code") == "does_not_add_up":
        return False
    if counted["fetched"] != sum(counted[name] for name in COUNTS[1:]):
        return False
    complete = run["state"] in _ENDED and run["error"] is None
    return not complete or run["declared"] is None or run["declared"] == counted["fetched"]


def reasons(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Run id → reason → items that ended or stopped for it; items under way are not in it."""
    ended = "reason is not null and state not in ('ready', 'recorded')"
    return _tally(connection, tenant, run_ids, table="items", column="reason", where=ended, order="3 desc, 2")


def routes(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Run id → route → decisions for it."""
    return _tally(connection, tenant, run_ids, table="decisions", column="route")


def manual_tasks(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, dict[str, int]]:
    """Run id → type of task → tasks for people that the run made, in whatever state they are now."""
    return _tally(connection, tenant, run_ids, table="manual_tasks", column="task_type")


def held(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Run id → {busy: chunks that can be worked on now, lanes: [{lane, reason, until, chunks}] that hold the others}."""
    answer: dict[str, dict[str, Any]] = {run: {"busy": 0, "lanes": []} for run in run_ids}
    for row in _rows(connection, _HELD, tenant, run_ids):
        if row["reason"] is None:
            answer[row["run_id"]]["busy"] += row["chunks"]
        else:
            answer[row["run_id"]]["lanes"].append(
                {name: row[name] for name in ("lane", "reason", "until", "chunks")}
            )
    return answer


_HELD = f"""
select run_id, lane, reason, min(until) as until, count(*) as chunks from (
  select c.run_id, c.lane, case when c.state <> 'ready' then null
      when l.paused then 'paused'
      when l.open_at > shelfline_now() then coalesce(l.wait_reason, 'closed')
      when c.due_at > shelfline_now() + interval '2 s' then coalesce((select i.reason from items i where i.id = c.item_ids[1]), 'planned')
    end as reason,
    case when not l.paused then greatest(c.due_at, l.open_at) end as until
  from chunks c left join lanes l on l.tenant_id = c.tenant_id and l.name = c.lane
  where c.tenant_id = :tenant and c.run_id in {_RUN_IDS} and c.state in ('ready', 'leased')) x
group by 1, 2, 3 order by 1, 4, 2
"""  # noqa: S608


def held_by(run: Run, counted: Mapping[str, int], holding: Mapping[str, Any]) -> str:
    """In words what holds a run, as `view`: "working", "waits for people", "waits for quota_day until …", …"""
    state = str(run["state"])
    if state == "waiting":
        return "waits for people"
    if state in ("pending", "running") and not holding["busy"] and holding["lanes"]:
        first = holding["lanes"][0]
        return (
            "is paused"
            if first["reason"] == "paused"
            else f"waits for {first['reason']} until {_moment(first['until'])}"
        )
    words = {"pending": "about to start", "running": "working", "cancelling": "being cancelled"}
    return words.get(state, state)


def waiting_for_people(connection: "Connection", tenant: str, run_ids: Sequence[str]) -> dict[str, int]:
    """Run id → items that a person has to do or to approve."""
    statement = f"""
        select run_id, count(*) as n from items where tenant_id = :tenant and run_id in {_RUN_IDS} and chunk_id is null
          and state in ('manual', 'waiting') group by 1
    """  # noqa: S608
    found = {row["run_id"]: row["n"] for row in _rows(connection, statement, tenant, run_ids)}
    return {run: found.get(run, 0) for run in run_ids}


def report(connection: "Connection", run: Run) -> Mapping[str, Mapping[str, Any]]:
    """What the run's flow reports of it beside the common figures: {"pushed": {target: n}, "detail": {…}}."""
    try:
        declared = flow(run["flow"])
    except NotFound:  # a run of a flow that this release no longer has
        return {}
    if declared.report is None:
        return {}
    told: Mapping[str, Mapping[str, Any]] = load(declared.report)(connection, run["tenant_id"], [run["id"]])
    return told


def seconds_per_item(connection: "Connection", tenant: str, flow_name: str) -> float | None:
    """Measured on the newest completed runs of a flow; None before there are any."""
    statement = """
        select sum(seconds) / nullif(sum(fetched), 0) from (
          select extract(epoch from r.wall_settled_at - r.wall_created_at) as seconds,
            (select sum(fetched) from run_counts c where c.run_id = r.id) as fetched
          from runs r where r.tenant_id = :tenant and r.flow = :flow and r.state = 'completed'
          order by r.created_at desc limit :most) x where fetched > 0
    """
    row = _execute(connection, statement, tenant=tenant, flow=flow_name, most=_RATED_RUNS).scalar()
    return None if row is None else float(row)


def overview(connection: "Connection", tenant: str) -> dict[str, Any]:
    """Depth, ages and utilisation of the whole tenant: {runs, chunks, lanes, people, quarantine}."""
    one = _execute(connection, _OVERVIEW, tenant=tenant).mappings().one()
    lanes = [dict(row) for row in _execute(connection, _LANES, tenant=tenant).mappings()]
    return {
        **dict(one),
        "lanes": [{**lane, "utilisation": _share(lane["leased"], lane["width"])} for lane in lanes],
    }


_OVERVIEW = """
select (select count(*) from runs where tenant_id = :tenant and state in ('pending', 'running', 'cancelling')) as active_runs,
  (select count(*) from chunks where tenant_id = :tenant and state = 'ready') as chunks_ready,
  (select count(*) from chunks where tenant_id = :tenant and state = 'leased') as chunks_leased,
  (select extract(epoch from max(shelfline_now() - due_at))::float8 from chunks where tenant_id = :tenant and state = 'ready'
    and due_at <= shelfline_now()) as oldest_ready_seconds,
  (select count(*) from manual_tasks where tenant_id = :tenant and state = 'open') as tasks_open,
  (select count(*) from manual_tasks where tenant_id = :tenant and state = 'claimed') as tasks_claimed,
  (select extract(epoch from max(shelfline_now() - created_at))::float8 from manual_tasks where tenant_id = :tenant
    and state in ('open', 'claimed')) as oldest_task_seconds,
  (select count(*) from staged_changes where tenant_id = :tenant and state = 'pending') as changes_pending,
  (select count(*) from quarantine where tenant_id = :tenant and state = 'open') as quarantined
"""
_LANES = """
select c.lane, max(l.width) as width, count(*) filter (where c.state = 'leased') as leased,
  count(*) filter (where c.state = 'ready') as ready, bool_or(l.paused) as paused,
  max(l.open_at) filter (where l.open_at > shelfline_now()) as opens_at, max(l.wait_reason) as wait_reason
from chunks c join lanes l on l.tenant_id = c.tenant_id and l.name = c.lane
where c.tenant_id = :tenant and c.state in ('ready', 'leased') group by c.lane order by c.lane
"""


def _tally(
    connection: "Connection",
    tenant: str,
    run_ids: Sequence[str],
    *,
    table: str,
    column: str,
    where: str = "true",
    order: str = "2",
) -> dict[str, dict[str, int]]:
    """Run id → value of a column → rows of a table that have it."""
    statement = (
        f"select run_id, {column} as name, count(*) as n from {table} "  # noqa: S608
        f"where tenant_id = :tenant and run_id in {_RUN_IDS} and {where} group by 1, 2 order by {order}"
    )
    answer: dict[str, dict[str, int]] = {run: {} for run in run_ids}
    for row in _rows(connection, statement, tenant, run_ids):
        answer[row["run_id"]][row["name"]] = row["n"]
    return answer


def _rows(
    connection: "Connection", statement: str, tenant: str, run_ids: Sequence[str]
) -> list[Mapping[str, Any]]:
    return [
        dict(row)
        for row in _execute(connection, statement, tenant=tenant, runs=as_json(list(run_ids))).mappings()
    ]


def _execute(connection: "Connection", statement: str, **values: Any) -> Any:
    from sqlalchemy import text

    return connection.execute(text(statement), values)


def _share(part: int, whole: int | None) -> float | None:
    return round(part / whole, 3) if whole else None


def _moment(value: datetime | None) -> str:
    return value.strftime("%Y-%m-%d %H:%M UTC") if value else "told otherwise"
