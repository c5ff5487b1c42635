"""Push designs to Etsy: each approved one as a draft with its images and its sku, once."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from common.database.engine import assert_no_transaction
from common.errors import ShelflineError
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.quotas import Ledger
from common.services import Services
from common.settings.designs import DesignSettings
from functions.push.designs import verdicts
from functions.push.designs.delivery import ATTEMPTS, Delivery
from functions.push.designs.recording import record
from functions.push.designs.turns import Turns
from functions.push.designs.work import PushDesign, load_work
from functions.push.designs.writes import Writes
from functions.push.etsy.client import Etsy
from functions.push.etsy.limits import Limits
from functions.push.fence import Fence

if TYPE_CHECKING:
    from sqlalchemy import Connection


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
            yield _settled(item, design) or _pushed(delivery, claim.run, _there(design))

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """What was pushed, what failed, what was found to have moved on."""
        record(connection, run, recorded)

    def attempts_allowed(self, run: Run) -> int:
        """See ItemStep.attempts_allowed."""
        return max(ATTEMPTS, int(run.settings.automation_retry_attempts))

    def exhausted(self, item: Item, error: ShelflineError, run: Run) -> Outcome:
        """A person looks after what Etsy has not taken for so long."""
        operation = str(item.data.get("operation", "create"))
        design = PushDesign(item=item, change_id=0, state="approved", operation=operation)
        return verdicts.asked(design, error.reason, str(error))

    def _delivery(self, claim: Claim) -> Delivery:
        settings = DesignSettings.of(claim.run.settings)
        fence = Fence(claim.run.settings.lease_seconds)
        turns = Turns(
            self._services.quotas,
            claim.run.tenant,
            limits_of(settings),
            now=self._services.clock.now,
            longest_wait=claim.run.settings.wait_small_seconds,
        )
        etsy = etsy_of(self._services, claim.run, fence.check, turns)
        writes = Writes(etsy, self._services.objects, claim.run.tenant)
        effects = self._services.effects
        return Delivery(effects, etsy, writes, turns, fence, claim, settings.etsy_settle_seconds)


def etsy_of(
    services: Services,
    run: Run,
    before_call: Callable[[], None] = assert_no_transaction,
    ledger: Ledger | None = None,
) -> Etsy:
    """A client of the seller's account within the run's own settings.

    before_call: the last look before anything leaves. ledger: of budgets, when it is not the shared one itself.
    """
    return Etsy(
        services.environment.etsy_url,
        services.secrets,
        services.http,
        ledger=ledger or services.quotas,
        tenant=run.tenant,
        now=services.clock.now,
        limits=limits_of(DesignSettings.of(run.settings)),
        before_call=before_call,
    )


def limits_of(settings: DesignSettings) -> Limits:
    """What the application may do."""
    return Limits(settings.etsy_per_second, settings.etsy_per_day)


def _settled(item: Item, design: PushDesign | None) -> Outcome | None:
    """What needs no vendor to say; None for a design that is to be pushed."""
    if design is None:
        return outcomes.skip(item, "superseded")
    return outcomes.done(item, "pushed") if design.state == "applied" else None


def _pushed(delivery: Delivery, run: Run, design: PushDesign) -> Outcome:
    is_wanted = design.state == "approved" and not run.cancelling and not design.is_taken_over
    return delivery.deliver(design) if is_wanted else delivery.give_up(design)


def _there(design: PushDesign | None) -> PushDesign:
    assert design is not None, "what is not staged is settled"
    return design
