"""Requests of up to twenty writes: frozen, said to be sent, sent, and settled one by one."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from common.effects import Confirmed, OpenSend, PlannedAgain, Refused, Result, Unknown
from common.errors import Conflict, Misconfigured, Refuse, Retry, ShelflineError, Unavailable, WaitUntil
from common.http.exchange import NoAnswer
from functions.push.fence import Fence
from functions.push.monday import answers
from functions.push.monday.documents import document
from functions.push.monday.failures import InProgress
from functions.push.orders.context import Context
from functions.push.orders.work import TARGET
from functions.push.orders.writes import Write

REMEMBERED = timedelta(minutes=29)
"""monday.com answers a repeated Idempotency-Key for 30 minutes; a minute is left for the way there."""
_TIME_OUT = 60.0  # seconds, after which monday.com gives a call up
_ANOTHER_WORKER = "Another worker is writing these orders."

Inverses = Mapping[str, Mapping[str, Any]]
"""What the board holds now, by our key."""


class Sender:
    """Sends writes of one claimed chunk."""

    def __init__(self, context: Context, fence: Fence) -> None:
        self._context = context
        self._fence = fence

    def send(self, writes: Sequence[Write], inverses: Inverses) -> None:
        """Carry these writes out, twenty a request; what became of each stands in the ledger.

        Raises WaitUntil, Retry or Misconfigured when going on is of no use now.
        """
        at_once = self._context.at_once
        for start in range(0, len(writes), at_once):
            self._send(writes[start : start + at_once], inverses)

    def repeat(self, send: OpenSend) -> bool:
        """The same bytes under the same key, while monday.com remembers it: the answer is that of the first time.

        False when it is too late for that: only a look-up can tell.
        """
        if not self._context.effects.may_repeat(send, within=REMEMBERED):
            return False
        self._carry_out(send, send.attempt, {})
        return True

    def mark(self, send: OpenSend, attempt: int, inverses: Inverses, seconds: float) -> None:
        """Commit that a request is about to leave, and may take so many seconds. Raises Retry when it must not."""
        held = {effect.id: inverses[effect.key] for effect in send.members if effect.key in inverses}
        self._fence.open()
        marked = self._context.effects.mark_sent(
            send,
            attempt=attempt,
            settle_seconds=self._fence.longest_pause + seconds + self._context.settings.monday_settle_seconds,
            claim=self._context.claim,
            lease_seconds=self._fence.longest_pause,
            inverses=held,
        )
        if not marked:
            self._fence.close()
            raise Retry(_ANOTHER_WORKER, reason="not_done_yet", after=2)

    def _send(self, writes: Sequence[Write], inverses: Inverses) -> None:
        body = document([write.mutation for write in writes]).decode()
        send = self.freeze(writes, body)
        if send.state == "planned":
            self._carry_out(send, 1, inverses)
        elif send.state == "sent":
            self.repeat(send)

    def freeze(self, writes: Sequence[Write], body: str) -> OpenSend:
        """Plan these writes as one request. Raises Retry when one of them is part of another."""
        claim = self._context.claim
        try:
            return self._context.effects.freeze_body(
                self._context.tenant,
                TARGET,
                run_id=claim.run.id,
                chunk_id=claim.chunk_id,
                effects=[write.effect for write in writes],
                body=body,
            )
        except Conflict as error:
            raise Retry(_ANOTHER_WORKER, reason="not_done_yet", after=2) from error

    def _carry_out(self, send: OpenSend, attempt: int, inverses: Inverses) -> None:
        self.mark(send, attempt, inverses, _TIME_OUT)
        try:
            answer = self._context.monday.perform((send.body or "").encode(), send.idempotency_key)
        except ShelflineError as error:
            self.settle_all(send, attempt, _after(error))
            if isinstance(error, WaitUntil | Misconfigured | Retry):
                raise
            return
        finally:
            self._fence.close()
        results = {
            effect.id: _result(outcome) for effect, outcome in zip(send.members, answer.outcomes, strict=True)
        }
        self._context.effects.settle(send, attempt=attempt, results=results)
        _stop_for(answer.outcomes)

    def settle_all(self, send: OpenSend, attempt: int, result: Result) -> None:
        """The same of every write that is not known to be done."""
        open_effects = [effect.id for effect in send.members if effect.state != "confirmed"]
        self._context.effects.settle(send, attempt=attempt, results=dict.fromkeys(open_effects, result))


def _after(error: ShelflineError) -> Result:
    """What an error that speaks for the whole request says of each of its writes."""
    if isinstance(error, Refuse):
        return Refused(f"{error.reason}: {error}")
    if isinstance(error, NoAnswer):
        return Unknown(str(error)) if error.perhaps_done else PlannedAgain(str(error))
    if isinstance(error, Unavailable | InProgress):
        return Unknown(str(error))
    return PlannedAgain(str(error))


def _result(outcome: answers.Outcome) -> Result:
    if isinstance(outcome, answers.Confirmed):
        return Confirmed(outcome.remote_id)
    if isinstance(outcome, answers.Refused) and outcome.permanent:
        return Refused(f"{outcome.reason}: {outcome.message}")
    if isinstance(outcome, answers.Unknown):
        return Unknown(outcome.message)
    return PlannedAgain(outcome.reason)


def _stop_for(outcomes: Sequence[answers.Outcome]) -> None:
    """Raise what keeps the next request from going out now."""
    throttled = [outcome for outcome in outcomes if isinstance(outcome, answers.Throttled)]
    if throttled:
        latest: datetime = max(outcome.until for outcome in throttled)
        raise WaitUntil(latest, "monday.com asks to wait.", reason=throttled[0].reason)
    for outcome in outcomes:
        if isinstance(outcome, answers.Refused) and not outcome.permanent:
            raise Retry(f"monday.com puts it off: {outcome.message}", reason=outcome.reason)
