"""What the board holds: of orders about to be written, and of writes whose answer was lost when it is too late to repeat them."""

from collections.abc import Collection, Mapping, Sequence

from common.effects import Effect
from functions.push.monday.boards import title_key
from functions.push.monday.lookup import FoundItem, HeldItem
from functions.push.orders.context import Context
from functions.push.orders.groups import OPERATION as CREATE_GROUP
from functions.push.orders.holding import Holding
from functions.push.orders.work import TARGET, PushOrder
from functions.push.orders.writes import ITEM, MOVE

Items = dict[str, HeldItem]
"""Order key → its item, in any state."""


class LookUps:
    """Asks one board about the orders of one tenant."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def holdings(self, orders: Sequence[PushOrder]) -> dict[str, Holding]:
        """Order key → what the board holds of it, of those that it holds; found by the ledger, else by the key column.

        What the ledger believes to be there and is not, because a person has archived it or moved it to another board, is
        told to the ledger; what it does not know of is taken over, so that nothing is made twice.
        """
        board = self._context.board
        items = self._items(orders)
        return {key: Holding(key, item, board) for key, item in items.items() if self._is_here(item)}

    def is_held(self, keys: Sequence[str]) -> set[str]:
        """Which of these orders the board holds by its key column, or by what the ledger knows."""
        known = set(self._context.effects.remote_ids(self._context.tenant, TARGET, keys))
        return known | self._by_key([key for key in keys if key not in known]).keys()

    def ask(self, orders: Sequence[PushOrder], leaving_out: Collection[int]) -> None:
        """Look up what is due of these orders, and tell the ledger. leaving_out: sends that are known to go on."""
        by_change = {order.change_id: order for order in orders}
        effects, tenant = self._context.effects, self._context.tenant
        due = [
            effect
            for effect in effects.due_for_look_up(tenant, TARGET, list(by_change))
            if effect.send_id not in leaving_out
        ]
        if not due:
            return
        asked = list({effect.change_id: by_change[effect.change_id] for effect in due}.values())
        known = self._known(due)  # before the ledger hears what is gone
        items = self._items(asked)
        found = {}
        for effect in due:
            order = by_change[effect.change_id]
            remote = self._trace(effect, order, items.get(order.key), known)
            if remote is not None:
                found[effect.id] = remote
        missing = [effect.id for effect in due if effect.id not in found]
        settle = self._context.settings.monday_settle_seconds
        effects.looked_up(found=found, not_found=missing, settle_seconds=settle)

    def _items(self, orders: Sequence[PushOrder]) -> Items:
        keys = list(dict.fromkeys(order.key for order in orders))
        ids = self._context.effects.remote_ids(self._context.tenant, TARGET, keys)
        items = self._read(ids)
        lost = {key: ids[key] for key in ids if key not in items or not self._is_here(items[key])}
        if lost:
            self._context.effects.gone(self._context.tenant, TARGET, lost)
        unknown = [key for key in keys if key not in ids or key in lost]
        return items | self._read(self._adopted(unknown))

    def _read(self, ids: Mapping[str, str]) -> Items:
        if not ids:
            return {}
        board = self._context.board
        columns = [column.id for column in board.item_columns.values()]
        line_columns = [board.line_key_column.id, board.ordered.id]
        held = self._context.monday.items(list(ids.values()), columns, line_columns)
        return {key: held[remote] for key, remote in ids.items() if remote in held}

    def _is_here(self, item: HeldItem) -> bool:
        return item.is_active and item.board_id == self._context.board.items.id

    def _adopted(self, keys: Sequence[str]) -> dict[str, str]:
        first = self._by_key(keys)
        if first:
            first |= self._context.effects.adopt(self._context.tenant, TARGET, first)
        return first

    def _by_key(self, keys: Sequence[str]) -> dict[str, str]:
        """Order key → the item that bears it on the board; of several the first."""
        if not keys:
            return {}
        board = self._context.board
        found = self._context.monday.find(board.items.id, board.key_column.id, keys)
        return {key: min(items, key=_age).id for key, items in found.items() if items}

    def _known(self, due: Sequence[Effect]) -> dict[str, str]:
        archived = [effect.key for effect in due if effect.operation == "archive"]
        return self._context.effects.remote_ids(self._context.tenant, TARGET, archived) if archived else {}

    def _trace(
        self, effect: Effect, order: PushOrder, item: HeldItem | None, known: Mapping[str, str]
    ) -> str | None:
        """The id of what an effect has done, or None where there is no trace of it. known: ids by key before it."""
        if effect.operation == CREATE_GROUP:
            return self._context.board.items.group_id(order.after["group"])
        holding = Holding(order.key, item, self._context.board) if item and self._is_here(item) else None
        if effect.part in (ITEM, MOVE):
            return _trace_of_item(effect, order, item, holding, known)
        return _trace_of_line(effect, order, holding, known)


def _age(item: FoundItem) -> tuple[int, str]:
    """Ids count up: the shorter and smaller one is the older, which a person may have copied."""
    return len(item.id), item.id


def _trace_of_item(
    effect: Effect,
    order: PushOrder,
    item: HeldItem | None,
    holding: Holding | None,
    known: Mapping[str, str],
) -> str | None:
    if effect.operation == "archive":
        return None if holding else (item.id if item else known.get(effect.key))
    if holding is None:
        return None
    if effect.operation == "create":
        return holding.item.id
    if effect.operation == "move":
        moved = title_key(holding.item.group_title) == title_key(order.after["group"])
        return holding.item.id if moved else None
    return holding.item.id if _is_written(order, holding) else None


def _is_written(order: PushOrder, holding: Holding) -> bool:
    wanted = order.after["values"]
    titles = {**order.before.get("values", {}), **wanted}
    return holding.item.name == order.after["name"] and all(
        holding.has_value(title, wanted.get(title)) for title in titles
    )


def _trace_of_line(
    effect: Effect, order: PushOrder, holding: Holding | None, known: Mapping[str, str]
) -> str | None:
    size = effect.key.removeprefix(f"{order.key}/")
    line = holding.lines.get(size) if holding else None
    if effect.operation == "archive":
        return known.get(effect.key) if line is None else None
    if line is None or holding is None:
        return None
    if effect.operation == "create" or holding.has_line(size, order.after["lines"].get(size)):
        return line.id
    return None
