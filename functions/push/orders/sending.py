"""Requests of up to twenty writes: frozen, said to be sent, sent, and settled one by one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from common.effects import Confirmed, Effect, OpenSend, PlannedAgain, Refused, Result, Unknown
from common.errors import Misconfigured, Refuse, Retry, ShelflineError, Unavailable, WaitUntil
from common.pipeline.item import Claim
from functions.push.monday import answers
from functions.push.monday.documents import document
from functions.push.monday.failures import InProgress
from functions.push.monday.transport import NoAnswer
from functions.push.orders.work import TARGET
from functions.push.orders.writes import Write

if TYPE_CHECKING:
    from common.effects import Effects
    from functions.push.monday.client import Monday

REMEMBERED = timedelta(minutes=29)
"""monday.com answers a repeated Idempotency-Key for 30 minutes; a minute is left for the way there."""
_TIME_OUT = 60.0


class Sender:
    """Sends writes of one claimed chunk."""

    def __init__(self, effects: "Effects", monday: "Monday", claim: Claim) -> None:
        self._effects = effects
        self._monday = monday
        self._claim = claim
        self._settle_seconds = _TIME_OUT + claim.run.settings.monday_settle_seconds
        self._at_once = claim.run.settings.monday_mutations_per_call

    def send(self, writes: Sequence[Write], inverses: Mapping[str, Mapping[str, Any]]) -> None:
        """Carry these writes out, twenty a request. inverses: what the board holds now, by key.

        What became of each stands in the ledger. Raises WaitUntil, Retry or Misconfigured when going on is of no use now.
        """
        for start in range(0, len(writes), self._at_once):
            some = writes[start : start + self._at_once]
            frozen = self._effects.freeze_body(
                self._claim.run.tenant,
                TARGET,
                run_id=self._claim.run.id,
                chunk_id=self._claim.chunk_id,
                effects=[write.effect for write in some],
                body=document([write.mutation for write in some]).decode(),
            )
            if frozen.state == "planned":
                self._carry_out(frozen, 1, inverses)
            elif frozen.state == "sent":
                self.repeat(frozen)

    def repeat(self, send: OpenSend) -> bool:
        """The same bytes under the same key, while monday.com remembers it: the answer is that of the first time.

        False when it is too late for that: only a look-up can tell.
        """
        if send.state == "planned":  # frozen by a worker that died: what it rests on is looked at anew
            self._effects.dissolve(send)
            return True
        if not self._effects.may_repeat(send, within=REMEMBERED):
            return False
        self._carry_out(send, send.attempt, {})
        return True

    def _carry_out(self, send: OpenSend, attempt: int, inverses: Mapping[str, Mapping[str, Any]]) -> None:
        held = {effect.id: inverses[effect.key] for effect in send.members if effect.key in inverses}
        marked = self._effects.mark_sent(
            send, attempt=attempt, settle_seconds=self._settle_seconds, claim=self._claim, inverses=held
        )
        if not marked:
            raise Retry("Another worker is writing these orders.", reason="not_done_yet", after=2)
        members = [effect for effect in send.members if effect.state != "confirmed"]
        try:
            answer = self._monday.perform((send.body or "").encode(), send.idempotency_key)
        except ShelflineError as error:
            self._settle_all(send, attempt, members, _after(error))
            if isinstance(error, WaitUntil | Misconfigured | Retry):
                raise
            return
        results = {
            effect.id: _result(outcome) for effect, outcome in zip(send.members, answer.outcomes, strict=True)
        }
        self._effects.settle(send, attempt=attempt, results=results)
        _wait_for(answer.outcomes)

    def _settle_all(self, send: OpenSend, attempt: int, members: Sequence[Effect], result: Result) -> None:
        self._effects.settle(send, attempt=attempt, results={effect.id: result for effect in members})


def _after(error: ShelflineError) -> Result:
    """What an error that speaks for the whole request says of each of its writes."""
    if isinstance(error, Refuse):
        return Refused(str(error))
    if isinstance(error, NoAnswer):
        return Unknown(str(error)) if error.perhaps_done else PlannedAgain(str(error))
    if isinstance(error, Unavailable | InProgress):
        return Unknown(str(error))
    return PlannedAgain(str(error))


def _result(outcome: answers.Outcome) -> Result:
    if isinstance(outcome, answers.Confirmed):
        return Confirmed(outcome.remote_id)
    if isinstance(outcome, answers.Refused):
        return Refused(f"{outcome.reason}: {outcome.message}")
    if isinstance(outcome, answers.Throttled):
        return PlannedAgain(outcome.reason)
    return Unknown(outcome.message)


def _wait_for(outcomes: Sequence[answers.Outcome]) -> None:
    throttled = [outcome for outcome in outcomes if isinstance(outcome, answers.Throttled)]
    if throttled:
        latest: datetime = max(outcome.until for outcome in throttled)
        raise WaitUntil(latest, "monday.com asks to wait.", reason=throttled[0].reason)
