"""Orders of one board, a hundred at a time: what is under way is finished first, then the board is asked, then written to."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.effects import Effect
from common.errors import Misconfigured, ShelflineError
from common.pipeline.item import Claim
from common.pipeline.outcome import Outcome
from functions.push.monday.boards import title_key
from functions.push.orders import verdicts
from functions.push.orders.board import OrderBoard
from functions.push.orders.columns import FIXED_LABELS
from functions.push.orders.drift import drift, held_document
from functions.push.orders.groups import create_groups, group_title, missing_groups
from functions.push.orders.look_ups import LookUps, lines_of
from functions.push.orders.sending import Sender
from functions.push.orders.work import TARGET, PushOrder
from functions.push.orders.writes import Write, item_writes, line_writes

if TYPE_CHECKING:
    from common.effects import Effects
    from functions.push.monday.client import Monday
    from functions.push.monday.lookup import HeldItem

_BLOCK = 100  # orders: as many keys, or ids, as one question to monday.com takes

Ledger = Mapping[int, Sequence[Effect]]
"""Change id → its effects."""


class Delivery:
    """Brings the orders of one claim to one board."""

    def __init__(self, effects: "Effects", monday: "Monday", claim: Claim, board: OrderBoard) -> None:
        self._effects = effects
        self._monday = monday
        self._claim = claim
        self._board = board
        self._sender = Sender(effects, monday, claim)
        settle = claim.run.settings.monday_settle_seconds
        self._look_ups = LookUps(effects, monday, board, claim.run.tenant, settle)
        self._room = board.items.room()

    def deliver(self, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        """An outcome for each order that has come to one. Raises what keeps the others from going on now."""
        for start in range(0, len(orders), _BLOCK):
            yield from self._block(orders[start : start + _BLOCK])

    def _block(self, orders: Sequence[PushOrder]) -> Iterator[Outcome]:
        begun = self._finish_what_is_under_way(orders)
        settled, ready = verdicts.apart(orders, begun, self._claim.now)
        yield from settled
        held = self._look_ups.held_items(ready)
        stopped, writable = self._checked(ready, held, begun)
        yield from stopped
        self._make_groups(writable)
        at_once = self._claim.run.settings.monday_mutations_per_call
        for start in range(0, len(writable), at_once):
            yield from self._wave(writable[start : start + at_once], held)

    def _finish_what_is_under_way(self, orders: Sequence[PushOrder]) -> Ledger:
        changes = [order.change_id for order in orders]
        begun = self._ledger(changes)
        if any(effect.send_id and effect.state != "confirmed" for each in begun.values() for effect in each):
            for send in self._effects.open_sends(self._claim.run.tenant, TARGET, changes):
                self._sender.repeat(send)
            self._look_ups.ask([order for order in orders if begun.get(order.change_id)])
            begun = self._ledger(changes)
        return begun

    def _checked(
        self, orders: Sequence[PushOrder], held: Mapping[str, "HeldItem"], begun: Ledger
    ) -> tuple[list[Outcome], list[PushOrder]]:
        """What cannot be written as it was reviewed, and what can."""
        stopped, writable = [], []
        for order in orders:
            outcome = self._stopped(order, held.get(order.key), is_begun=bool(begun.get(order.change_id)))
            if outcome is None:
                writable.append(order)
            else:
                stopped.append(outcome)
        return stopped, writable

    def _stopped(self, order: PushOrder, held: "HeldItem | None", *, is_begun: bool) -> Outcome | None:
        if order.operation == "delete":
            if held is None or not held.is_active:
                return verdicts.pushed(order, None, {}, None, reason="already_gone")
            return self._drifted(order, held, is_begun=is_begun)
        if missing := self._board.items.missing_labels(order.after["values"], FIXED_LABELS):
            return verdicts.asked(order, "missing_label", " ".join(map(str, missing)))
        if held is None or not held.is_active:
            return self._cannot_be_made(order, is_gone=bool(order.before))
        return self._drifted(order, held, is_begun=is_begun)

    def _cannot_be_made(self, order: PushOrder, *, is_gone: bool) -> Outcome | None:
        if is_gone:
            return verdicts.conflict(order, {"item": {"expected": "on the board", "found": "gone"}}, None)
        if self._room <= 0:
            told = f"Board {order.board} is full: make room, or name another board in the customer book."
            return verdicts.asked(order, "board_full", told)
        self._room -= 1
        return None

    def _drifted(self, order: PushOrder, held: "HeldItem", *, is_begun: bool) -> Outcome | None:
        found = {} if is_begun else drift(order, held, self._board)
        if not found:
            return None
        return verdicts.conflict(order, found, held_document(order, held, self._board))

    def _make_groups(self, orders: Sequence[PushOrder]) -> None:
        missing = missing_groups(orders, self._board.items)
        if missing:
            create_groups(missing, self._board.items, self._sender)
            self._board = OrderBoard.read(self._monday, self._board.items.id)

    def _wave(self, orders: Sequence[PushOrder], held: Mapping[str, "HeldItem"]) -> Iterator[Outcome]:
        """Items first, then the lines inside them. What came of each is told even when going on is of no use now."""
        stop: ShelflineError | None = None
        expected: dict[int, list[Write]] = {}
        try:
            self._write(orders, held, expected)
        except ShelflineError as error:
            stop = error
        ledger = self._ledger([order.change_id for order in orders])
        for order in orders:
            inverse = self._inverse(order, held.get(order.key))
            yield from verdicts.after(
                order, expected.get(order.change_id), ledger.get(order.change_id, ()), self._claim.now, inverse,
                item_id=held[order.key].id if order.key in held else None,
                lines=self._lines(order, held.get(order.key)),
            )  # fmt: skip
        if stop is not None:
            raise stop

    def _write(
        self,
        orders: Sequence[PushOrder],
        held: Mapping[str, "HeldItem"],
        expected: dict[int, list[Write]],
    ) -> None:
        groups = self._groups(orders)
        ids = {key: item.id for key, item in held.items() if item.is_active}
        inverses = {
            order.key: inverse for order in orders if (inverse := self._inverse(order, held.get(order.key)))
        }
        writes = [
            write for order in orders for write in item_writes(order, self._board, groups, ids.get(order.key))
        ]
        self._send(orders, writes, inverses)
        ids |= self._effects.remote_ids(self._claim.run.tenant, TARGET, [order.key for order in orders])
        lines = [
            write
            for order in orders
            if order.key in ids
            for write in line_writes(
                order, self._board, ids[order.key], self._lines(order, held.get(order.key))
            )
        ]
        for order in orders:
            expected[order.change_id] = []
        for write in (*writes, *lines):
            expected[write.effect.change_id].append(write)
        self._send(orders, lines, {})

    def _send(
        self, orders: Sequence[PushOrder], writes: Sequence[Write], inverses: Mapping[str, Mapping[str, Any]]
    ) -> None:
        """Send what has not been done by an earlier try."""
        ledger = self._ledger([order.change_id for order in orders])
        done = {
            (effect.change_id, effect.key, effect.part)
            for each in ledger.values()
            for effect in each
            if effect.state in ("confirmed", "refused")
        }
        open_writes = [write for write in writes if (write.effect.change_id, *write.identity) not in done]
        if open_writes:
            self._sender.send(open_writes, inverses)

    def _groups(self, orders: Sequence[PushOrder]) -> dict[str, str]:
        """Title → id, of the groups that these orders need. Raises Misconfigured for one that could not be made."""
        groups = {}
        for title in filter(None, map(group_title, orders)):
            group = self._board.items.group_id(title)
            if group is None:
                raise Misconfigured(
                    f"Board {self._board.items.id} does not take a group {title_key(title)!r}.",
                    reason="no_group",
                )
            groups[title] = group
        return groups

    def _lines(self, order: PushOrder, held: "HeldItem | None") -> dict[str, str]:
        """Size → subitem, of the lines that the board holds."""
        if held is None:
            return {}
        lines = lines_of(held, self._board)
        return {key.removeprefix(f"{order.key}/"): line.id for key, line in lines.items()}

    def _inverse(self, order: PushOrder, held: "HeldItem | None") -> dict[str, Any] | None:
        return held_document(order, held, self._board) if held and held.is_active else None

    def _ledger(self, changes: Sequence[int]) -> dict[int, list[Effect]]:
        found: dict[int, list[Effect]] = {}
        for effect in self._effects.ledger(self._claim.run.tenant, TARGET, changes):
            found.setdefault(effect.change_id, []).append(effect)
        return found
