"""One design to one shop: each write once, one after the other; what may have landed is looked up before anything follows it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from common.effects import Confirmed, Effect, OpenSend, PlannedAgain, Refused, Result, Unknown
from common.errors import Conflict, NotFound, Refuse, Retry, ShelflineError, Unavailable
from common.http.exchange import NoAnswer
from common.pipeline.item import Claim
from common.pipeline.outcome import Outcome
from functions.push.designs import verdicts
from functions.push.designs.work import TARGET, PushDesign
from functions.push.designs.writes import DRAFT, Write, Writes
from functions.push.etsy.client import Etsy
from functions.push.fence import Fence

if TYPE_CHECKING:
    from common.effects import Effects

_TIME_OUT = 90.0  # seconds after which a request to Etsy is given up, an image's among them
_ANOTHER_WORKER = "Another worker is writing this listing."

Held = Mapping[tuple[str, str], Effect]
"""(key, part) → the effect as it stands."""


class Delivery:
    """Brings designs of one claim to Etsy."""

    def __init__(
        self, effects: "Effects", etsy: Etsy, writes: Writes, fence: Fence, claim: Claim, settle: float
    ) -> None:
        """settle: seconds that a write may take to show."""
        self._effects = effects
        self._etsy = etsy
        self._writes = writes
        self._fence = fence
        self._claim = claim
        self._settle = settle

    def deliver(self, design: PushDesign) -> Outcome:
        """What came of a design. Raises what keeps it and all others from going on now."""
        self._undo_unsent(design)
        held = self._looked_up(design)
        if stopped := self._stopped(design, held):
            return stopped
        if design.operation == "delete":
            return self._ended(design, held)
        draft = held.get((design.key, DRAFT))
        if draft is None or draft.state != "confirmed":
            self._send(self._writes.of(design, None)[0])
            held = self._ledger(design)
        if stopped := self._stopped(design, held):
            return stopped
        listing = int(str(held[design.key, DRAFT].remote_id))
        return self._filled(design, listing, held)

    def _filled(self, design: PushDesign, listing: int, held: Held) -> Outcome:
        """Images and inventory of a draft that is there."""
        for write in self._writes.of(design, listing)[1:]:
            effect = held.get((write.effect.key, write.effect.part))
            if effect is None or effect.state != "confirmed":
                self._send(write)
                held = self._ledger(design)
                if stopped := self._stopped(design, held):
                    return stopped
        return verdicts.pushed(design, listing)

    def _ended(self, design: PushDesign, held: Held) -> Outcome:
        """A draft that is taken back. One that somebody has published meanwhile is theirs: a person decides."""
        write = self._writes.of(design, None)[0]
        effect = held.get((write.effect.key, write.effect.part))
        if effect is not None and effect.state == "confirmed":
            return verdicts.withdrawn(design)
        there = self._etsy.listing(int(design.before["listing_id"]))
        if there is None:
            remote = {design.key: str(design.before["listing_id"])}
            self._effects.gone(self._claim.run.tenant, TARGET, remote)
            return verdicts.withdrawn(design, reason="already_gone")
        if there.state != "draft":
            return verdicts.moved_on(design, there.state)
        self._send(write)
        return self._stopped(design, self._ledger(design)) or verdicts.withdrawn(design)

    def _stopped(self, design: PushDesign, held: Held) -> Outcome | None:
        """Why nothing more is written of it now; None where it can go on."""
        if any(effect.is_under_way for effect in held.values()):
            at = self._effects.look_up_at(self._claim.run.tenant, TARGET, [design.change_id])
            return verdicts.unknown(design, self._claim.now, at)
        return verdicts.refused(design, list(held.values()))

    def _send(self, write: Write) -> None:
        """Say that it goes out, send it, settle it. Raises what stops the others as well."""
        send = self._frozen(write)
        attempt = send.attempt + 1
        self._fence.open()
        marked = self._effects.mark_sent(
            send,
            attempt=attempt,
            settle_seconds=self._fence.longest_pause + _TIME_OUT + self._settle,
            claim=self._claim,
            lease_seconds=self._fence.longest_pause,
        )
        if not marked:
            self._fence.close()
            raise Retry(_ANOTHER_WORKER, reason="not_done_yet", after=2)
        try:
            remote = write.carry_out()
        except ShelflineError as error:
            self._tell(send, attempt, _after(error))
            if not isinstance(error, Refuse | NotFound | Unavailable) or _never_left(error):
                raise
        else:
            self._tell(send, attempt, Confirmed(remote))
        finally:
            self._fence.close()

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
        tenant = self._claim.run.tenant
        due = self._effects.due_for_look_up(tenant, TARGET, [design.change_id])
        if due:
            found, missing = self._traced(design, due)
            self._effects.looked_up(found=found, not_found=missing, settle_seconds=self._settle)
        return self._ledger(design)

    def _traced(self, design: PushDesign, due: Sequence[Effect]) -> tuple[dict[int, str], list[int]]:
        draft = self._ledger(design).get((design.key, DRAFT))
        listing = int(draft.remote_id) if draft is not None and draft.remote_id else None
        writes = {(each.effect.key, each.effect.part): each for each in self._writes.of(design, listing)}
        found: dict[int, str] = {}
        for effect in due:
            remote = writes[effect.key, effect.part].trace(effect)
            if remote is not None:
                found[effect.id] = remote
        return found, [effect.id for effect in due if effect.id not in found]

    def _ledger(self, design: PushDesign) -> Held:
        effects = self._effects.ledger(self._claim.run.tenant, TARGET, [design.change_id])
        return {(effect.key, effect.part): effect for effect in effects}


def _after(error: ShelflineError) -> Result:
    """What an error says of the write. A 500 does not prove that nothing was made."""
    if isinstance(error, Refuse | NotFound):
        return Refused(f"{error.reason}: {error}")
    if isinstance(error, Unavailable) and not _never_left(error):
        return Unknown(str(error))
    return PlannedAgain(str(error))


def _never_left(error: ShelflineError) -> bool:
    return isinstance(error, NoAnswer) and not error.perhaps_done
