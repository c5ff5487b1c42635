"""The parts flow under the paths and words of the first version's users: thin views of runs, tasks and settings."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from common.errors import Usage
from common.interface.batches import Batches, BatchStatus
from common.interface.configuration import Configuration
from common.interface.manual_tasks import ManualTasks, ManualTaskView
from common.interface.runs import Runs
from functions.api.envelope import Envelope, told
from functions.api.routes.health import Health, health
from functions.api.serving import Body, served_by

router = APIRouter(prefix="/workflow", tags=["workflow"])
TheBatches = Annotated[Batches, Depends(served_by(Batches))]
TheConfiguration = Annotated[Configuration, Depends(served_by(Configuration))]
TheRuns = Annotated[Runs, Depends(served_by(Runs))]
TheTasks = Annotated[ManualTasks, Depends(served_by(ManualTasks))]

_SETTINGS = (
    "automation_priority_threshold", "automation_max_concurrent", "automation_retry_attempts", "manual_priority_threshold",
    "manual_batch_size", "automation_failure_to_manual", "max_automation_failures", "max_daily_tasks", "max_batch_size",
)  # fmt: skip
_STATUS_OF = {"open": "initialized", "claimed": "processing", "completed": "stored", "cancelled": "failed"}


class RunWorkflow(Body):
    """What to run."""

    limit: int = Field(default=100, ge=1, le=1000)
    priority_threshold: float | None = Field(default=None, ge=0, le=1)
    force_automation: bool = False
    force_manual: bool = False
    batch_id: str | None = None


class StartedBatch(BaseModel):
    """estimated_processing_time is in seconds."""

    batch_id: str
    estimated_processing_time: float
    status_endpoint: str


class PendingTask(BaseModel):
    """A task in the words of the first version."""

    task_id: int
    product_id: str | None
    part_number: str | None
    batch_id: str | None
    task_type: str
    current_status: str
    editor: str | None
    note: str | None
    created_date: datetime
    priority: str
    confidence: float


class PendingTasks(BaseModel):
    """Tasks that wait for people."""

    tasks: list[PendingTask]
    total_count: int
    filters: dict[str, Any]


class BatchSummary(BaseModel):
    """A batch in a list."""

    batch_id: str
    overall_status: str
    created_at: datetime
    completed_at: datetime | None
    figures: dict[str, int]


@router.post("/run", summary="Start a batch (operator)")
def run(batches: TheBatches, body: RunWorkflow) -> Envelope[StartedBatch]:
    """A `batch_id` of your own is used with `parts_` before it."""
    options = body.model_dump(exclude={"batch_id"}, exclude_none=True)
    batch_id, seconds, measured = batches.start(options, body.batch_id)
    basis = "measured on the last runs" if measured else "an assumption, before there are runs to measure"
    started = StartedBatch(
        batch_id=batch_id, estimated_processing_time=seconds, status_endpoint=f"/workflow/status/{batch_id}"
    )
    return told(started, f"Started. The estimated time is {basis}.")


@router.get("/status/{batch_id}", summary="How far a batch is")
def status(batches: TheBatches, batch_id: str) -> Envelope[BatchStatus]:
    """Tasks by state, and the run's figures under `workflow_results`."""
    return told(batches.status(batch_id))


@router.get("/pending", summary="Tasks that wait for people")
def pending(
    tasks: TheTasks,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    priority: Literal["high", "medium", "low"] | None = None,
) -> Envelope[PendingTasks]:
    """Priority low only when asked for."""
    page = tasks.find(flow_name="parts", priority=priority.upper() if priority else None, limit=limit)  # type: ignore[arg-type]
    filters = {"limit": limit, "priority": priority}
    shown = PendingTasks(
        tasks=[pending_task(task) for task in page.tasks], total_count=page.total, filters=filters
    )
    return told(shown)


@router.get("/config", summary="The settings of the workflow")
def show_configuration(configuration: TheConfiguration) -> Envelope[dict[str, Any]]:
    """Those the first version had; `/config` has all, with their origins."""
    resolved = configuration.resolved("parts")
    return told({name: resolved[name] for name in _SETTINGS})


@router.post("/config", summary="Store settings of the workflow (admin)")
def store_configuration(configuration: TheConfiguration, body: dict[str, Any]) -> Envelope[dict[str, Any]]:
    """Values by name; all or none."""
    if unknown := sorted(set(body) - set(_SETTINGS)):
        raise Usage(
            f"Here are only: {', '.join(_SETTINGS)}; not {', '.join(unknown)}.", reason="unknown_setting"
        )
    configuration.store(body)
    return show_configuration(configuration)


@router.get("/batches", summary="The newest batches")
def list_batches(
    runs: TheRuns, limit: Annotated[int, Query(ge=1, le=100)] = 20
) -> Envelope[list[BatchSummary]]:
    """Newest first."""
    shown = [
        BatchSummary(
            batch_id=run.id,
            overall_status=Batches.overall(run),
            created_at=run.created_at,
            completed_at=run.settled_at,
            figures=run.figures,
        )
        for run in runs.newest(flow_name="parts", limit=limit)
    ]
    return told(shown)


@router.delete("/batch/{batch_id}", summary="Cancel a batch (operator)")
def cancel(batches: TheBatches, batch_id: str) -> Envelope[dict[str, Any]]:
    """Nothing is deleted: what it did stays told."""
    cancelled = batches.cancel(batch_id)
    return told(
        {"batch_id": batch_id, "cancelled": cancelled}, "Cancelled." if cancelled else "It had ended before."
    )


@router.get("/health", summary="Whether the workflow can serve (no token)")
def workflow_health(request: Request) -> Envelope[Health]:
    """503 when Postgres cannot be reached."""
    return told(health(request))


def pending_task(task: ManualTaskView) -> PendingTask:
    """A task in the words of the first version: a validated answer is completed, one to be validated is stored."""
    current = "completed" if task.validated_at else _STATUS_OF[task.state]
    return PendingTask(
        task_id=task.id,
        product_id=task.record.get("product_id"),
        part_number=task.record.get("part_number"),
        batch_id=task.run_id,
        task_type=task.task_type,
        current_status=current,
        editor=task.editor or task.claimed_by,
        note=task.note,
        created_date=task.created_at,
        priority=task.priority,
        confidence=task.confidence,
    )
