"""The groups that orders stand in: found by title, else made once, and known by the id that monday.com gives them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.canonical import record_hash
from common.effects import PlannedEffect
from functions.push.monday.boards import title_key
from functions.push.monday.documents import CreateGroup
from functions.push.orders.work import PushOrder
from functions.push.orders.writes import Write

if TYPE_CHECKING:
    from functions.push.monday.boards import Board
    from functions.push.orders.sending import Sender

OPERATION = "group"
"""Neither creates nor ends an object of an order: the group is found by its title ever after."""


def group_title(order: PushOrder) -> str | None:
    """The group that an order needs; None where it needs none."""
    if order.operation == "delete":
        return None
    title: str = order.after["group"]
    return title


def missing_groups(orders: Sequence[PushOrder], board: "Board") -> dict[str, PushOrder]:
    """Title → the first order that needs the group, of groups the board does not have."""
    missing: dict[str, PushOrder] = {}
    for order in orders:
        title = group_title(order)
        if title is not None and board.group_id(title) is None:
            missing.setdefault(title_key(title), order)
    return missing


def create_groups(missing: dict[str, PushOrder], board: "Board", sender: "Sender") -> None:
    """Make the groups that are missing. Read the board anew to learn their ids."""
    sender.send([_creation(order, board.id) for order in missing.values()], {})


def _creation(order: PushOrder, board_id: str) -> Write:
    title = order.after["group"]
    effect = PlannedEffect(
        item_id=order.item.id,
        key=f"group/{board_id}/{title_key(title)}",
        change_id=order.change_id,
        operation=OPERATION,
        content_hash=record_hash({"board": board_id, "title": title}, ["board", "title"]),
        part=OPERATION,
    )
    return Write(effect, CreateGroup(board_id, title))
