"""The writes that bring one order to its board: first the item, then, inside it, its lines. Pure.

A write is for what the board holds differently, so that trying again after half of it was done does the other half.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from common.canonical import record_hash
from common.effects import PlannedEffect
from functions.push.monday.boards import title_key
from functions.push.monday.documents import (
    ArchiveItem,
    ChangeItem,
    CreateItem,
    CreateSubitem,
    MoveItem,
    Mutation,
    call_of,
)
from functions.push.orders.board import OrderBoard
from functions.push.orders.columns import KEY_COLUMN
from functions.push.orders.holding import Holding
from functions.push.orders.work import PushOrder
from functions.stage.orders.lines import in_order

ITEM, MOVE, LINE = "item", "move", "line"
"""The parts of an order's writes, as the ledger names them."""


@dataclass(frozen=True)
class Write:
    """One write: what the ledger keeps of it, and what monday.com is told."""

    effect: PlannedEffect
    mutation: Mutation

    @property
    def identity(self) -> tuple[str, str]:
        """What it is known by within its change."""
        return self.effect.key, self.effect.part


def item_writes(order: PushOrder, board: OrderBoard, holding: Holding | None) -> Iterator[Write]:
    """What is to be done to the item; the board has its group. Raises Refuse for a value that its column cannot hold."""
    if order.operation == "delete":
        if holding is not None:
            yield _write(order, ITEM, "archive", ArchiveItem(holding.item.id))
    elif holding is None:
        yield _write(order, ITEM, "create", _new_item(order, board))
    else:
        yield from _changes(order, board, holding)


def line_writes(
    order: PushOrder, board: OrderBoard, item_id: str, holding: Holding | None
) -> Iterator[Write]:
    """What is to be done to the lines. What was received and shipped is written with a new line and never again."""
    if order.operation == "delete":  # they go with their item
        return
    held = holding.lines if holding else {}
    for size, quantity in in_order(order.after["lines"]).items():
        if size not in held:
            yield _new_line(order, board, item_id, size)
        elif holding and not holding.has_line(size, quantity):
            change = ChangeItem(board.lines.id, held[size].id, board.quantity_values(quantity))
            yield _write(order, LINE, "update", change, order.line_key(size))
    for size, line in held.items():
        if size not in order.after["lines"]:
            yield _write(order, LINE, "archive", ArchiveItem(line.id), order.line_key(size))


def _new_item(order: PushOrder, board: OrderBoard) -> CreateItem:
    values = board.item_values({KEY_COLUMN: order.key, **order.after["values"]})
    group = board.group(order.after["group"])
    return CreateItem(board.items.id, group, order.after["name"], values, creates_labels=True)


def _new_line(order: PushOrder, board: OrderBoard, item_id: str, size: str) -> Write:
    key = order.line_key(size)
    values = board.new_line_values(key, size, order.after["lines"][size])
    subitem = CreateSubitem(item_id, f"Size {size}", values, creates_labels=True)
    return _write(order, LINE, "create", subitem, key, parent=order.key)


def _changes(order: PushOrder, board: OrderBoard, holding: Holding) -> Iterator[Write]:
    wanted = order.after["values"]
    titles = {**order.before.get("values", {}), **wanted}
    values = {title: wanted.get(title) for title in titles if not holding.has_value(title, wanted.get(title))}
    name = order.after["name"] if holding.item.name != order.after["name"] else None
    if values or name:
        shapes = board.item_values(values)
        change = ChangeItem(board.items.id, holding.item.id, shapes, name, creates_labels=True)
        yield _write(order, ITEM, "update", change)
    if _moves(order, holding):
        yield _write(order, MOVE, "move", MoveItem(holding.item.id, board.group(order.after["group"])))


def _moves(order: PushOrder, holding: Holding) -> bool:
    """Only an order whose group of ours is another one now; where people have sorted it to is theirs."""
    wanted = order.after["group"]
    is_moving = bool(order.before) and order.before["group"] != wanted
    return is_moving and title_key(holding.item.group_title) != title_key(wanted)


def _write(
    order: PushOrder,
    part: str,
    operation: str,
    mutation: Mutation,
    key: str | None = None,
    parent: str | None = None,
) -> Write:
    name, arguments = call_of(
        mutation
    )  # what cannot be sent is refused here, before it shares a request with others
    content: Mapping[str, object] = {"operation": name, "arguments": [list(each) for each in arguments]}
    effect = PlannedEffect(
        item_id=order.item.id,
        key=key or order.key,
        part=part,
        change_id=order.change_id,
        operation=operation,
        content_hash=record_hash(content, list(content)),
        parent=parent,
    )
    return Write(effect, mutation)
