"""The file of boards a stand-in begins with; its form is in the package docstring."""

import json
from pathlib import Path
from typing import Any

from infra.local.vendors.monday.model import Board, Column, Group

_LABELLED = ("dropdown", "status")


class BadBoardsFile(ValueError):
    """The file is not what the package docstring says; the message names board and column."""


def read_boards(path: Path) -> list[Board]:
    """The boards of a file.

    Raises BadBoardsFile when it is not in form.
    """
    document = json.loads(path.read_text(encoding="utf-8"))
    try:
        boards = {str(one["id"]): board_from(one) for one in document["boards"]}
    except KeyError as error:
        raise BadBoardsFile(f"{path}: {error.args[0]!r} is missing") from None
    for board in boards.values():
        _link(board, boards, path)
    return list(boards.values())


def board_from(one: dict[str, Any]) -> Board:
    """A board of the file, or of the state folder, which keeps the same form."""
    identity = str(one["id"])
    columns = [_name_column(), *(_column(each) for each in one["columns"])]
    groups = one.get("groups") or [{"id": "topics", "title": "Group Title"}]
    return Board(
        id=identity,
        name=one["name"],
        columns={column.id: column for column in columns},
        groups={each["id"]: Group(board_id=identity, **each) for each in groups},
        parent_board=one.get("parent_board"),
    )


def board_as_json(board: Board) -> dict[str, Any]:
    """What `board_from` reads; without the items."""
    columns = [_column_as_json(each) for each in board.columns.values() if each.type != "name"]
    fields = ("id", "title", "color", "archived", "deleted", "position")
    groups = [{name: getattr(each, name) for name in fields} for each in board.groups.values()]
    return {
        "id": board.id,
        "name": board.name,
        "parent_board": board.parent_board,
        "columns": columns,
        "groups": groups,
    }


def _name_column() -> Column:
    return Column("name", "Name", "name")


def _column(one: dict[str, Any]) -> Column:
    labels = one.get("labels", [])
    first = 0 if one["type"] == "status" else 1
    numbered = (
        {int(number): label for number, label in labels.items()}
        if isinstance(labels, dict)
        else dict(enumerate(labels, first))
    )
    return Column(
        id=one["id"],
        title=one["title"],
        type=one["type"],
        labels=numbered,
        subitems_board=one.get("subitems_board"),
        key=one.get("key", False),
        archived=one.get("archived", False),
    )


def _column_as_json(column: Column) -> dict[str, Any]:
    labels = {"labels": {str(key): text for key, text in column.labels.items()}} if column.labels else {}
    return {
        "id": column.id,
        "title": column.title,
        "type": column.type,
        "subitems_board": column.subitems_board,
        "key": column.key,
        "archived": column.archived,
    } | labels


def _link(board: Board, boards: dict[str, Board], path: Path) -> None:
    """Tell a subitems board whose it is; a column that leads nowhere is refused."""
    for column in board.columns.values():
        if column.labels and column.type not in _LABELLED:
            raise BadBoardsFile(f"{path}: board {board.id}, {column.title}: only {_LABELLED} have labels")
        if column.type == "subtasks":
            below = boards.get(str(column.subitems_board))
            if below is None:
                raise BadBoardsFile(f"{path}: board {board.id}, {column.title}: no such subitems_board")
            below.parent_board = board.id
