"""Refused records."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from common.interface.quarantine import Quarantine, QuarantineRow, Replayed
from functions.api.serving import Body, Id, served_by

router = APIRouter(prefix="/quarantine", tags=["quarantine"])
TheQuarantine = Annotated[Quarantine, Depends(served_by(Quarantine))]


class QuarantineList(BaseModel):
    """Refused records, newest first."""

    rows: list[QuarantineRow]


class Replay(Body):
    """Which rows to take up again: by id, or those of a run, or all of the flow."""

    flow: str
    ids: list[int] | None = None
    run_id: str | None = None


class Mend(Body):
    """The record as it should be."""

    raw: dict[str, Any]


@router.get("", summary="Refused records")
def list_rows(
    quarantine: TheQuarantine,
    flow: str | None = None,
    run_id: str | None = None,
    state: Literal["open", "replayed", "all"] = "open",
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
) -> QuarantineList:
    """With what is wrong with each."""
    wanted = None if state == "all" else state
    return QuarantineList(rows=quarantine.find(flow_name=flow, run_id=run_id, state=wanted, limit=limit))


@router.post("/replay", summary="Take refused records up again (operator)")
def replay(quarantine: TheQuarantine, body: Replay) -> Replayed:
    """Those that can be read now go to the source, and a new run over them starts; the others are told."""
    return quarantine.replay(body.flow, ids=body.ids, run_id=body.run_id)


@router.patch("/{row_id}", summary="Mend a refused record (operator)")
def mend(quarantine: TheQuarantine, row_id: Id, body: Mend) -> QuarantineRow:
    """`problems` is empty in the answer once the record can be read."""
    return quarantine.mend(row_id, body.raw)
