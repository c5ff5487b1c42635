"""Whether a board still holds what a change was reviewed against; and what it holds, for taking the change back."""

from collections.abc import Mapping
from typing import Any

from functions.push.monday.lookup import HeldItem
from functions.push.monday.values import same
from functions.push.orders.board import OrderBoard
from functions.push.orders.look_ups import lines_of
from functions.push.orders.work import PushOrder


def drift(order: PushOrder, held: HeldItem, board: OrderBoard) -> dict[str, Any]:
    """{column title, or "line <size>": {expected, found}} where the board holds something else; empty for none.

    Only what is ours is looked at: columns that people keep, and groups that they sort items into, are theirs.
    """
    if not order.before:  # nothing was reviewed of what the board holds: it was found by its key
        return {}
    return {**_drifted_values(order, held, board), **_drifted_lines(order, held, board)}


def held_document(order: PushOrder, held: HeldItem, board: OrderBoard) -> dict[str, Any]:
    """What the board holds of an order, in the form of our documents: the inverse of whatever is written now."""
    columns = board.item_columns
    titles = {**order.before.get("values", {}), **order.after.get("values", {})}
    values = {title: held.values.get(columns[title].id) for title in titles}
    lines = {
        key.removeprefix(f"{order.key}/"): line.values.get(board.ordered.id)
        for key, line in lines_of(held, board).items()
    }
    return {
        "name": held.name,
        "group": held.group_title,
        "values": {title: value for title, value in values.items() if value is not None},
        "lines": {size: int(str(quantity)) for size, quantity in lines.items() if quantity is not None},
    }


def _drifted_values(order: PushOrder, held: HeldItem, board: OrderBoard) -> dict[str, Any]:
    columns, before = board.item_columns, order.before["values"]
    titles = {**before, **order.after.get("values", {})}
    found = {title: held.values.get(columns[title].id) for title in titles}
    drifted = {
        title: {"expected": before.get(title), "found": value}
        for title, value in found.items()
        if not same(columns[title].type, before.get(title), value)
    }
    if held.name != order.before["name"]:
        drifted["name"] = {"expected": order.before["name"], "found": held.name}
    return drifted


def _drifted_lines(order: PushOrder, held: HeldItem, board: OrderBoard) -> Mapping[str, Any]:
    lines = lines_of(held, board)
    expected = {order.line_key(size): quantity for size, quantity in order.before["lines"].items()}
    drifted = {}
    for key, quantity in expected.items():
        found = lines[key].values.get(board.ordered.id) if key in lines else None
        if not same(board.ordered.type, quantity, found):
            drifted[f"line {key.removeprefix(f'{order.key}/')}"] = {"expected": quantity, "found": found}
    return drifted
