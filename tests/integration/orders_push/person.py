"""Somebody who works at the boards by hand, through the same API."""

import json
from collections.abc import Mapping
from typing import Any

from tests.support.monday_account import SPRING, MondayAccount

_COLUMNS = "query ($board: [ID!]) { boards(ids: $board) { columns { id title } } }"
_WRITE = """mutation ($board: ID!, $item: ID!, $values: JSON!) {
  change_multiple_column_values(board_id: $board, item_id: $item, column_values: $values, create_labels_if_missing: true) { id } }"""
_CREATE = """mutation ($board: ID!, $name: String!, $values: JSON!) {
  create_item(board_id: $board, item_name: $name, column_values: $values, create_labels_if_missing: true) { id } }"""
_ARCHIVE = "mutation ($item: ID!) { archive_item(item_id: $item) { id } }"
_GROUP = (
    "mutation ($board: ID!, $title: String!) { create_group(board_id: $board, group_name: $title) { id } }"
)
_MOVE = (
    "mutation ($item: ID!, $group: String!) { move_item_to_group(item_id: $item, group_id: $group) { id } }"
)


class Person:
    """Names columns and groups by their titles."""

    def __init__(self, monday: MondayAccount) -> None:
        self._monday = monday

    def write(self, item: str, board: str = SPRING, **values: Any) -> None:
        """Type values into an item (or a subitem of board 2001011), by column title with _ for a blank."""
        written = self._by_id(board, {title.replace("_", " "): value for title, value in values.items()})
        self._monday.query(_WRITE, board=board, item=item, values=json.dumps(written))

    def create(self, name: str, values: Mapping[str, Any], board: str = SPRING) -> str:
        """Make an item; its id."""
        written = json.dumps(self._by_id(board, values))
        made = self._monday.query(_CREATE, board=board, name=name, values=written)
        return str(made["create_item"]["id"])

    def archive(self, item: str) -> None:
        """Put an item or subitem out of sight."""
        self._monday.query(_ARCHIVE, item=item)

    def sort_into(self, item: str, title: str, board: str = SPRING) -> None:
        """Move an item into a new group of the person's own."""
        group = self._monday.query(_GROUP, board=board, title=title)["create_group"]["id"]
        self._monday.query(_MOVE, item=item, group=group)

    def line(self, item: str, size: str, board: str = SPRING) -> str:
        """The subitem of a size."""
        (found,) = (each for each in self._monday.board(board)["items"] if each["id"] == item)
        (line,) = (
            each for each in found["subitems"] if each["values"]["SIZE"] == size and each["state"] == "active"
        )
        return str(line["id"])

    def _by_id(self, board: str, values: Mapping[str, Any]) -> dict[str, Any]:
        columns = self._monday.query(_COLUMNS, board=[board])["boards"][0]["columns"]
        ids = {column["title"]: column["id"] for column in columns}
        return {ids.get(title, title): value for title, value in values.items()}
