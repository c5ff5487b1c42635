"""Manual tasks: listed, claimed under a lease, handed back, completed, validated.

A claim raises the task's fence; only who holds the newest fence can complete it. A lease that ran out leaves the task to
whoever claims it next, and to its holder as long as nobody has.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from common.auth.tokens import Role
from common.database.engine import as_json
from common.errors import Conflict, Forbidden, NotFound, Usage
from common.flows import flow
from common.interface.answers import Answer
from common.interface.configuration import Configuration
from common.interface.desk import Desk, View, rows, single, tell
from common.interface.resuming import Resumed, end, resume
from common.pipeline.runs import Runs as Engine
from common.settings import ResolvedSettings

if TYPE_CHECKING:
    from sqlalchemy import Connection

TaskState = Literal["open", "claimed", "completed", "cancelled"]
Priority = Literal["HIGH", "MEDIUM", "LOW"]

_FREE = "(state = 'open' or (state = 'claimed' and lease_until < shelfline_now()))"
_BEST_FIRST = "array_position(array['HIGH', 'MEDIUM', 'LOW'], priority), priority_score desc, id"

_FILTERS = f"""
where tenant_id = :tenant
  and (cast(:flow as text) is null or flow = :flow)
  and (cast(:state as text) is null or case :state when 'open' then {_FREE} when 'claimed' then state = 'claimed' and not {_FREE}
       else state = :state end)
  and (cast(:priority as text) is null or priority = :priority)
  and (cast(:priority as text) is not null or :all or priority <> 'LOW')
  and (cast(:task_type as text) is null or task_type = :task_type)
  and (cast(:run_id as text) is null or run_id = :run_id)
  and (cast(:editor as text) is null or coalesce(editor, claimed_by) = :editor)
  and (cast(:part_number as text) is null or lower(record->>'part_number') = lower(:part_number))
  and (cast(:since_days as float8) is null or updated_at > shelfline_now() - make_interval(secs => 86400 * cast(:since_days as float8)))
"""
_LIST = f"select * from manual_tasks {_FILTERS} order by {_BEST_FIRST} limit :limit"  # noqa: S608
_COUNT = f"select count(*) from manual_tasks {_FILTERS}"  # noqa: S608
_CLAIM = f"""
with chosen as (
  select id from manual_tasks where tenant_id = :tenant and {_FREE}
    and (cast(:flow as text) is null or flow = :flow) and (cast(:priority as text) is null or priority = :priority)
    and (cast(:id as bigint) is null or id = :id)
  order by {_BEST_FIRST} limit :count for update skip locked)
update manual_tasks t set state = 'claimed', claimed_by = :editor, fence = fence + 1, updated_at = shelfline_now(),
  lease_until = shelfline_now() + make_interval(mins => :minutes)
from chosen c where t.id = c.id returning t.*
"""  # noqa: S608
_LOCK = "select * from manual_tasks where tenant_id = :tenant and id = :id for update"
_HAND_BACK = """
update manual_tasks set state = 'open', claimed_by = null, lease_until = null, fence = fence + 1, updated_at = shelfline_now(),
  note = coalesce(:note, note)
where tenant_id = :tenant and id = :id returning *
"""
_COMPLETE = """
update manual_tasks set state = 'completed', answer = cast(:answer as jsonb), editor = :editor, note = :note,
  source_url = :source_url, completed_at = shelfline_now(), updated_at = shelfline_now(), lease_until = null
where tenant_id = :tenant and id = :id returning *
"""
_VALIDATE = """
update manual_tasks set validator = :validator, validated_at = shelfline_now(), updated_at = shelfline_now(),
  validation_note = :note
where tenant_id = :tenant and id = :id returning *
"""
_CHANGE = """
update manual_tasks set note = coalesce(:note, note), priority = coalesce(:priority, priority), updated_at = shelfline_now()
where tenant_id = :tenant and id = :id returning *
"""
_CANCEL = """
update manual_tasks set state = 'cancelled', lease_until = null, updated_at = shelfline_now()
where tenant_id = :tenant and id = :id returning *
"""
# A record that was sent to a person by two runs at once has one task; its answer serves both.
_PARKED = """
select run_id, array_agg(id order by id) as items from items
where tenant_id = :tenant and flow = :flow and key = :key and state = 'manual' and chunk_id is null group by run_id order by run_id
"""


class ManualTaskView(View):
    """A question to a person, and the answer once there is one. lease_until and the other times are business time."""

    id: int
    flow: str
    key: str
    run_id: str | None
    item_id: int | None
    task_type: str
    state: str
    priority: str
    priority_score: float
    confidence: float
    reason: str
    record: dict[str, Any]
    evidence: list[Any]
    error: str | None
    answer: dict[str, Any] | None
    claimed_by: str | None
    lease_until: datetime | None
    fence: int
    editor: str | None
    note: str | None
    source_url: str | None
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    validator: str | None
    validated_at: datetime | None
    validation_note: str | None


class ManualTaskPage(View):
    """Some tasks, best priority first, and how many there are in all."""

    tasks: list[ManualTaskView]
    total: int


class ManualTasks(Desk):
    """The tenant's questions to people."""

    def find(
        self,
        *,
        flow_name: str | None = None,
        state: TaskState | None = "open",
        priority: Priority | None = None,
        task_type: str | None = None,
        run_id: str | None = None,
        editor: str | None = None,
        part_number: str | None = None,
        since_days: float | None = None,
        limit: int | None = None,
        all_priorities: bool = False,
    ) -> ManualTaskPage:
        """Tasks by state and other filters; priority LOW only when asked for. At most `manual_batch_size` at once."""
        most = self._settings.manual_batch_size
        filters: dict[str, Any] = {
            "tenant": self.tenant,
            "flow": flow_name,
            "state": state,
            "priority": priority,
        }
        filters |= {"task_type": task_type, "run_id": run_id, "editor": editor, "part_number": part_number}
        filters |= {"since_days": since_days, "all": all_priorities}
        with self.transaction() as connection:
            found = rows(connection, _LIST, **filters, limit=min(limit or most, most))
            total = single(connection, _COUNT, **filters)
        return ManualTaskPage(tasks=[_view(row) for row in found], total=int(total))

    def get(self, task_id: int) -> ManualTaskView:
        """One task. Raises NotFound."""
        found = self.rows("select * from manual_tasks where tenant_id = :tenant and id = :id", id=task_id)
        if not found:
            raise _unknown(task_id)
        return _view(found[0])

    def claim(
        self, editor: str, *, count: int = 1, flow_name: str | None = None, priority: Priority | None = None
    ) -> list[ManualTaskView]:
        """Take the best free tasks under a lease; fewer than `count` when there are no more.

        Raises Usage when more than `manual_batch_size` are asked for.
        """
        self.require(Role.OPERATOR)
        settings = self._settings
        most, minutes = settings.manual_batch_size, settings.manual_lease_minutes
        if not 1 <= count <= most:
            raise Usage(
                f"One person claims 1 to {most} tasks at once (manual_batch_size).", reason="too_many"
            )
        with self.transaction() as connection:
            return self._claimed(connection, editor, minutes, count=count, flow=flow_name, priority=priority)

    def claim_one(self, task_id: int, editor: str) -> ManualTaskView:
        """Take this one. Raises NotFound, or Conflict when somebody has it or it is done."""
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            return self.claim_within(connection, task_id, editor)

    def claim_within(self, connection: "Connection", task_id: int, editor: str) -> ManualTaskView:
        """As `claim_one`, inside a transaction of the caller's."""
        minutes = self._settings_within(connection).manual_lease_minutes
        claimed = self._claimed(connection, editor, minutes, task_id=task_id)
        if not claimed:
            raise _not_free(self._locked(connection, task_id))
        return claimed[0]

    def get_within(self, connection: "Connection", task_id: int) -> ManualTaskView:
        """One task, locked for the rest of the caller's transaction. Raises NotFound."""
        return _view(self._locked(connection, task_id))

    def change(
        self, task_id: int, *, note: str | None = None, priority: Priority | None = None
    ) -> ManualTaskView:
        """Change the note or priority of a task that is not done. Raises NotFound or Conflict."""
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            _check_unfinished(self._locked(connection, task_id))
            values = {"note": note, "priority": priority}
            changed = rows(connection, _CHANGE, tenant=self.tenant, id=task_id, **values)[0]
            self._tell(connection, changed, "task_changed", **values)
        return _view(changed)

    def cancel(self, task_id: int) -> ManualTaskView:
        """End a task unanswered; its record ends as rejected. Raises NotFound or Conflict."""
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            _check_unfinished(self._locked(connection, task_id))
            cancelled = rows(connection, _CANCEL, tenant=self.tenant, id=task_id)[0]
            self._tell(connection, cancelled, "task_cancelled")
            run_id, item_id = cancelled["run_id"], cancelled["item_id"]
            if run_id and item_id:
                end(
                    connection,
                    self.tenant,
                    run_id,
                    [item_id],
                    reason="task_cancelled",
                    by=self.principal.name,
                )
        if run_id:
            Engine(self.services.database, self.services.waker).follow_up(self.tenant, run_id)
        return _view(cancelled)

    def hand_back(self, task_id: int, fence: int, note: str | None = None) -> ManualTaskView:
        """Give a claimed task back undone. Raises NotFound, or Conflict when it is no longer ours."""
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            _check_held(self._locked(connection, task_id), fence)
            given_back = rows(connection, _HAND_BACK, tenant=self.tenant, id=task_id, note=note)[0]
            self._tell(connection, given_back, "task_handed_back", note=note)
        return _view(given_back)

    def complete(self, task_id: int, fence: int, editor: str, answer: Answer) -> ManualTaskView:
        """Keep the answer and let the record go on with it; asking again with the same answer changes nothing.

        Raises NotFound, Usage for an empty answer, Conflict when the task is no longer held under this fence and editor.
        """
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            completed, resumed = self.complete_within(connection, task_id, fence, editor, answer)
        self.wake(resumed)
        return completed

    def complete_within(
        self, connection: "Connection", task_id: int, fence: int, editor: str, answer: Answer
    ) -> tuple[ManualTaskView, list[Resumed]]:
        """As `complete`, inside a transaction of the caller's, who calls `wake` after its commit."""
        task = self._locked(connection, task_id)
        said = answer.checked(note_suffices=flow(task["flow"]).note_answers)
        kept = said.as_json(editor, self.principal.name)
        if task["state"] == "completed" and task["fence"] == fence and task["answer"] == kept:
            return _view(task), []
        _check_held(task, fence, editor)
        values = {"editor": editor, "note": answer.note, "source_url": answer.source_url}
        done = rows(connection, _COMPLETE, tenant=self.tenant, id=task_id, answer=as_json(kept), **values)[0]
        self._tell(connection, done, "task_completed", editor=editor, updates=answer.updates)
        return _view(done), self._resume(connection, done, kept)

    def wake(self, resumed: Sequence[Resumed]) -> None:
        """Wake what a completion let go on; what is missed here, sweep finds."""
        self.services.waker.wake_lanes(self.tenant, sorted({each.lane for each in resumed}))

    def validate(self, task_id: int, validator: str, note: str | None = None) -> ManualTaskView:
        """A second person has looked at a completed task. Raises NotFound, Conflict, or Forbidden for the editor."""
        self.require(Role.OPERATOR)
        with self.transaction() as connection:
            task = self._locked(connection, task_id)
            if task["state"] != "completed":
                raise Conflict(f"Task {task_id} is {task['state']}; only a completed one can be validated.")
            if _same_person(validator, task["editor"]):
                raise Forbidden(
                    f"{validator} completed task {task_id}; somebody else has to validate it.",
                    reason="own_work",
                )
            checked = rows(
                connection, _VALIDATE, tenant=self.tenant, id=task_id, validator=validator, note=note
            )[0]
            self._tell(connection, checked, "task_validated", validator=validator, note=note)
        return _view(checked)

    @property
    def _settings(self) -> ResolvedSettings:
        return Configuration(self.services, self.principal).resolved()

    def _settings_within(self, connection: "Connection") -> ResolvedSettings:
        return Configuration(self.services, self.principal).resolved_within(connection)

    def _claimed(
        self,
        connection: "Connection",
        editor: str,
        minutes: int,
        *,
        count: int = 1,
        flow: str | None = None,
        priority: str | None = None,
        task_id: int | None = None,
    ) -> list[ManualTaskView]:
        values = {"tenant": self.tenant, "editor": editor, "minutes": minutes}
        found = rows(connection, _CLAIM, **values, count=count, flow=flow, priority=priority, id=task_id)
        for task in found:
            self._tell(connection, task, "task_claimed", editor=editor)
        return sorted((_view(task) for task in found), key=_urgency)

    def _locked(self, connection: "Connection", task_id: int) -> dict[str, Any]:
        found = rows(connection, _LOCK, tenant=self.tenant, id=task_id)
        if not found:
            raise _unknown(task_id)
        return found[0]

    def _resume(
        self, connection: "Connection", task: Mapping[str, Any], answer: Mapping[str, Any]
    ) -> list[Resumed]:
        parked = rows(connection, _PARKED, tenant=self.tenant, flow=task["flow"], key=task["key"])
        resumed = [
            resume(
                connection,
                self.tenant,
                row["run_id"],
                task["flow"],
                row["items"],
                task["resume_step"],
                state="manual",
                reason="manual_task_completed",
                by=self.principal.name,
                data={item: {"answer": answer} for item in row["items"]},
            )
            for row in parked
        ]
        if task["item_id"] is not None and not any(each.moved for each in resumed):
            raise Conflict(
                f"The record of task {task['id']} no longer waits for it: its run was cancelled or has gone on.",
                reason="not_waiting",
            )
        return resumed

    def _tell(self, connection: "Connection", task: Mapping[str, Any], kind: str, **details: Any) -> None:
        stream = task["run_id"] or f"tenant/{self.tenant}"
        body = {"task": task["id"], "by": self.principal.name, **details}
        tell(connection, self.tenant, stream, kind, body, item=task["item_id"])


def _view(row: Mapping[str, Any]) -> ManualTaskView:
    return ManualTaskView(**{name: row[name] for name in ManualTaskView.model_fields})


def _urgency(task: ManualTaskView) -> tuple[int, float, int]:
    return ("HIGH", "MEDIUM", "LOW").index(task.priority), -task.priority_score, task.id


def _check_held(task: Mapping[str, Any], fence: int, editor: str | None = None) -> None:
    if task["state"] != "claimed" or task["fence"] != fence:
        raise Conflict(
            f"Task {task['id']} is no longer held under fence {fence}: its lease ran out or it was handed back or done; "
            "claim it again.",
            reason="stale_fence",
        )
    if editor is not None and not _same_person(editor, task["claimed_by"]):
        raise Conflict(
            f"Task {task['id']} is held by {task['claimed_by']}, not by {editor}.", reason="not_the_holder"
        )


def _check_unfinished(task: Mapping[str, Any]) -> None:
    if task["state"] not in ("open", "claimed"):
        raise Conflict(f"Task {task['id']} is {task['state']} already.", reason="not_open")


def _not_free(task: Mapping[str, Any]) -> Conflict:
    if task["state"] == "claimed":
        message = f"Task {task['id']} is held by {task['claimed_by']} until {task['lease_until']:%Y-%m-%d %H:%M UTC}."
        return Conflict(message, reason="held")
    return Conflict(f"Task {task['id']} is {task['state']} already.", reason="not_open")


def _same_person(name: str, other: str | None) -> bool:
    return other is not None and name.strip().casefold() == other.strip().casefold()


def _unknown(task_id: int) -> NotFound:
    return NotFound(
        f"There is no manual task {task_id}; `shelfline tasks` lists the open ones.", reason="unknown_task"
    )
