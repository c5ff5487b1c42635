"""Orders of one board on their way: first their items, then their lines, twenty writes a call, full calls first."""

from collections.abc import Iterator, Mapping, Sequence

from common.effects import Effect
from common.errors import Refuse, ShelflineError
from common.pipeline.outcome import Outcome
from functions.push.orders import verdicts
from functions.push.orders.context import Context
from functions.push.orders.holding import Holding
from functions.push.orders.sending import Sender
from functions.push.orders.under_way import Written
from functions.push.orders.work import TARGET, PushOrder
from functions.push.orders.writes import Write, item_writes, line_writes


class Shipment:
    """One block of orders whose groups are there. Each order is told of once: when its last write is confirmed, or stuck."""

    def __init__(
        self, context: Context, sender: Sender, holdings: Mapping[str, Holding], written: Written
    ) -> None:
        """written: what earlier claims have confirmed."""
        self._context = context
        self._sender = sender
        self._holdings = holdings
        self._written = written
        self._open: dict[int, PushOrder] = {}
        """By change id: what has not been told of."""
        self._wanted: dict[int, set[tuple[str, str]]] = {}
        """Change id → its writes."""
        self._without_lines: dict[int, PushOrder] = {}
        """Orders whose lines are still to be planned: their item is not known to be there."""
        self._lines: list[Write] = []
        """Writes of lines that wait for a full call."""

    def outcomes(self, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        """Ship these orders. What came of each is told even when going on is of no use now; then that is raised."""
        at_once = self._context.at_once
        for start in range(0, len(orders), at_once):
            yield from self._items(orders[start : start + at_once])
            while len(self._lines) >= at_once:
                yield from self._call(self._next_lines())
        while self._lines:
            yield from self._call(self._next_lines())

    def _items(self, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        writes: list[Write] = []
        for order in orders:
            planned = self._planned(order)
            if isinstance(planned, Outcome):
                yield planned
            else:
                self._open[order.change_id] = self._without_lines[order.change_id] = order
                self._wanted[order.change_id] = {write.identity for write in planned}
                writes += planned
        yield from self._call(writes)

    def _planned(self, order: PushOrder) -> list[Write] | Outcome:
        """The writes of its item, or why there can be none. What is wrong with its lines is found out here too."""
        holding = self._holdings.get(order.key)
        board = self._context.board
        try:
            writes = list(item_writes(order, board, holding))
            lines = list(line_writes(order, board, holding.item.id if holding else "0", holding))
        except Refuse as error:
            return verdicts.asked(order, error.reason, f"Board {order.board}: {error}")
        if any(write.identity in self._written.get(order.change_id, ()) for write in (*writes, *lines)):
            undone = {"item": {"expected": "as it was written a moment ago", "found": "something else"}}
            return verdicts.conflict(order, undone, holding)
        if self._context.claim.run.cancelling and (writes or lines):
            return verdicts.given_up(order)
        return writes

    def _call(self, writes: Sequence[Write]) -> Iterator[Outcome]:
        """Send these, plan the lines of items that are there now, and tell of orders that have come to an end."""
        stop: ShelflineError | None = None
        try:
            self._sender.send(writes, self._inverses(writes))
        except ShelflineError as error:
            stop = error
        ledger = self._context.ledger(list(self._open))
        self._plan_lines()
        for order in list(self._open.values()):
            for outcome in self._told(order, ledger.get(order.change_id, ())):
                del self._open[order.change_id]
                self._without_lines.pop(order.change_id, None)
                yield outcome
        if stop is not None:
            raise stop

    def _told(self, order: PushOrder, effects: Sequence[Effect]) -> Iterator[Outcome]:
        now = self._context.claim.now
        stuck = verdicts.under_way(order, effects, now, now) or verdicts.refused(order, effects)
        if stuck is not None:
            self._lines = [write for write in self._lines if write.effect.change_id != order.change_id]
            yield stuck
        elif order.change_id not in self._without_lines:
            wanted = self._wanted[order.change_id]
            for outcome in verdicts.finished(order, effects, wanted, self._holdings.get(order.key)):
                self._drop_planned(order, effects)
                yield outcome

    def _drop_planned(self, order: PushOrder, effects: Sequence[Effect]) -> None:
        """A group that the order was to make first, and that another has made meanwhile."""
        if any(effect.state == "planned" for effect in effects):
            self._context.effects.drop_planned(self._context.tenant, [order.change_id])

    def _plan_lines(self) -> None:
        waiting = list(self._without_lines.values())
        ids = self._item_ids(waiting)
        lines: list[Write] = []
        for order in waiting:
            if order.operation == "delete" or order.key in ids:
                planned = list(
                    line_writes(
                        order, self._context.board, ids.get(order.key, ""), self._holdings.get(order.key)
                    )
                )
                self._wanted[order.change_id] |= {write.identity for write in planned}
                del self._without_lines[order.change_id]
                lines += planned
        self._forget_lost_lines(lines)
        self._lines += lines

    def _item_ids(self, orders: Sequence[PushOrder]) -> dict[str, str]:
        ids = {
            order.key: self._holdings[order.key].item.id for order in orders if order.key in self._holdings
        }
        unknown = [order.key for order in orders if order.key not in ids]
        if unknown:
            ids |= self._context.effects.remote_ids(self._context.tenant, TARGET, unknown)
        return ids

    def _forget_lost_lines(self, lines: Sequence[Write]) -> None:
        """Lines that the ledger believes to be there and the board does not hold: a person has archived them."""
        lost = [
            write.effect.key
            for write in lines
            if write.effect.operation == "create" and write.effect.parent in self._holdings
        ]
        if lost:
            effects, tenant = self._context.effects, self._context.tenant
            effects.gone(tenant, TARGET, effects.remote_ids(tenant, TARGET, lost))

    def _next_lines(self) -> list[Write]:
        at_once = self._context.at_once
        some, self._lines = self._lines[:at_once], self._lines[at_once:]
        return some

    def _inverses(self, writes: Sequence[Write]) -> dict[str, dict[str, object]]:
        held = {write.effect.key for write in writes if write.effect.key in self._holdings}
        return {
            order.key: self._holdings[order.key].document(order.before, order.after)
            for order in self._open.values()
            if order.key in held
        }
