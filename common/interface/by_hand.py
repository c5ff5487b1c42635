"""What people add on their own account: answers for records that no run has asked about.

Such answers go the way of all others. A record that has an open task is answered there; for the others a run is made
whose source is the person: its items start out as manual tasks, which are completed at once or left claimed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.auth.tokens import Role
from common.database.engine import as_json, call
from common.errors import NotFound, Usage
from common.flows import flow
from common.interface.answers import Answer
from common.interface.configuration import Configuration
from common.interface.desk import Desk, rows, tell
from common.interface.loading import NumberedLoader, Prepared, numbered_loader_of
from common.interface.manual_tasks import ManualTasks, ManualTaskView
from common.interface.resuming import Resumed
from common.pipeline.runs import new_run_id

if TYPE_CHECKING:
    from sqlalchemy import Connection

MOST_RECORDS = 1000  # of one request
_FLOW = "parts"

_KNOWN = """
select distinct on (i.key) i.key, split_part(i.key, '|', 2) as number, i.data->'record' as record, i.data->>'source_hash' as source_hash
from items i where i.tenant_id = :tenant and i.flow = :flow and i.data->'record' is not null
  and split_part(i.key, '|', 2) in (select jsonb_array_elements_text(cast(:numbers as jsonb)))
order by i.key, i.id desc
"""
_OPEN_TASKS = """
select id, key, state, claimed_by, fence, run_id from manual_tasks where tenant_id = :tenant and flow = :flow
  and state in ('open', 'claimed') and key in (select jsonb_array_elements_text(cast(:keys as jsonb))) order by id for update
"""
_RUN = """
insert into runs (id, tenant_id, flow, mode, state, options, settings, declared, created_by, started_at, settled_at, wall_settled_at)
values (:id, :tenant, :flow, :mode, 'waiting', '{"by_hand": true}', cast(:settings as jsonb), :count, :by, shelfline_now(),
  shelfline_now(), clock_timestamp())
"""
_ITEMS = """
insert into items (tenant_id, run_id, flow, key, step, state, outcome, reason, priority, data)
select :tenant, :run, :flow, x.key, :step, 'manual', 'manual', 'by_hand', 0.5, x.data
from jsonb_to_recordset(cast(:items as jsonb)) as x(key text, data jsonb) order by x.key returning id, key, data
"""
_COUNTS = """
insert into run_counts (tenant_id, run_id, fetched, manual) values (:tenant, :run, :count, :count)
"""
_TASKS = """
insert into manual_tasks (tenant_id, flow, key, run_id, item_id, task_type, priority, priority_score, confidence, reason, record,
  resume_step)
select i.tenant_id, i.flow, i.key, i.run_id, i.id, 'manual_imputation', 'MEDIUM', 0.5, 1, 'by_hand',
  coalesce(i.data->'record', '{}'), :resume_step
from items i where i.tenant_id = :tenant and i.run_id = :run order by i.id
returning id, key, state, claimed_by, fence, run_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Which record is meant. manufacturer: needed where several make a part of that number, or nobody we know of."""

    part_number: str
    manufacturer: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """What came of a request: the run it made (None when every record had a task already), and the tasks."""

    run_id: str | None
    tasks: list[ManualTaskView]


class ByHand(Desk):
    """Answers that a person gives unasked."""

    def ask(self, records: Sequence[Record], editor: str, note: str | None = None) -> Answered:
        """Make tasks for records and claim them for `editor`, who answers later. Errors as `answer`."""
        return self._take(records, editor, None, note)

    def answer(self, entries: Sequence[tuple[Record, Answer]], editor: str) -> Answered:
        """Answer for records, all or none; each goes on in its run.

        Raises NotFound for a part number nobody knows (give the manufacturer to make it known), Usage for one that
        several make, Conflict when somebody else has claimed a record's task.
        """
        return self._take(
            [record for record, _ in entries], editor, [answer.checked() for _, answer in entries], None
        )

    def _take(
        self, records: Sequence[Record], editor: str, answers: Sequence[Answer] | None, note: str | None
    ) -> Answered:
        self.require(Role.OPERATOR)
        if not 1 <= len(records) <= MOST_RECORDS:
            raise Usage(f"Name 1 to {MOST_RECORDS} records at once.", reason="bad_number")
        desk = ManualTasks(self.services, self.principal)
        prepared = self._prepared(records)
        resumed: list[Resumed] = []
        with self.transaction() as connection:
            tasks, run_id = self._tasks(connection, prepared)
            taken = []
            for place, item in enumerate(prepared):
                claimed = self._claimed(desk, connection, tasks[item.key], editor)
                if answers is not None:
                    claimed, moved = desk.complete_within(
                        connection, claimed.id, claimed.fence, editor, answers[place]
                    )
                    resumed += moved
                taken.append(claimed)
            if note and run_id:
                tell(connection, self.tenant, run_id, "note", {"note": note, "by": self.principal.name})
        desk.wake(resumed)
        return Answered(run_id=run_id, tasks=taken)

    def _claimed(
        self, desk: ManualTasks, connection: "Connection", task: Mapping[str, Any], editor: str
    ) -> ManualTaskView:
        if task["state"] == "claimed" and task["claimed_by"] == editor:
            return desk.get_within(connection, task["id"])
        return desk.claim_within(connection, task["id"], editor)

    def _prepared(self, records: Sequence[Record]) -> list[Prepared]:
        """Each record as the source last had it, or made of what was given."""
        loader = numbered_loader_of(_FLOW, self.services)
        found = self.rows(
            _KNOWN, flow=_FLOW, numbers=as_json([loader.number_in_key(each.part_number) for each in records])
        )
        prepared = [_meant(record, loader, found) for record in records]
        keys = [item.key for item in prepared]
        if twice := sorted({key for key in keys if keys.count(key) > 1}):
            raise Usage(
                f"Named twice: {', '.join(twice)}; give everything about a record at once.",
                reason="named_twice",
            )
        return prepared

    def _tasks(
        self, connection: "Connection", prepared: Sequence[Prepared]
    ) -> tuple[dict[str, Mapping[str, Any]], str | None]:
        """The open task of each record by its key, and the run that was made for those that had none."""
        keys = as_json([item.key for item in prepared])
        tasks: dict[str, Mapping[str, Any]] = {}
        tasks |= {
            task["key"]: task
            for task in rows(connection, _OPEN_TASKS, tenant=self.tenant, flow=_FLOW, keys=keys)
        }
        missing = [item for item in prepared if item.key not in tasks]
        if not missing:
            return tasks, None
        run_id, made = self._made(connection, missing)
        return {**tasks, **{task["key"]: task for task in made}}, run_id

    def _made(
        self, connection: "Connection", missing: Sequence[Prepared]
    ) -> tuple[str, list[dict[str, Any]]]:
        declared, settings = (
            flow(_FLOW),
            Configuration(self.services, self.principal).resolved_within(connection, _FLOW),
        )
        run_id = new_run_id(_FLOW)
        by = {"tenant": self.tenant, "run": run_id}
        run = {"settings": as_json(settings.as_json()), "mode": settings.mode, "by": self.principal.name}
        rows(connection, _RUN, id=run_id, tenant=self.tenant, flow=_FLOW, count=len(missing), **run)
        for step in declared.steps:
            width = settings.number(step.width) if isinstance(step.width, str) else step.width
            call(connection, "shelfline_set_lane_v1", self.tenant, declared.lane(step, run_id), width)
        items = as_json([{"key": item.key, "data": item.data} for item in missing])
        made = rows(connection, _ITEMS, flow=_FLOW, step=declared.steps[1].name, items=items, **by)
        rows(connection, _COUNTS, count=len(made), **by)
        tell(
            connection,
            self.tenant,
            run_id,
            "run_created",
            {"flow": _FLOW, "mode": settings.mode, "by_hand": True},
        )
        for item in made:
            tell(
                connection,
                self.tenant,
                run_id,
                "manual",
                {"reason": "by_hand", "state": "manual"},
                item=item["id"],
            )
        return run_id, rows(connection, _TASKS, resume_step=declared.resume_step, **by)


def _meant(record: Record, loader: NumberedLoader, found: Sequence[Mapping[str, Any]]) -> Prepared:
    number = loader.number_in_key(record.part_number)
    same = [row for row in found if row["number"] == number]
    if record.manufacturer is not None:
        same = [row for row in same if row["key"] == loader.key_of(record.manufacturer, record.part_number)]
        return _as_known(same[0]) if same else _as_new(record, loader)
    if not same:
        raise NotFound(
            f"No run has met the part {record.part_number!r}; load it first, or name its manufacturer.",
            reason="unknown_part",
        )
    if len(same) > 1:
        makers = ", ".join(sorted(str(row["record"]["manufacturer"]) for row in same))
        raise Usage(
            f"{record.part_number} is made by {makers}; name the manufacturer.", reason="ambiguous_part"
        )
    return _as_known(same[0])


def _as_known(row: Mapping[str, Any]) -> Prepared:
    return Prepared(key=row["key"], data={"record": row["record"], "source_hash": row["source_hash"]})


def _as_new(record: Record, loader: NumberedLoader) -> Prepared:
    prepared = loader.prepare({"pn": record.part_number, "manufacturer": record.manufacturer})
    if isinstance(prepared, Prepared):
        return prepared
    raise Usage("; ".join(problem.detail for problem in prepared), reason="bad_record")
