"""What became of writes whose answer was lost, when it is too late to repeat them: the board is asked."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from common.effects import Effect
from functions.push.monday.lookup import HeldItem
from functions.push.monday.values import same
from functions.push.orders.board import OrderBoard
from functions.push.orders.groups import OPERATION as CREATE_GROUP
from functions.push.orders.work import TARGET, PushOrder
from functions.push.orders.writes import ITEM, MOVE, changed_values

if TYPE_CHECKING:
    from common.effects import Effects
    from functions.push.monday.client import Monday


class LookUps:
    """Asks one board about the orders of one tenant."""

    def __init__(
        self, effects: "Effects", monday: "Monday", board: OrderBoard, tenant: str, settle_seconds: float
    ) -> None:
        self._effects = effects
        self._monday = monday
        self._board = board
        self._tenant = tenant
        self._settle_seconds = settle_seconds

    def ask(self, orders: Sequence[PushOrder]) -> None:
        """Look up what is due of these orders, and tell the ledger."""
        changes = [order.change_id for order in orders]
        due = self._effects.due_for_look_up(self._tenant, TARGET, changes)
        if not due:
            return
        by_change = {order.change_id: order for order in orders}
        held = self.held_items([by_change[effect.change_id] for effect in due])
        found = {}
        for effect in due:
            order = by_change[effect.change_id]
            remote = self._found(effect, order, held.get(order.key))
            if remote is not None:
                found[effect.id] = remote
        missing = [effect.id for effect in due if effect.id not in found]
        self._effects.looked_up(found=found, not_found=missing, settle_seconds=self._settle_seconds)

    def held_items(self, orders: Sequence[PushOrder]) -> dict[str, HeldItem]:
        """Order key → the item that the board holds of it, with its lines; found by the ledger, else by the key column."""
        keys = list(dict.fromkeys(order.key for order in orders))
        ids = self._effects.remote_ids(self._tenant, TARGET, keys)
        unknown = [key for key in keys if key not in ids]
        ids |= self._adopted(unknown)
        columns = [column.id for column in self._board.item_columns.values()]
        line_columns = [self._board.line_key_column.id, self._board.ordered.id]
        held = self._monday.items(list(ids.values()), columns, line_columns) if ids else {}
        return {key: held[remote] for key, remote in ids.items() if remote in held}

    def _adopted(self, keys: Sequence[str]) -> dict[str, str]:
        """What the board holds under these keys without the ledger's knowing: taken over, so that it is not made twice."""
        if not keys:
            return {}
        found = self._monday.find(self._board.items.id, self._board.key_column.id, keys)
        first = {key: items[0].id for key, items in found.items() if items}
        if first:
            others = self._effects.adopt(self._tenant, TARGET, first)
            first |= others
        return first

    def _found(self, effect: Effect, order: PushOrder, held: HeldItem | None) -> str | None:
        """The id of what an effect has done, or None where there is no trace of it."""
        if effect.operation == CREATE_GROUP:
            return self._board.items.group_id(order.after["group"])
        if effect.part in (ITEM, MOVE):
            return _trace_of_item(effect, order, held, self._board)
        return _trace_of_line(effect, order, held, self._board)


def _trace_of_item(effect: Effect, order: PushOrder, held: HeldItem | None, board: OrderBoard) -> str | None:
    if held is None:
        return None
    if effect.operation == "archive":
        return None if held.is_active else held.id
    if not held.is_active:
        return None
    if effect.operation == "create":
        return held.id
    if effect.operation == "move":
        return held.id if held.group_title == order.after["group"] else None
    wanted = changed_values(order) if order.before else order.after["values"]
    return held.id if holds(held, wanted, board) else None


def _trace_of_line(effect: Effect, order: PushOrder, held: HeldItem | None, board: OrderBoard) -> str | None:
    line = lines_of(held, board).get(effect.key) if held else None
    if effect.operation == "archive":
        # An archived line is in no list of its item; the archive names the line it was sent for.
        return order.subitems.get(_size(effect, order)) if line is None else None
    if line is None:
        return None
    if effect.operation == "create":
        return line.id
    wanted = order.after["lines"].get(_size(effect, order))
    return line.id if same(board.ordered.type, wanted, line.values.get(board.ordered.id)) else None


def lines_of(held: HeldItem, board: OrderBoard) -> Mapping[str, HeldItem]:
    """The active lines of an item by our key of each."""
    key_column = board.line_key_column.id
    return {str(line.values.get(key_column)): line for line in held.lines if line.is_active}


def holds(held: HeldItem, values: Mapping[str, object], board: OrderBoard) -> bool:
    """Whether an item holds these values of ours, by title."""
    columns = board.item_columns
    return all(
        same(columns[title].type, value, held.values.get(columns[title].id))  # type: ignore[arg-type]
        for title, value in values.items()
    )


def _size(effect: Effect, order: PushOrder) -> str:
    return effect.key.removeprefix(f"{order.key}/")
