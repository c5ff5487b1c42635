"""Undoing what a run has pushed."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends

from common.interface.rollbacks import Rollbacks
from functions.api.routes.runs import Started
from functions.api.serving import Body, served_by

router = APIRouter(prefix="/runs", tags=["runs"])
TheRollbacks = Annotated[Rollbacks, Depends(served_by(Rollbacks))]


class RollbackRun(Body):
    """In mode TEST it only says what it would do."""

    mode: Literal["TEST", "PRODUCTION"] | None = None


@router.post("/{run_id}/rollback", status_code=202, summary="Undo what a run has pushed (approver)")
def rollback(rollbacks: TheRollbacks, run_id: str, body: RollbackRun | None = None) -> Started:
    """Starts a run of its own: what was made is archived, what was changed or archived is as it was.

    Where the target has moved on since, a person looks first.
    """
    started = rollbacks.start(run_id, mode=(body or RollbackRun()).mode)
    flow = started.partition("_")[0]
    return Started(run_id=started, flow=flow, state="pending", status_url=f"/runs/{started}")
