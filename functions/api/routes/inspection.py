"""How things stand, and whether they are in order."""

from typing import Annotated

from fastapi import APIRouter, Depends

from common.interface.doctor import Diagnosis, Doctor
from common.interface.overview import Overview, OverviewView
from common.interface.quotas import QuotaLedger, QuotaView
from common.interface.verification import Verification, Verified
from functions.api.serving import served_by
from functions.api.vendors import VENDOR_CHECKS

router = APIRouter(tags=["inspection"])
TheDoctor = Annotated[Doctor, Depends(served_by(Doctor))]
TheOverview = Annotated[Overview, Depends(served_by(Overview))]
TheLedger = Annotated[QuotaLedger, Depends(served_by(QuotaLedger))]
TheVerification = Annotated[Verification, Depends(served_by(Verification))]


@router.get("/metrics", summary="Depth, ages and utilisation")
def metrics(overview: TheOverview) -> OverviewView:
    """Of the whole tenant, now."""
    return overview.now()


@router.get("/quotas", summary="Budgets of vendor accounts")
def quotas(ledger: TheLedger) -> list[QuotaView]:
    """As they are now."""
    return ledger.all()


@router.get("/verify", summary="Whether the chains of events are whole")
def verify(verification: TheVerification, run_id: str | None = None) -> Verified:
    """Of one run, or of the tenant."""
    return verification.verify(run_id)


@router.get("/doctor", summary="Whether everything is in order, and what to do where it is not (operator)")
def doctor(doctor: TheDoctor, vendors: bool = False) -> Diagnosis:
    """`vendors=true` calls each vendor once."""
    return doctor.examine(VENDOR_CHECKS.items() if vendors else ())
