"""What a push would take."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.interface.plans import Plans, PlanView
from functions.api.serving import served_by

router = APIRouter(tags=["runs"])
ThePlans = Annotated[Plans, Depends(served_by(Plans))]


@router.get("/plan", summary="What pushing what is staged would take of the vendor's budget")
def plan(plans: ThePlans, flow: str) -> PlanView:
    """Against each of the vendor's plans; nothing is sent. Without staged changes the newest run in mode TEST counts."""
    return plans.plan(flow)
