"""The core's own rows that an outcome brings along, written set-based in the transaction that records it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.array import array
from common.database.engine import as_json, call
from common.pipeline.flow import ItemStep
from common.pipeline.item import Run
from common.pipeline.outcome import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DECISIONS = """
insert into decisions (tenant_id, run_id, item_id, flow, key, route, rule, rule_version, reason, priority, confidence, features)
select %s, %s, x.item_id, %s, x.key, x.route, x.rule, x.rule_version, x.reason, x.priority, x.confidence, x.features
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, key text, route text, rule text, rule_version text, reason text,
  priority text, confidence float8, features jsonb)
on conflict (item_id) do update set at = shelfline_now(), route = excluded.route, rule = excluded.rule, reason = excluded.reason,
  rule_version = excluded.rule_version, priority = excluded.priority, confidence = excluded.confidence, features = excluded.features
"""

# An open task for the same record is kept as it is: one question to a person, not two.
_MANUAL_TASKS = """
insert into manual_tasks (tenant_id, run_id, flow, item_id, key, task_type, priority, priority_score, confidence, reason, record,
  evidence, error, resume_step)
select %s, %s, %s, x.item_id, x.key, x.task_type, x.priority, x.priority_score, x.confidence, x.reason, x.record, x.evidence,
  x.error, x.resume_step
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, key text, task_type text, priority text, priority_score float8,
  confidence float8, reason text, record jsonb, evidence jsonb, error text, resume_step text)
on conflict (tenant_id, flow, key) where state in ('open', 'claimed') do nothing
"""

_UNASKED = """
select x.item_id from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint)
where not exists (select from manual_tasks t where t.item_id = x.item_id and t.state in ('open', 'claimed'))
"""

_SUPERSEDE = """
update staged_changes s set state = 'superseded', review_note = 'a newer change of run ' || %s
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, target text, key text)
where s.tenant_id = %s and s.target = x.target and s.key = x.key and s.state in ('pending', 'approved') and s.item_id <> x.item_id
returning s.run_id, s.item_id
"""

_WITHDRAW = """
update staged_changes set state = 'superseded', review_note = %s
where tenant_id = %s and target = %s and state = 'pending' and run_id <> %s
  and key in (select jsonb_array_elements_text(cast(%s as jsonb))) returning run_id, item_id
"""

_CHANGES = """
insert into staged_changes (tenant_id, run_id, flow, item_id, target, key, operation, state, base_version, before, after, diff,
  reason, source_system, approved_at, approved_by)
select %s, %s, %s, x.item_id, x.target, x.key, x.operation, x.state, x.base_version, x.before, x.after, x.diff, x.reason,
  x.source_system, case when x.state = 'approved' then shelfline_now() end, case when x.state = 'approved' then 'automatic' end
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, target text, key text, operation text, state text,
  base_version text, before jsonb, after jsonb, diff jsonb, reason text, source_system text)
on conflict (item_id, target) do update set state = excluded.state, base_version = excluded.base_version, before = excluded.before,
  after = excluded.after, diff = excluded.diff, reason = excluded.reason
"""

_QUARANTINE = """
insert into quarantine (tenant_id, run_id, flow, source, row_number, key, problems, raw)
select %s, %s, %s, 'pipeline', x.row_number, x.key, x.problems, x.raw
from jsonb_to_recordset(cast(%s as jsonb)) as x(row_number bigint, key text, problems jsonb, raw jsonb)
on conflict (tenant_id, flow, source, md5(raw::text)) where state = 'open' do nothing
"""

_IN_FLIGHT = """
select distinct item_id from effects where item_id = any(cast(%s as bigint[])) and state in ('sent', 'unknown')
"""


def write(connection: "Connection", run: Run, outcomes: Sequence[Outcome]) -> None:
    """Write the decisions, manual tasks, staged changes and quarantined records that these outcomes bring."""
    _insert(connection, _DECISIONS, run, _rows(outcomes, "decision"))
    _ask(connection, run, _rows(outcomes, "manual_task"))
    _stage(connection, run, _rows(outcomes, "change"))
    _insert(connection, _QUARANTINE, run, _rows(outcomes, "quarantine"))


def has_own_apply(adapter: Any) -> bool:
    """Whether a step writes tables of its flow when it records."""
    return type(adapter).apply is not ItemStep.apply


def items_in_flight(connection: "Connection", items: Collection[int]) -> set[int]:
    """Items with a write that may have reached the outside and is not confirmed."""
    rows = connection.exec_driver_sql(_IN_FLIGHT, (array(items),))
    return {row[0] for row in rows}


def _rows(outcomes: Sequence[Outcome], writer: str) -> list[dict[str, Any]]:
    return [row for outcome in outcomes for row in _of(outcome, outcome.writes.get(writer))]


def _of(
    outcome: Outcome, rows: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None
) -> Iterator[dict[str, Any]]:
    for row in [rows] if isinstance(rows, Mapping) else rows or ():
        yield {"item_id": outcome.item.id, "key": outcome.item.key, "reason": outcome.reason, **row}


def _insert(connection: "Connection", statement: str, run: Run, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.exec_driver_sql(statement, (run.tenant, run.id, run.flow, as_json(rows)))


def _ask(connection: "Connection", run: Run, rows: list[dict[str, Any]]) -> None:
    """Ask people; an item whose question is open already, for another run, has nothing to wait for in this one."""
    if not rows:
        return
    _insert(connection, _MANUAL_TASKS, run, rows)
    unasked = connection.exec_driver_sql(_UNASKED, (as_json(rows),)).scalars().all()
    _end(connection, run.tenant, run.id, unasked, "open_task")


def _stage(connection: "Connection", run: Run, rows: list[dict[str, Any]]) -> None:
    # What is only tried out, in mode TEST, takes nobody's place.
    if opening := [row for row in rows if row["state"] in ("pending", "approved")]:
        superseded = connection.exec_driver_sql(_SUPERSEDE, (run.id, as_json(opening), run.tenant)).all()
        _end_superseded(connection, run.tenant, [(row[0], row[1]) for row in superseded])
    _insert(connection, _CHANGES, run, rows)


def withdraw_changes(connection: "Connection", run: Run, target: str, keys: Sequence[str], note: str) -> None:
    """End what other runs have staged of these records and nobody has approved: a run has found that it is not so any more."""
    if keys:
        values = (note, run.tenant, target, run.id, as_json(list(keys)))
        ended = connection.exec_driver_sql(_WITHDRAW, values).all()
        _end_superseded(connection, run.tenant, [(row[0], row[1]) for row in ended])


def _end_superseded(connection: "Connection", tenant: str, superseded: Sequence[tuple[str, int]]) -> None:
    """Items that waited for the approval of a change that no longer stands have nothing to wait for."""
    for run_id in sorted({run_id for run_id, _ in superseded}):
        _end(connection, tenant, run_id, [item for run, item in superseded if run == run_id], "superseded")


def _end(connection: "Connection", tenant: str, run_id: str, items: Sequence[int], reason: str) -> None:
    if items:
        ending = {
            "tenant": tenant,
            "run": run_id,
            "items": list(items),
            "state": "skipped",
            "outcome": "skip",
        }
        call(connection, "shelfline_end_items_v1", {**ending, "reason": reason, "by": ""})
