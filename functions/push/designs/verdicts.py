"""What becomes of a design, by what the ledger holds of its writes."""

from datetime import datetime, timedelta

from common.effects import Effect
from common.pipeline import outcome as outcomes
from common.pipeline.asking import fallback_task
from common.pipeline.outcome import Outcome
from functions.push.designs.work import PushDesign

_SOONEST = timedelta(seconds=10)


def unknown(design: PushDesign, now: datetime, look_up_at: datetime | None) -> Outcome:
    """A write may have landed without our knowing. look_up_at: when Etsy may be asked, in business time."""
    return outcomes.wait(design.item, "unknown_outcome", max(look_up_at or now, now + _SOONEST))


def refused(design: PushDesign, effect: Effect) -> Outcome:
    """A task: Etsy has refused this write."""
    error = str(effect.error)
    return asked(design, error.partition(":")[0], f"{effect.part}: {error}")


def deleted_half(design: PushDesign, listing: str) -> Outcome:
    """A task: a draft was deleted before it was whole."""
    told = (
        f"Somebody has deleted the draft {listing} at Etsy before it was whole. Answer, and it is made again."
    )
    return asked(design, "draft_deleted", told)


def published_half(design: PushDesign, listing: int, state: str) -> Outcome:
    """A task: a draft that never became whole, and would be made anew, is no draft any more."""
    told = (
        f"The listing {listing} was begun for this design and is {state} at Etsy now, though it is not whole. Complete it there by "
        "hand and cancel this task; or delete it there and answer, and it is made again."
    )
    return asked(design, "draft_published", told)


def listed_already(design: PushDesign) -> Outcome:
    """Another upload has listed the design meanwhile."""
    return outcomes.skip(design.item, "listed_already").writing(superseded={"item_id": design.item.id})


def given_up(design: PushDesign, *, is_cancelling: bool) -> Outcome:
    """The design is not wanted any more, and nothing of it is under way. Of a cancelled run it ends as cancelled."""
    if is_cancelling:
        return outcomes.wait(design.item, "run_cancelled")
    if design.is_taken_over:
        return outcomes.skip(design.item, "taken_over").writing(superseded={"item_id": design.item.id})
    return outcomes.skip(design.item, f"change_{design.state}")


def asked(design: PushDesign, reason: str, error: str) -> Outcome:
    """A person has to do something first; then it is staged anew."""
    failed = {"item_id": design.item.id, "error": error}
    record = {"design": design.key, "filename": design.item.data.get("filename")}
    evidence = [{"operation": design.operation, "listing": design.document.get("listing")}]
    task = fallback_task(record, error, evidence=evidence)
    return outcomes.manual(design.item, reason, task).writing(failed=failed).telling(error=error)


def pushed(design: PushDesign, listing: int) -> Outcome:
    """The draft is there with everything that belongs to it."""
    row = {
        "item_id": design.item.id,
        "change_id": design.change_id,
        "design": design.key,
        "listing_id": str(listing),
        "sku": design.after["sku"],
        "state": "draft",
        "inverse": {"listing_id": listing},
    }
    told = {"listing": listing, "images": len(design.after["images"]), "sku": design.after["sku"]}
    return outcomes.done(design.item, "pushed").writing(pushed=row).telling(**told)


def withdrawn(design: PushDesign, reason: str = "withdrawn") -> Outcome:
    """The draft is not there any more."""
    row = {
        "item_id": design.item.id,
        "change_id": design.change_id,
        "design": design.key,
        "listing_id": str(design.before["listing_id"]),
        "sku": design.before.get("sku"),
        "state": "deleted",
        "inverse": dict(design.before),
    }
    return outcomes.done(design.item, reason).writing(pushed=row).telling(listing=design.before["listing_id"])


def moved_on(design: PushDesign, state: str) -> Outcome:
    """The draft has become something else since: it is not taken back without a person's word."""
    drift = {"state": {"expected": "draft", "found": state}}
    row = {"item_id": design.item.id, "drift": drift}
    return outcomes.review(design.item, "conflict").writing(conflict=row).telling(drift=drift)
