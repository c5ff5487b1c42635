"""Items and their stories."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from common.interface.items import ItemPage, Items, Timeline
from functions.api.serving import Id, served_by

router = APIRouter(tags=["items"])
TheItems = Annotated[Items, Depends(served_by(Items))]


class Timelines(BaseModel):
    """The stories of one record, the newest run first."""

    timelines: list[Timeline]


@router.get("/runs/{run_id}/items", summary="The items of a run")
def of_run(
    items: TheItems,
    run_id: str,
    state: str | None = None,
    reason: str | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 50,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
) -> ItemPage:
    """Page on with `after` = the last answer's `next`."""
    return items.of_run(run_id, state=state, reason=reason, limit=limit, after=after)


@router.get("/items/{item_id}/timeline", summary="The story of an item")
def timeline(items: TheItems, item_id: Id) -> Timeline:
    """What happened, what was decided and why, what was written where."""
    return items.timeline(item_id)


@router.get("/timeline", summary="The story of a record over its runs")
def timelines(items: TheItems, flow: str, key: str) -> Timelines:
    """By natural key, or for parts by the bare part number."""
    return Timelines(timelines=items.timelines(flow, key))
