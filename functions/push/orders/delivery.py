"""Orders of one claim: what is under way is finished, imports are begun, then the board is asked and written to, block by block."""

from collections.abc import Iterator, Mapping, Sequence

from common.errors import WaitUntil
from common.pipeline.outcome import Outcome
from functions.push.fence import Fence
from functions.push.orders import verdicts
from functions.push.orders.context import Context
from functions.push.orders.drift import drift
from functions.push.orders.groups import make_groups
from functions.push.orders.holding import Holding
from functions.push.orders.imports import Imports, Running
from functions.push.orders.look_ups import LookUps
from functions.push.orders.sending import Sender
from functions.push.orders.shipment import Shipment
from functions.push.orders.under_way import UnderWay, Written
from functions.push.orders.work import PushOrder

_BLOCK = 100  # orders: as many keys, or ids, as one question to monday.com takes


class Delivery:
    """Brings the orders of one claim to one board."""

    def __init__(self, context: Context, fence: Fence) -> None:
        self._context = context
        self._sender = Sender(context, fence)
        self._look_ups = LookUps(context)
        self._imports = Imports(context, self._sender, fence, self._look_ups)
        self._under_way = UnderWay(context, self._sender, self._look_ups, self._imports)
        self._written: Written = {}

    def deliver(self, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        """An outcome for each order that has come to one. Raises what keeps the others from going on now."""
        settled = self._under_way.finish(orders)
        self._written = settled.written
        yield from settled.outcomes
        _wait_for(settled.running)
        ready = settled.ready
        for group in self._imports.candidates(ready):
            ahead = self._imports.pioneers(group)
            yield from self._ahead(ahead)
            yield from self._imported([order for order in group if order not in ahead])
            ready = [order for order in ready if order not in ahead]
        for start in range(0, len(ready), _BLOCK):
            yield from self._block(ready[start : start + _BLOCK])

    def _ahead(self, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        """Orders that make the labels which the others need."""
        if orders:
            yield from self._block(orders)
            self._context.read_board_again()

    def _imported(self, group: Sequence[PushOrder]) -> Iterator[Outcome]:
        """Begin the import of a group, and wait for its end. Nothing, where its group cannot be made."""
        if make_groups(group, self._context, self._sender):
            return
        begun = []
        for running in self._imports.begin(group):
            begun.append(running)
            for order in group:
                if order.change_id in running.changes:
                    yield verdicts.importing(order, running.job_id)
        _wait_for(begun)

    def _block(self, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        holdings = self._look_ups.holdings(orders)
        stopped = {order.change_id: self._stopped(order, holdings.get(order.key)) for order in orders}
        yield from filter(None, stopped.values())
        writable = [order for order in orders if stopped[order.change_id] is None]
        without_group = make_groups(writable, self._context, self._sender)
        for order in writable:
            if order.change_id in without_group:
                yield verdicts.asked(order, "no_group", without_group[order.change_id])
        shipment = Shipment(self._context, self._sender, holdings, self._written)
        shipped = [order for order in writable if order.change_id not in without_group]
        for outcome in shipment.outcomes(shipped):
            yield self._imports.noted(outcome)

    def _stopped(self, order: PushOrder, holding: Holding | None) -> Outcome | None:
        """Why an order cannot be written as it was reviewed; None where it can."""
        if order.operation == "delete" and holding is None:
            return verdicts.pushed(order, None, reason="already_gone")
        if missing := self._context.board.labels_to_add(order.after.get("values", {})):
            return verdicts.asked(order, "missing_label", " ".join(map(str, missing)))
        if order.before and holding is None:
            gone = {"item": {"expected": "on the board", "found": "gone"}}
            return verdicts.conflict(order, gone, None)
        drifted = self._drift(order, holding)
        if drifted:
            return verdicts.conflict(order, drifted, holding)
        if holding is None and not self._context.take_place():
            told = f"Board {order.board} is full: make room, or name another board in the customer book."
            return verdicts.asked(order, "board_full", told)
        return None

    def _drift(self, order: PushOrder, holding: Holding | None) -> Mapping[str, object]:
        if order.has_drifted:
            return {"version": {"expected": order.base_version, "found": order.held_version}}
        return drift(order, holding) if holding else {}


def _wait_for(running: Sequence[Running]) -> None:
    """Nothing else is written to the board while an import goes on."""
    if running:
        until = min(each.ask_at for each in running)
        raise WaitUntil(until, "monday.com carries out an import.", reason="import_running")
