"""Push designs to Etsy: each approved one as a draft with its images and its sku, once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from common.database.engine import assert_no_transaction
from common.errors import ShelflineError
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from common.settings.designs import DesignSettings
from functions.push.designs import verdicts
from functions.push.designs.delivery import Delivery
from functions.push.designs.recording import record
from functions.push.designs.work import TARGET, PushDesign, load_work
from functions.push.designs.writes import Writes
from functions.push.etsy.client import Etsy
from functions.push.etsy.limits import Limits
from functions.push.fence import Fence

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ATTEMPTS = 12
"""With waits that double up to retry_max_seconds: Etsy may be away for half an hour."""


class PushDesigns(ItemStep):
    """The writing end of the designs flow."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> Mapping[int, PushDesign]:
        """What is staged of each item."""
        return load_work(connection, claim.run.tenant, claim.items)

    def run(self, claim: Claim, items: Sequence[Item], loaded: Mapping[int, PushDesign]) -> Iterable[Outcome]:
        """In mode TEST nothing here could write: no client is made."""
        if not claim.run.may_write:
            yield from (outcomes.done(item, "would_push") for item in items)
            return
        delivery = self._delivery(claim)
        for item in items:
            design = loaded.get(item.id)
            yield self._settled(claim, item, design) or delivery.deliver(_there(design))

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """What was pushed, what failed, what was found to have moved on."""
        record(connection, run, recorded)

    def attempts_allowed(self, run: Run) -> int:
        """See ItemStep.attempts_allowed."""
        return max(_ATTEMPTS, int(run.settings.automation_retry_attempts))

    def exhausted(self, item: Item, error: ShelflineError, run: Run) -> Outcome:
        """A person looks after what Etsy has not taken for so long."""
        design = PushDesign(item=item, change_id=0, state="approved", operation="create")
        return verdicts.asked(design, error.reason, str(error))

    def _settled(self, claim: Claim, item: Item, design: PushDesign | None) -> Outcome | None:
        """What needs no vendor to say; None for a design that is to be pushed."""
        if design is None or design.state == "superseded":
            return outcomes.skip(item, "superseded")
        if design.state == "applied":
            return outcomes.done(item, "pushed")
        if design.state == "approved" and not claim.run.cancelling:
            return None
        under_way = self._services.effects.due_for_look_up(claim.run.tenant, TARGET, [design.change_id])
        self._services.effects.drop_planned(claim.run.tenant, [design.change_id])
        return None if under_way else outcomes.wait(item, "run_cancelled")

    def _delivery(self, claim: Claim) -> Delivery:
        settings = DesignSettings.of(claim.run.settings)
        fence = Fence(claim.run.settings.lease_seconds)
        etsy = etsy_of(self._services, claim.run, fence.check)
        writes = Writes(etsy, self._services.objects, claim.run.tenant)
        return Delivery(self._services.effects, etsy, writes, fence, claim, settings.etsy_settle_seconds)


def etsy_of(services: Services, run: Run, before_call: Callable[[], None] = assert_no_transaction) -> Etsy:
    """A client of the seller's account within the run's own settings. before_call: the last look before anything leaves."""
    settings = DesignSettings.of(run.settings)
    return Etsy(
        services.environment.etsy_url,
        services.secrets,
        services.http,
        ledger=services.quotas,
        tenant=run.tenant,
        now=services.clock.now,
        limits=Limits(settings.etsy_per_second, settings.etsy_per_day),
        before_call=before_call,
    )


def _there(design: PushDesign | None) -> PushDesign:
    assert design is not None, "what is not staged is settled"
    return design
