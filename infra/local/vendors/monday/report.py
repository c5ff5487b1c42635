"""The boards as tests and reports see them: by titles instead of ids."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from infra.local.vendors.monday.model import Board, Item
from infra.local.vendors.monday.values import text_of
from infra.local.vendors.monday.workspace import Workspace


def all_boards(workspace: Workspace) -> dict[str, Any]:
    """Every board in short."""
    return {"boards": [_summary(board) for board in workspace.boards.values()]}


def one_board(workspace: Workspace, board_id: str) -> dict[str, Any] | None:
    """A board with its items, their values as text by column title, and their subitems; None for no board.

    `keys` has, by title of each key column, how often each value stands on an active item.
    """
    board = workspace.boards.get(board_id)
    if board is None:
        return None
    return _summary(board) | {
        "keys": _keys(board),
        "items": [_item(workspace, each) for each in board.items.values()],
    }


def _summary(board: Board) -> dict[str, Any]:
    keys = _keys(board)
    return {
        "id": board.id,
        "name": board.name,
        "parent_board": board.parent_board,
        "states": dict(Counter(item.state for item in board.items.values())),
        "groups": [{"id": each.id, "title": each.title} for each in board.groups.values()],
        "distinct_keys": {title: len(counts) for title, counts in keys.items()},
        "repeated_keys": {
            title: {value: count for value, count in counts.items() if count > 1}
            for title, counts in keys.items()
        },
    }


def _keys(board: Board) -> dict[str, dict[str, int]]:
    active = [item for item in board.items.values() if item.state == "active"]
    return {
        column.title: dict(Counter(text_of(column, item.values.get(column.id)) for item in active))
        for column in board.columns.values()
        if column.key
    }


def _item(workspace: Workspace, item: Item) -> dict[str, Any]:
    board = workspace.boards[item.board_id]
    shown: dict[str, Any] = {
        "id": str(item.id),
        "name": item.name,
        "state": item.state,
        "group": board.groups[item.group_id].title,
        "values": dict(_texts(board, item)),
    }
    if item.parent_id is None:
        shown["subitems"] = [_item(workspace, workspace.items[one]) for one in item.subitem_ids]
    return shown


def _texts(board: Board, item: Item) -> Iterable[tuple[str, str]]:
    for column_id, value in item.values.items():
        column = board.columns[column_id]
        yield column.title, text_of(column, value)
