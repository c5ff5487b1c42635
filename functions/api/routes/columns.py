"""Which columns of a source count."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.interface.columns import AdoptedColumns, Columns, ColumnsView
from functions.api.serving import served_by

router = APIRouter(prefix="/columns", tags=["configuration"])
TheColumns = Annotated[Columns, Depends(served_by(Columns))]


@router.get("", summary="The columns that fingerprints cover, beside those of the source")
def show(columns: TheColumns, flow: str) -> ColumnsView:
    """A column the source has gained counts only once the list is adopted anew."""
    return columns.show(flow)


@router.post("/adopt", summary="Make the source's columns the list (approver)")
def adopt(columns: TheColumns, flow: str) -> AdoptedColumns:
    """From the next run on; what has not changed is not pushed for it."""
    return columns.adopt(flow)
