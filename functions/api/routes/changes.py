"""Staged changes."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from common.interface.answers import Text
from common.interface.changes import Changes, ChangeView
from functions.api.serving import Body, served_by

router = APIRouter(prefix="/changes", tags=["changes"])
TheChanges = Annotated[Changes, Depends(served_by(Changes))]


class ChangeList(BaseModel):
    """Changes, the most urgent first."""

    changes: list[ChangeView]


class Choice(Body):
    """Some changes by id, or all pending ones of a run."""

    ids: list[int] | None = None
    run_id: str | None = None
    note: Text | None = None


class Approved(BaseModel):
    """own_work: changes left for somebody else to approve, because the caller made them by hand."""

    approved: int
    own_work: list[int]


class Rejected(BaseModel):
    """How many end here."""

    rejected: int


@router.get("", summary="Staged changes")
def list_changes(
    changes: TheChanges,
    flow: str | None = None,
    run_id: str | None = None,
    state: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> ChangeList:
    """With before, after, and what differs."""
    return ChangeList(changes=changes.find(flow_name=flow, run_id=run_id, state=state, limit=limit))


@router.post("/approve", summary="Approve changes (approver)")
def approve(changes: TheChanges, body: Choice) -> Approved:
    """They are pushed from now on; 403 for one's own work, 409 for one that is decided already."""
    reviewed = changes.approve(ids=body.ids, run_id=body.run_id, note=body.note)
    return Approved(approved=reviewed.changed, own_work=reviewed.own_work)


@router.post("/reject", summary="Reject changes (approver)")
def reject(changes: TheChanges, body: Choice) -> Rejected:
    """They end here and are counted as rejected."""
    return Rejected(rejected=changes.reject(ids=body.ids, run_id=body.run_id, note=body.note).changed)
