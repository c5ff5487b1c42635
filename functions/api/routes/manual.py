"""What people add and look up, under the paths of the first version's users: thin views of tasks and the catalogue."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, UploadFile
from pydantic import BaseModel, Field

from common.errors import Conflict, NotFound, Usage
from common.interface.answer_files import AnswerFile, FileProblem
from common.interface.answers import Address, Answer, Attribute, Document, Extra, Name, Seller, Text
from common.interface.batches import Batches, BatchStatus
from common.interface.by_hand import Answered, ByHand, Record
from common.interface.catalogue import (
    Catalogue,
)
from common.interface.manual_tasks import ManualTaskPage, ManualTasks, ManualTaskView, Priority, TaskState
from functions.api.envelope import Envelope, told
from functions.api.serving import Body, Id, served_by

router = APIRouter(prefix="/manual", tags=["manual"])
TheBatches = Annotated[Batches, Depends(served_by(Batches))]
TheByHand = Annotated[ByHand, Depends(served_by(ByHand))]
TheCatalogue = Annotated[Catalogue, Depends(served_by(Catalogue))]
TheTasks = Annotated[ManualTasks, Depends(served_by(ManualTasks))]
Limit = Annotated[int, Query(ge=1, le=1000)]


class Findings(Body):
    """What somebody found out, and where."""

    notes: Text | None = None
    source_url: Address | None = None
    attributes: list[Attribute] = Field(default_factory=list)
    extras: list[Extra] = Field(default_factory=list)
    documents: list[Document] = Field(default_factory=list)
    sellers: list[Seller] = Field(default_factory=list)

    def answer(self) -> Answer:
        """As an answer."""
        lists = {name: getattr(self, name) for name in ("attributes", "extras", "documents", "sellers")}
        return Answer(note=self.notes, source_url=self.source_url, **lists)


class Imputation(Findings):
    """What somebody knows of a part. manufacturer: where several make that number, or nobody we know of."""

    part_number: Name
    manufacturer: Name | None = None
    editor: Name
    batch_id: str | None = Field(default=None, description="The batch in which the part waits for it.")


class TaskDone(BaseModel):
    """The tasks that were answered, and the batch they go on in."""

    batch_id: str | None
    task_ids: list[int]
    tasks: list[ManualTaskView]


class Validation(Body):
    """Who has looked at the answer."""

    validator: Name
    validation_notes: Text | None = None


class ChangeTask(Body):
    """What to change about a task that is not done."""

    note: Text | None = None
    priority: Priority | None = None


class CreateTask(Body):
    """A part by exactly one of product_id and part_number."""

    product_id: str | None = None
    part_number: Name | None = None
    manufacturer: Name | None = None
    editor: Name
    notes: Text | None = None


class ProcessTask(Findings):
    """The answer to a task that its editor has claimed or created."""

    task_id: Annotated[int, Field(ge=1, le=2**63 - 1)]
    editor: Name | None = Field(default=None, description="Who holds the task; left out, whoever does.")


class CreateBatch(Body):
    """Many parts at once."""

    editor: Name
    items: Annotated[list[Imputation], Field(min_length=1, max_length=1000)]


class Imported(BaseModel):
    """What became of a file. parts: those without a problem; nothing was changed when `validated_only`."""

    rows: int
    parts: int
    validated_only: bool
    batch_id: str | None
    task_ids: list[int]
    problems: list[FileProblem]


@router.post("/imputation/", summary="Add what you know of a part (operator)")
def impute(by_hand: TheByHand, tasks: TheTasks, body: Imputation) -> Envelope[TaskDone]:
    """It answers the part's open task, or makes one and answers it; then it goes the way of all parts."""
    if body.batch_id is not None:
        _check_asked(tasks, body.batch_id, body.part_number)
    return told(
        _done(by_hand.answer([(_record(body), body.answer())], body.editor)), "Taken; the part goes on."
    )


@router.get("/history/", summary="Answers, newest first")
def history(
    tasks: TheTasks, editor: str | None = None, part_number: str | None = None, limit: Limit = 50
) -> Envelope[list[ManualTaskView]]:
    """Completed tasks."""
    page = tasks.find(
        state="completed", editor=editor, part_number=part_number, limit=limit, all_priorities=True
    )
    return told(sorted(page.tasks, key=_completion, reverse=True))


@router.post("/validate/{task_id}/", summary="Confirm an answer (operator)")
def validate(tasks: TheTasks, task_id: Id, body: Validation) -> Envelope[ManualTaskView]:
    """403 for the person who gave it."""
    return told(tasks.validate(task_id, body.validator, body.validation_notes))


@router.get("/task/{task_id}/", summary="One task")
def get_task(tasks: TheTasks, task_id: Id) -> Envelope[ManualTaskView]:
    """With its answer, once there is one."""
    return told(tasks.get(task_id))


@router.put("/task/{task_id}/", summary="Change a task that is not done (operator)")
def change_task(tasks: TheTasks, task_id: Id, body: ChangeTask) -> Envelope[ManualTaskView]:
    """Its note or priority."""
    return told(tasks.change(task_id, note=body.note, priority=body.priority))


@router.delete("/task/{task_id}/", summary="End a task unanswered (operator)")
def cancel_task(tasks: TheTasks, task_id: Id) -> Envelope[ManualTaskView]:
    """Its record ends as rejected; nothing is deleted."""
    return told(tasks.cancel(task_id))


@router.get("/tasks/", summary="Tasks by any state")
def list_tasks(
    tasks: TheTasks,
    part_number: str | None = None,
    last_updated_days: Annotated[float | None, Query(gt=0, le=3650)] = None,
    status: TaskState | None = None,
    editor: str | None = None,
    batch_id: str | None = None,
    limit: Limit = 50,
) -> Envelope[ManualTaskPage]:
    """At most `manual_batch_size` at once."""
    page = tasks.find(
        state=status,
        part_number=part_number,
        since_days=last_updated_days,
        editor=editor,
        run_id=batch_id,
        limit=limit,
        all_priorities=True,
    )
    return told(page)


@router.post("/task/create/", summary="Make a task for a part and claim it (operator)")
def create_task(by_hand: TheByHand, catalogue: TheCatalogue, body: CreateTask) -> Envelope[ManualTaskView]:
    """Answer it with `/manual/task/process/`, or hand it back."""
    if (body.product_id is None) == (body.part_number is None):
        raise Usage("Give exactly one of product_id and part_number.", reason="bad_choice")
    if body.product_id is not None:
        part = catalogue.details(body.product_id)
        record = Record(part_number=part.part_number, manufacturer=part.manufacturer)
    else:
        assert body.part_number is not None
        record = Record(part_number=body.part_number, manufacturer=body.manufacturer)
    return told(by_hand.ask([record], body.editor, body.notes).tasks[0], "Made and claimed.")


@router.post("/task/process/", summary="Answer a claimed task (operator)")
def process_task(tasks: TheTasks, body: ProcessTask) -> Envelope[ManualTaskView]:
    """409 when nobody, or somebody else, holds it."""
    task = tasks.get(body.task_id)
    editor = body.editor or task.claimed_by
    if editor is None:
        raise Conflict(f"Nobody holds task {task.id}; claim it first.", reason="not_held")
    return told(
        tasks.complete(task.id, task.fence, editor, body.answer()),
        "Taken; the part goes on.",
    )


@router.post("/batch/create/", summary="Add what you know of many parts (operator)")
def create_batch(by_hand: TheByHand, body: CreateBatch) -> Envelope[TaskDone]:
    """All or none."""
    return told(_done(by_hand.answer([(_record(item), item.answer()) for item in body.items], body.editor)))


@router.post("/batch/import-csv/", summary="Add what a file knows of many parts (operator)")
def import_csv(
    by_hand: TheByHand,
    file: Annotated[UploadFile, File(description="CSV with the column part_number and any of the others.")],
    editor: Annotated[Name, Query()],
    validate_only: bool = False,
) -> Envelope[Imported]:
    """Rows of one part number are one answer. Parts with a bad row are left out and told, with row numbers."""
    content = AnswerFile(file.file)
    answers = content.answers
    answered = Answered(run_id=None, tasks=[])
    if answers and not validate_only:
        answered = by_hand.answer(answers, editor)
    imported = Imported(
        rows=content.rows,
        parts=len(answers),
        validated_only=validate_only,
        batch_id=answered.run_id,
        task_ids=[task.id for task in answered.tasks],
        problems=content.problems,
    )
    return told(imported, f"{len(content.problems)} problems." if content.problems else "ok")


@router.get("/batch/{batch_id}/status/", summary="How far a batch is")
def batch_status(batches: TheBatches, batch_id: str) -> Envelope[BatchStatus]:
    """As `/workflow/status`."""
    return told(batches.status(batch_id))


@router.delete("/batch/{batch_id}/", summary="Cancel a batch (operator)")
def cancel_batch(batches: TheBatches, batch_id: str) -> Envelope[dict[str, Any]]:
    """What it did stays told."""
    return told({"batch_id": batch_id, "cancelled": batches.cancel(batch_id)})


def _record(body: Imputation) -> Record:
    return Record(part_number=body.part_number, manufacturer=body.manufacturer)


def _check_asked(tasks: ManualTasks, batch_id: str, part_number: str) -> None:
    states: tuple[TaskState, ...] = ("open", "claimed")
    for state in states:
        if tasks.find(run_id=batch_id, part_number=part_number, state=state, all_priorities=True).total:
            return
    raise NotFound(f"The batch {batch_id} has no unanswered task for {part_number!r}.", reason="unknown_task")


def _done(answered: Answered) -> TaskDone:
    batch_id = answered.run_id or next((task.run_id for task in answered.tasks), None)
    return TaskDone(batch_id=batch_id, task_ids=[task.id for task in answered.tasks], tasks=answered.tasks)


def _completion(task: ManualTaskView) -> datetime:
    assert task.completed_at is not None, "only completed tasks are listed"
    return task.completed_at
