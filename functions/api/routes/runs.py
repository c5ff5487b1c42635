"""Runs."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from common.errors import Forbidden
from common.interface.runs import Runs, RunView
from functions.api.serving import Body, served_by

router = APIRouter(prefix="/runs", tags=["runs"])
TheRuns = Annotated[Runs, Depends(served_by(Runs))]


class StartRun(Body):
    """What to run, and how."""

    flow: str
    limit: int | None = Field(default=None, description="Option `limit` of the flow.")
    mode: Literal["TEST", "PRODUCTION"] | None = None
    settings: dict[str, Any] = Field(default={}, description="Settings for this run only.")
    options: dict[str, Any] = Field(default={}, description="Options of the flow.")
    tenant: str | None = Field(default=None, description="To be sure: another than the token's is refused.")
    run_id: str | None = Field(
        default=None, description="An id of your own, starting with the flow's name and `_`."
    )


class Started(BaseModel):
    """A run that has started."""

    run_id: str
    flow: str
    state: str
    status_url: str


class RunList(BaseModel):
    """Runs, newest first."""

    runs: list[RunView]


class Cancelled(BaseModel):
    """cancelled is False when the run had ended before."""

    run_id: str
    cancelled: bool


class RetryRun(Body):
    """Which failed items to try again, and where."""

    step: str | None = None
    reason: str | None = None


class Retried(BaseModel):
    """How many items are tried again."""

    run_id: str
    retried: int


@router.post("", status_code=202, summary="Start a run (operator)")
def start(runs: TheRuns, body: StartRun) -> Started:
    """Starts in the background; look at `status_url`."""
    if body.tenant not in (None, runs.tenant):
        raise Forbidden(
            f"This token is one of the tenant {runs.tenant}, not of {body.tenant}.", reason="other_tenant"
        )
    options = body.options if body.limit is None else {**body.options, "limit": body.limit}
    settings = body.settings if body.mode is None else {**body.settings, "mode": body.mode}
    run_id = runs.start(body.flow, options=options, settings=settings, run_id=body.run_id)
    return Started(run_id=run_id, flow=body.flow, state="pending", status_url=f"/runs/{run_id}")


@router.get("", summary="The newest runs")
def list_runs(
    runs: TheRuns,
    flow: str | None = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 20,
) -> RunList:
    """With their figures."""
    return RunList(runs=runs.newest(flow_name=flow, limit=limit))


@router.get("/{run_id}", summary="A run and its figures")
def get(runs: TheRuns, run_id: str) -> RunView:
    """`adds_up` is false when the figures are not those of its records: then trust none of them."""
    return runs.get(run_id)


@router.post("/{run_id}/cancel", summary="Cancel a run (operator)")
def cancel(runs: TheRuns, run_id: str) -> Cancelled:
    """What has not started ends now, what runs ends at its next record."""
    return Cancelled(run_id=run_id, cancelled=runs.cancel(run_id))


@router.post("/{run_id}/retry", summary="Try failed items again (operator)")
def retry(runs: TheRuns, run_id: str, body: RetryRun | None = None) -> Retried:
    """Each where it failed, or all at `step`; all, or those that failed for `reason`."""
    wanted = body or RetryRun()
    return Retried(run_id=run_id, retried=runs.retry(run_id, step=wanted.step, reason=wanted.reason))
