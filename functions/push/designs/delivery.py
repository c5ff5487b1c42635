"""One design to one shop: each write once, one after the other; what may have landed is looked up before anything follows it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.effects import Confirmed, Effect, OpenSend, PlannedAgain, Refused, Result, Unknown
from common.errors import Conflict, GiveUp, NotFound, Refuse, Retry, ShelflineError, Unavailable
from common.http.exchange import NoAnswer
from common.pipeline import outcome as outcomes
from common.pipeline.backoff import retry_at
from common.pipeline.item import Claim
from common.pipeline.outcome import Outcome
from functions.push.designs import verdicts
from functions.push.designs.held import Held
from functions.push.designs.traces import Traces
from functions.push.designs.turns import Turns
from functions.push.designs.work import TARGET, PushDesign
from functions.push.designs.writes import Write, Writes
from functions.push.etsy.client import Etsy
from functions.push.fence import Fence

if TYPE_CHECKING:
    from common.effects import Effects

ATTEMPTS = 12
"""With waits that double up to retry_max_seconds: Etsy may be away for half an hour."""
_TIME_OUT = 90.0  # seconds after which a request to Etsy is given up, an image's among them
_ANOTHER_WORKER = "Another worker is writing this listing."


class Delivery:
    """Brings designs of one claim to Etsy."""

    def __init__(
        self,
        effects: "Effects",
        etsy: Etsy,
        writes: Writes,
        turns: Turns,
        fence: Fence,
        claim: Claim,
        settle: float,
    ) -> None:
        """settle: seconds that a write may take to show."""
        self._effects = effects
        self._etsy = etsy
        self._writes = writes
        self._turns = turns
        self._fence = fence
        self._claim = claim
        self._settle = settle
        self._traces = Traces(etsy, claim.run.tenant)

    def deliver(self, design: PushDesign) -> Outcome:
        """What came of a design. Raises what keeps it and all others from going on now."""
        try:
            return self._brought(design)
        except Unavailable:
            raise
        except (Conflict, Retry) as error:
            return self._later(design, error)
        except (GiveUp, NotFound) as error:
            return verdicts.asked(design, error.reason, str(error))

    def give_up(self, design: PushDesign) -> Outcome:
        """The end of a design that is not wanted any more, once it is known what became of its writes. Sends nothing new."""
        self._drop(design)
        held = self._looked_up(design)
        if held.is_under_way:
            return self._unknown(design)
        self._drop(design)  # a look-up plans anew what it has not found
        return verdicts.given_up(design, is_cancelling=self._claim.run.cancelling)

    def _brought(self, design: PushDesign) -> Outcome:
        self._undo_unsent(design)
        held = self._looked_up(design)
        if stopped := self._stopped(design, held):
            return stopped
        if design.operation == "delete":
            return self._withdrawn(design, held)
        if held.live is not None and held.live == design.listed:
            return verdicts.listed_already(design)
        if stopped := self._cleared(design, held):
            return stopped
        return self._made(design)

    def _made(self, design: PushDesign) -> Outcome:
        """The draft with everything that belongs to it; what the ledger says is there is not asked for."""
        held = self._ledger(design)
        number = held.round
        if held.draft is None:
            self._send(self._writes.draft(design, number))
            held = self._ledger(design)
            if stopped := self._stopped(design, held):
                return stopped
        listing = int(str(held.live))
        for write in self._writes.inside(design, number, listing):
            if not held.has_made(write.effect):
                self._send(write)
                held = self._ledger(design)
                if stopped := self._stopped(design, held):
                    return stopped
        return verdicts.pushed(design, listing)

    def _cleared(self, design: PushDesign, held: Held) -> Outcome | None:
        """Delete what was begun and never became whole: of an earlier change, or before this one was to say something else."""
        if held.live is None or (held.draft and held.draft.content_hash == design.content_hash):
            return None
        there = self._etsy.listing(int(held.live))
        if there is None:
            self._gone(design, held.live)
            return None
        if there.state != "draft":
            return verdicts.published_half(design, there.id, there.state)
        self._send(self._writes.end(design, there.id))
        return self._stopped(design, self._ledger(design))

    def _withdrawn(self, design: PushDesign, held: Held) -> Outcome:
        """A draft that is taken back. One that somebody has published meanwhile is theirs: a person decides."""
        listing = int(design.before["listing_id"])
        write = self._writes.end(design, listing)
        if held.has_made(write.effect):
            return verdicts.withdrawn(design)
        there = self._etsy.listing(listing)
        if there is None:
            self._gone(design, str(listing))
            return verdicts.withdrawn(design, reason="already_gone")
        if there.state != "draft" and not design.is_approved_by_a_person:
            return verdicts.moved_on(design, there.state)
        self._send(write)
        return self._stopped(design, self._ledger(design)) or verdicts.withdrawn(design)

    def _stopped(self, design: PushDesign, held: Held) -> Outcome | None:
        """Why nothing more is written of it now; None where it can go on."""
        if held.is_under_way:
            return self._unknown(design)
        refused = held.refused
        if refused is None:
            return None
        is_missing = str(refused.error).startswith("etsy_not_found")
        if is_missing and held.live is not None and self._etsy.listing(int(held.live)) is None:
            self._gone(design, held.live)
            return verdicts.deleted_half(design, held.live)
        return verdicts.refused(design, refused)

    def _unknown(self, design: PushDesign) -> Outcome:
        at = self._effects.look_up_at(self._claim.run.tenant, TARGET, [design.change_id])
        return verdicts.unknown(design, self._claim.now, at)

    def _later(self, design: PushDesign, error: ShelflineError) -> Outcome:
        """Something is in the way of this design alone: it is tried again, and in the end a person is asked."""
        item = design.item
        if item.attempts + 1 >= ATTEMPTS:
            return verdicts.asked(design, error.reason, str(error))
        at = retry_at(item, self._claim.run, self._claim.now, getattr(error, "after", None))
        return outcomes.retry(item, error.reason, at, error=str(error))

    def _send(self, write: Write) -> None:
        """Take the next turn, say that it goes out, send it, settle it. Raises what stops the others as well."""
        content = write.content()
        with self._turns.ahead():
            send = self._frozen(write)
            attempt = send.attempt + 1
            self._fence.open()
            try:
                self._mark(send, attempt)
                self._carry_out(write, content, send, attempt)
            finally:
                self._fence.close()

    def _mark(self, send: OpenSend, attempt: int) -> None:
        marked = self._effects.mark_sent(
            send,
            attempt=attempt,
            settle_seconds=self._fence.longest_pause + _TIME_OUT + self._settle,
            claim=self._claim,
            lease_seconds=self._fence.longest_pause,
        )
        if not marked:
            raise Retry(_ANOTHER_WORKER, reason="not_done_yet", after=2)

    def _carry_out(self, write: Write, content: bytes, send: OpenSend, attempt: int) -> None:
        try:
            remote = write.carry_out(content)
        except ShelflineError as error:
            self._tell(send, attempt, _after(error))
            if not isinstance(error, Refuse | NotFound | Unavailable) or _never_left(error):
                raise
        else:
            self._tell(send, attempt, Confirmed(remote))

    def _frozen(self, write: Write) -> OpenSend:
        try:
            return self._effects.freeze_body(
                self._claim.run.tenant,
                TARGET,
                run_id=self._claim.run.id,
                chunk_id=self._claim.chunk_id,
                effects=[write.effect],
                body=write.body,
            )
        except Conflict as error:
            raise Retry(_ANOTHER_WORKER, reason="not_done_yet", after=2) from error

    def _tell(self, send: OpenSend, attempt: int, result: Result) -> None:
        self._effects.settle(send, attempt=attempt, results={effect.id: result for effect in send.members})

    def _undo_unsent(self, design: PushDesign) -> None:
        """What a worker that died has frozen and not sent is frozen anew."""
        for send in self._effects.open_sends(self._claim.run.tenant, TARGET, [design.change_id]):
            if send.state == "planned":
                self._effects.dissolve(send)

    def _looked_up(self, design: PushDesign) -> Held:
        """The ledger, once Etsy was asked about what may have landed and can no longer."""
        due = self._effects.due_for_look_up(self._claim.run.tenant, TARGET, [design.change_id])
        held = self._ledger(design)
        if not due:
            return held
        found, missing = self._traced(design, due, held)
        self._effects.looked_up(found=found, not_found=missing, settle_seconds=self._settle)
        return self._ledger(design)

    def _traced(
        self, design: PushDesign, due: Sequence[Effect], held: Held
    ) -> tuple[dict[int, str], list[int]]:
        traces = {effect.id: self._traces.of(design, effect, held) for effect in due}
        found = {effect: remote for effect, remote in traces.items() if remote is not None}
        return found, [effect for effect in traces if effect not in found]

    def _drop(self, design: PushDesign) -> None:
        self._effects.drop_planned(self._claim.run.tenant, [design.change_id])

    def _gone(self, design: PushDesign, listing: str) -> None:
        self._effects.gone(self._claim.run.tenant, TARGET, {design.key: listing})

    def _ledger(self, design: PushDesign) -> Held:
        tenant = self._claim.run.tenant
        effects = self._effects.ledger(tenant, TARGET, [design.change_id])
        return Held(effects, self._effects.remote_ids(tenant, TARGET, [design.key]).get(design.key))


def _after(error: ShelflineError) -> Result:
    """What an error says of the write. A 500 does not prove that nothing was made."""
    if isinstance(error, Refuse | NotFound):
        return Refused(f"{error.reason}: {error}")
    if isinstance(error, Unavailable) and not _never_left(error):
        return Unknown(str(error))
    return PlannedAgain(str(error))


def _never_left(error: ShelflineError) -> bool:
    return isinstance(error, NoAnswer) and not error.perhaps_done
