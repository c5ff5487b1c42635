"""The writes that bring one order to its board: first the item, then, inside it, its lines. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.canonical import record_hash
from common.effects import PlannedEffect
from functions.push.monday.documents import (
    ArchiveItem,
    ChangeItem,
    CreateItem,
    CreateSubitem,
    MoveItem,
    Mutation,
)
from functions.push.orders.board import OrderBoard
from functions.push.orders.columns import KEY_COLUMN
from functions.push.orders.work import PushOrder

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


def item_writes(
    order: PushOrder, board: OrderBoard, groups: Mapping[str, str], item_id: str | None
) -> Iterator[Write]:
    """What is to be done to the item. item_id: None where there is none yet; groups: id by title."""
    if order.operation == "delete":
        if item_id is not None:
            yield _write(order, ITEM, "archive", ArchiveItem(item_id))
    elif item_id is None:
        yield _write(order, ITEM, "create", _new_item(order, board, groups))
    else:
        yield from _changes(order, board, groups, item_id)


def line_writes(
    order: PushOrder, board: OrderBoard, item_id: str, lines: Mapping[str, str]
) -> Iterator[Write]:
    """What is to be done to the lines. lines: the subitem's id by size, of those that are there."""
    if order.operation == "delete":  # they go with their item
        return
    wanted = order.after["lines"]
    for size, operation in order.lines.items():
        key, held = order.line_key(size), lines.get(size)
        if operation == "archive":
            if held is not None:
                yield _write(order, LINE, "archive", ArchiveItem(held), key)
        elif held is None:
            values = board.new_line_values(key, size, wanted[size])
            subitem = CreateSubitem(item_id, f"Size {size}", values, creates_labels=True)
            yield _write(order, LINE, "create", subitem, key, parent=order.key)
        elif operation != "keep":
            change = ChangeItem(board.lines.id, held, board.quantity_values(wanted[size]))
            yield _write(order, LINE, "update", change, key)


def changed_values(order: PushOrder) -> dict[str, Any]:
    """Column titles whose value differs between before and after; None empties a column."""
    before, after = order.before.get("values", {}), order.after["values"]
    return {title: after.get(title) for title in {**before, **after} if before.get(title) != after.get(title)}


def _new_item(order: PushOrder, board: OrderBoard, groups: Mapping[str, str]) -> CreateItem:
    values = board.item_values({KEY_COLUMN: order.key, **order.after["values"]})
    group = groups[order.after["group"]]
    return CreateItem(board.items.id, group, order.after["name"], values, creates_labels=True)


def _changes(order: PushOrder, board: OrderBoard, groups: Mapping[str, str], item_id: str) -> Iterator[Write]:
    values = changed_values(order) if order.before else dict(order.after["values"])
    name = order.after["name"] if order.before.get("name") != order.after["name"] else None
    if values or name:
        shapes = board.item_values(values)
        yield _write(
            order, ITEM, "update", ChangeItem(board.items.id, item_id, shapes, name, creates_labels=True)
        )
    if order.before and order.before["group"] != order.after["group"]:
        yield _write(order, MOVE, "move", MoveItem(item_id, groups[order.after["group"]]))


def _write(
    order: PushOrder,
    part: str,
    operation: str,
    mutation: Mutation,
    key: str | None = None,
    parent: str | None = None,
) -> Write:
    content = {"operation": operation, "mutation": vars(mutation)}
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
