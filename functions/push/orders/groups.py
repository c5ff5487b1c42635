"""The groups that orders stand in: found by title, else made once, and known by the id that monday.com gives them."""

from collections.abc import Mapping, Sequence

from common.canonical import record_hash
from common.effects import Effect, PlannedEffect
from functions.push.monday.boards import Board, title_key
from functions.push.monday.documents import CreateGroup
from functions.push.orders.context import Context
from functions.push.orders.sending import Sender
from functions.push.orders.work import PushOrder
from functions.push.orders.writes import Write

OPERATION = "group"
"""Neither creates nor ends an object of an order: the group is found by its title ever after."""


def group_title(order: PushOrder) -> str | None:
    """The group that an order needs; None where it needs none."""
    if order.operation == "delete":
        return None
    title: str = order.after["group"]
    return title


def missing_groups(orders: Sequence[PushOrder], board: Board) -> dict[str, PushOrder]:
    """Title → the first order that needs the group, of groups the board does not have."""
    missing: dict[str, PushOrder] = {}
    for order in orders:
        title = group_title(order)
        if title is not None and board.group_id(title) is None:
            missing.setdefault(title_key(title), order)
    return missing


def make_groups(orders: Sequence[PushOrder], context: Context, sender: Sender) -> dict[int, str]:
    """Make the groups that are missing, and read the board anew to learn their ids.

    Answers, by change id, why the group of an order could not be made.
    """
    missing = missing_groups(orders, context.board.items)
    if not missing:
        return {}
    sender.send([_creation(order, context.board.items.id) for order in missing.values()], {})
    context.read_board_again()
    ledger = context.ledger([order.change_id for order in missing.values()])
    refused = {title: _refusal(ledger[order.change_id]) for title, order in missing.items()}
    return {
        order.change_id: _told(context.board.items, title, refused)
        for order in orders
        if (title := group_title(order)) is not None and context.board.items.group_id(title) is None
    }


def _refusal(effects: Sequence[Effect]) -> str:
    return next(
        (str(effect.error) for effect in effects if effect.operation == OPERATION and effect.error), ""
    )


def _told(board: Board, title: str, refused: Mapping[str, str]) -> str:
    why = refused.get(title_key(title)) or "it does not say why"
    return f"Board {board.id} does not take a group {title_key(title)!r}: {why}. Add the group there."


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
