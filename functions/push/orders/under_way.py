"""What an earlier try has left behind: requests that are repeated, looked up, or were never sent."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from common.effects import Effect, OpenSend
from common.errors import Unavailable
from common.http.exchange import NoAnswer
from common.pipeline.outcome import Outcome
from functions.push.monday.failures import InProgress
from functions.push.orders import verdicts
from functions.push.orders.context import Context
from functions.push.orders.groups import OPERATION as CREATE_GROUP
from functions.push.orders.imports import Imports, Running, is_import
from functions.push.orders.look_ups import LookUps
from functions.push.orders.sending import Sender
from functions.push.orders.work import TARGET, PushOrder

Written = dict[int, set[tuple[str, str]]]
"""Change id → its writes (key, part) that are confirmed."""


@dataclass
class Settled:
    """Where orders stand once what was under way has been looked at."""

    outcomes: list[Outcome] = field(default_factory=list)
    ready: list[PushOrder] = field(default_factory=list)
    running: list[Running] = field(default_factory=list)
    """Imports that have not ended."""
    written: Written = field(default_factory=dict)


class UnderWay:
    """Finishes what was begun, before anything new is written."""

    def __init__(self, context: Context, sender: Sender, look_ups: LookUps, imports: Imports) -> None:
        self._context = context
        self._sender = sender
        self._look_ups = look_ups
        self._imports = imports

    def finish(self, orders: Sequence[PushOrder]) -> Settled:
        """Repeat, look up, ask how far imports are. Raises what keeps everything else from going on as well."""
        every = [each for order in orders for each in (order, *order.earlier)]
        changes = [order.change_id for order in every]
        ledger, settled = self._context.ledger(changes), Settled()
        since: dict[int, datetime] = {}
        if any(effect.send_id and effect.state != "confirmed" for effect in _all(ledger)):
            since = self._finish_sends(every, settled)
            ledger = self._context.ledger(changes)
        if any(effect.operation == CREATE_GROUP and effect.state == "confirmed" for effect in _all(ledger)):
            self._context.read_board_again()  # else the group would be made once more, for another order
        settled.written = {change: _confirmed(effects) for change, effects in ledger.items()}
        self._place(orders, ledger, since, settled)
        return settled

    def _finish_sends(self, orders: Sequence[PushOrder], settled: Settled) -> dict[int, datetime]:
        """Change id → when the first of its open requests went out."""
        changes = [order.change_id for order in orders]
        since: dict[int, datetime] = {}
        for send in self._context.effects.open_sends(self._context.tenant, TARGET, changes):
            running = self._finish_send(send, orders)
            if running is not None:
                settled.running.append(running)
            for member in send.members:
                since.setdefault(member.change_id, send.sent_at or self._context.claim.now)
        self._look_ups.ask(orders, {running.send_id for running in settled.running})
        return since

    def _finish_send(self, send: OpenSend, orders: Sequence[PushOrder]) -> Running | None:
        if send.state == "planned":  # frozen by a worker that died: what it rests on is looked at anew
            self._context.effects.dissolve(send)
            return None
        if is_import(send):
            return self._imports.go_on(send, orders)
        try:
            self._sender.repeat(send)
        except (Unavailable, InProgress) as error:
            if isinstance(error, NoAnswer) and not error.perhaps_done:
                raise  # monday.com is out of reach
            # It is still unknown; its orders wait, the others go on.
        return None

    def _place(
        self,
        orders: Sequence[PushOrder],
        ledger: Mapping[int, Sequence[Effect]],
        since: Mapping[int, datetime],
        settled: Settled,
    ) -> None:
        now = self._context.claim.now
        jobs = {change: running.job_id for running in settled.running for change in running.changes}
        for order in orders:
            own = ledger.get(order.change_id, ())
            every = [*own, *(effect for each in order.earlier for effect in ledger.get(each.change_id, ()))]
            began = min(
                (since[effect.change_id] for effect in every if effect.change_id in since), default=now
            )
            outcome: Outcome | None
            if order.change_id in jobs:
                outcome = verdicts.importing(order, jobs[order.change_id])
            else:
                outcome = verdicts.under_way(order, every, now, began) or self._ended(order, own)
            if outcome is None:
                settled.ready.append(order)
            else:
                settled.outcomes.append(outcome)

    def _ended(self, order: PushOrder, effects: Sequence[Effect]) -> Outcome | None:
        return verdicts.refused(order, effects) if order.state == "approved" else verdicts.given_up(order)


def _all(ledger: Mapping[int, Sequence[Effect]]) -> Iterable[Effect]:
    return (effect for effects in ledger.values() for effect in effects)


def _confirmed(effects: Sequence[Effect]) -> set[tuple[str, str]]:
    return {(effect.key, effect.part) for effect in effects if effect.state == "confirmed"}
