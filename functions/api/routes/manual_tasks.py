"""Manual tasks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from common.interface.answers import Answer, Name, Text
from common.interface.manual_tasks import ManualTaskPage, ManualTasks, ManualTaskView, Priority, TaskState
from functions.api.serving import Body, Id, served_by

router = APIRouter(prefix="/manual/tasks", tags=["manual tasks"])
TheManualTasks = Annotated[ManualTasks, Depends(served_by(ManualTasks))]


class ClaimTasks(Body):
    """Who wants tasks, how many and which."""

    editor: Name
    count: int = 1
    flow: str | None = None
    priority: Priority | None = None


class ClaimTask(Body):
    """Who wants this task."""

    editor: Name


class HandBack(Body):
    """fence: of the claim."""

    fence: int
    note: Text | None = None


class Complete(Answer):
    """The answer, under the fence of the claim and by the person who claimed."""

    fence: int
    editor: Name


class Validate(Body):
    """Who has looked at the answer."""

    validator: Name
    validation_notes: Text | None = None


class TaskList(BaseModel):
    """Tasks, best priority first."""

    tasks: list[ManualTaskView]


@router.get("", summary="Tasks for people")
def list_tasks(
    tasks: TheManualTasks,
    flow: str | None = None,
    state: TaskState = "open",
    priority: Priority | None = None,
    task_type: str | None = None,
    run_id: str | None = None,
    editor: str | None = None,
    part_number: str | None = None,
    limit: Annotated[int | None, Query(ge=1)] = None,
    all_priorities: Annotated[bool, Query(alias="all", description="Those of priority LOW, too.")] = False,
) -> ManualTaskPage:
    """At most `manual_batch_size` of them, and `total`. Priority LOW only with `all=true` or when asked for."""
    return tasks.find(
        flow_name=flow,
        state=state,
        priority=priority,
        task_type=task_type,
        run_id=run_id,
        editor=editor,
        part_number=part_number,
        limit=limit,
        all_priorities=all_priorities,
    )


@router.post("/claim", summary="Claim the best free tasks (operator)")
def claim(tasks: TheManualTasks, body: ClaimTasks) -> TaskList:
    """Under a lease of `manual_lease_minutes`; fewer than `count` when there are no more."""
    return TaskList(
        tasks=tasks.claim(body.editor, count=body.count, flow_name=body.flow, priority=body.priority)
    )


@router.get("/{task_id}", summary="One task")
def get(tasks: TheManualTasks, task_id: Id) -> ManualTaskView:
    """With its answer, once there is one."""
    return tasks.get(task_id)


@router.post("/{task_id}/claim", summary="Claim this task (operator)")
def claim_one(
    tasks: TheManualTasks,
    task_id: Id,
    body: ClaimTask,
) -> ManualTaskView:
    """409 when somebody has it."""
    return tasks.claim_one(task_id, body.editor)


@router.post("/{task_id}/hand-back", summary="Give a claimed task back undone (operator)")
def hand_back(
    tasks: TheManualTasks,
    task_id: Id,
    body: HandBack,
) -> ManualTaskView:
    """409 when it is no longer held under this fence."""
    return tasks.hand_back(task_id, body.fence, body.note)


@router.post("/{task_id}/complete", summary="Answer a claimed task (operator)")
def complete(
    tasks: TheManualTasks,
    task_id: Id,
    body: Complete,
) -> ManualTaskView:
    """The record goes on with the answer. The same request again changes nothing; 409 under a stale fence."""
    answer = Answer(**{name: getattr(body, name) for name in Answer.model_fields})
    return tasks.complete(task_id, body.fence, body.editor, answer)


@router.post("/{task_id}/validate", summary="Confirm a completed task (operator)")
def validate(
    tasks: TheManualTasks,
    task_id: Id,
    body: Validate,
) -> ManualTaskView:
    """403 for the person who completed it."""
    return tasks.validate(task_id, body.validator, body.validation_notes)
