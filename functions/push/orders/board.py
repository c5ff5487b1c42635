"""A board that orders go to, with its subitems board: every column we need is there, or it is said which is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from common.errors import Misconfigured
from functions.push.monday.boards import Board, Column, MissingLabel, title_key
from functions.push.monday.client import Monday
from functions.push.monday.documents import Shapes
from functions.push.monday.values import Canonical, shapes
from functions.push.orders.columns import (
    FIXED_LABELS,
    ITEM_COLUMNS,
    KEY_COLUMN,
    LINE_COLUMNS,
    LINE_KEY_COLUMN,
    MADE_LABELS,
    ORDERED,
    RECEIVED,
    SHIPPED,
    SIZE,
)


@dataclass(frozen=True)
class OrderBoard:
    """A board and the board of its subitems, as they are set up now."""

    items: Board
    lines: Board

    @classmethod
    def read(cls, monday: Monday, board_id: str) -> "OrderBoard":
        """Read both boards. Raises Misconfigured for a board without the columns, naming each."""
        items = monday.board(board_id)
        if items.subitems_board_id is None:
            raise Misconfigured(
                f"Board {board_id} has no column of subitems; add one.", reason="board_without_column"
            )
        lines = monday.board(items.subitems_board_id)
        if problems := [*items.problems(ITEM_COLUMNS), *lines.problems(LINE_COLUMNS)]:
            raise Misconfigured(" ".join(map(str, problems)), reason="board_without_column")
        return cls(items, lines)

    @cached_property
    def key_column(self) -> Column:
        """The column with our key of an order."""
        return self.items.column(KEY_COLUMN)

    @cached_property
    def line_key_column(self) -> Column:
        """The column with our key of a line."""
        return self.lines.column(LINE_KEY_COLUMN)

    @cached_property
    def item_columns(self) -> Mapping[str, Column]:
        """Our columns of an item, by title."""
        return {title: self.items.column(title) for title in ITEM_COLUMNS}

    @cached_property
    def ordered(self) -> Column:
        """The column with the ordered quantity of a line."""
        return self.lines.column(ORDERED)

    def group(self, title: str) -> str:
        """The id of a group. Raises Misconfigured for one that is still to be made."""
        found = self.items.group_id(title)
        if found is None:
            told = f"Board {self.items.id} has no group {title_key(title)!r}; add it there."
            raise Misconfigured(told, reason="no_group")
        return found

    def labels_to_add(self, values: Mapping[str, Any]) -> Sequence[MissingLabel]:
        """Labels that only people add, and that these values of an item need."""
        return self.items.missing_labels(values, FIXED_LABELS)

    def labels_to_make(self, values: Mapping[str, Any]) -> Sequence[MissingLabel]:
        """Labels that the first item with these values makes."""
        return self.items.missing_labels(values, MADE_LABELS)

    def item_values(self, values: Mapping[str, Any]) -> Shapes:
        """Values of an item as monday.com takes them."""
        return shapes(self.items, values)

    def new_line_values(self, key: str, size: str, quantity: int) -> Shapes:
        """Values of a new line; what was received and shipped is people's from then on."""
        values: dict[str, Canonical] = {
            LINE_KEY_COLUMN: key,
            SIZE: size,
            ORDERED: quantity,
            RECEIVED: 0,
            SHIPPED: 0,
        }
        return shapes(self.lines, values)

    def quantity_values(self, quantity: int) -> Shapes:
        """The ordered quantity of a line that is there."""
        return shapes(self.lines, {ORDERED: quantity})
