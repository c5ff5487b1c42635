"""The boards of the account and everything that can be done to them.

An operation checks first and changes afterwards, so one that is refused has changed nothing. What was changed
since the last `taken` is remembered, to be written to the state folder in one transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.vendors.monday import problems
from infra.local.vendors.monday.model import Board, Group, Item
from infra.local.vendors.monday.search import SearchView
from infra.local.vendors.monday.values import checked, merged

_FIRST_ITEM = 9_000_000_001
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass
class Changes:
    """What was touched since it was last written down."""

    items: dict[int, Item] = field(default_factory=dict)
    boards: dict[str, Board] = field(default_factory=dict)


class Workspace:
    """Boards and items in memory; not safe for threads, its owner serves one call at a time."""

    def __init__(
        self,
        boards: Iterable[Board],
        items: Iterable[Item],
        now: Callable[[], float],
        *,
        items_limit: int,
        search_lag: float,
    ) -> None:
        """`now` in seconds since the epoch; `search_lag` in seconds."""
        self.boards = {board.id: board for board in boards}
        self.items: dict[int, Item] = {}
        self.items_limit = items_limit
        self._now = now
        for item in sorted(items, key=lambda each: each.id):
            self._place(item)
            if item.parent_id is not None:
                self.items[item.parent_id].subitem_ids.append(item.id)
        self._next = max(self.items, default=_FIRST_ITEM - 1) + 1
        self._search = {board.id: SearchView(board, now, search_lag) for board in self.boards.values()}
        self._changes = Changes()

    def taken(self) -> Changes:
        """What was changed since the last call."""
        changes, self._changes = self._changes, Changes()
        return changes

    def board(self, board_id: str) -> Board:
        """A board; raises Refused when there is none."""
        board = self.boards.get(board_id)
        if board is None:
            raise problems.invalid_board(board_id)
        return board

    def item(self, item_id: str | None) -> Item:
        """An item in any state; raises Refused when there is none."""
        item = self.items.get(int(item_id)) if item_id is not None and item_id.isdigit() else None
        if item is None:
            raise problems.not_found("Item", item_id)
        return item

    def active_item(self, item_id: str | None) -> Item:
        """An item that may be written to."""
        item = self.item(item_id)
        if item.state == "deleted":
            raise problems.not_found("Item", item_id)
        if item.state != "active":
            raise problems.inactive_item(item.id, item.state)
        return item

    def found(self, board: Board, wanted: list[tuple[str, list[str]]]) -> list[int]:
        """Ids of active items by column values, as the lagging search sees them."""
        return self._search[board.id].find(wanted)

    def create_group(self, board_id: str, title: str) -> Group:
        """A new group at the top of a board; titles may repeat."""
        board = self.board(board_id)
        if not title.strip():
            raise problems.invalid_argument("group_name must not be empty")
        identity = self._group_id(board)
        group = Group(identity, title, board.id, position=str(65536 - len(board.groups)))
        board.groups = {identity: group, **board.groups}
        self._changes.boards[board.id] = board
        return group

    def create_item(
        self, board_id: str, name: str, group_id: str | None, values: Mapping[str, Any], create_labels: bool
    ) -> Item:
        """A new item, in the top group unless one is named."""
        board = self.board(board_id)
        if board.parent_board is not None:
            raise problems.invalid_argument(f"Board {board_id} holds subitems; use create_subitem")
        group = self._group(board, group_id)
        if board.active_count >= self.items_limit:
            raise problems.board_is_full(board_id, self.items_limit)
        return self._create(board, group, name, values, create_labels, None)

    def create_subitem(
        self, parent_id: str, name: str, values: Mapping[str, Any], create_labels: bool
    ) -> Item:
        """A new subitem, on the subitems board of its parent's board."""
        parent = self.active_item(parent_id)
        column = self.boards[parent.board_id].subtasks_column()
        if column is None or column.subitems_board is None:
            raise problems.invalid_argument(f"Board {parent.board_id} has no subitems")
        board = self.boards[column.subitems_board]
        item = self._create(board, self._group(board, None), name, values, create_labels, parent.id)
        parent.subitem_ids.append(item.id)
        return item

    def change_values(
        self, board_id: str, item_id: str | None, values: Mapping[str, Any], create_labels: bool
    ) -> Item:
        """Change columns of an item; the one called "name" is its name."""
        board = self.board(board_id)
        item = self.active_item(item_id)
        if item.board_id != board.id:
            raise problems.not_found(f"Item on board {board.id}", item_id)
        given = dict(values)
        name = _good_name(given.pop("name")) if "name" in given else item.name
        changes = checked(board, given, create_labels)
        item.name = name
        item.values = self._merged(board, item.values, changes)
        self._touch(item)
        return item

    def move(self, item_id: str | None, group_id: str) -> Item:
        """Move an item to another group of its board."""
        item = self.active_item(item_id)
        item.group_id = self._group(self.boards[item.board_id], group_id).id
        self._touch(item)
        return item

    def retire(self, item_id: str | None, state: str) -> Item:
        """Archive or delete an item together with its subitems; what is so already stays so."""
        item = self.item(item_id)
        if item.state == "deleted" and state == "archived":
            raise problems.not_found("Item", item_id)
        for each in (item, *(self.items[one] for one in item.subitem_ids)):
            if each.state not in (state, "deleted"):
                self._retire(each, state)
        return item

    def _retire(self, item: Item, state: str) -> None:
        if item.state == "active":
            self.boards[item.board_id].active_count -= 1
        item.state = state
        self._touch(item)

    def _create(
        self,
        board: Board,
        group: Group,
        name: str,
        values: Mapping[str, Any],
        create_labels: bool,
        parent_id: int | None,
    ) -> Item:
        name = _good_name(name)
        given = {column: value for column, value in values.items() if column != "name"}
        kept = self._merged(board, {}, checked(board, given, create_labels))
        now = self._now()
        item = Item(self._number(), board.id, group.id, name, kept, parent_id, created=now)
        self._place(item)
        self._touch(item)
        return item

    def _place(self, item: Item) -> None:
        board = self.boards[item.board_id]
        self.items[item.id] = item
        board.items[item.id] = item
        board.active_count += item.state == "active"

    def _merged(self, board: Board, values: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
        before = _label_count(board)
        result = merged(board, values, changes)
        if _label_count(board) != before:
            self._changes.boards[board.id] = board
        return result

    def _group(self, board: Board, group_id: str | None) -> Group:
        """A group that items may go to: the named one, else the top one."""
        usable = (each for each in board.groups.values() if not (each.archived or each.deleted))
        group = next(usable, None) if group_id is None else board.groups.get(group_id)
        if group is None or group.archived or group.deleted:
            raise problems.not_found("Group", group_id)
        return group

    def _touch(self, item: Item) -> None:
        item.updated = self._now()
        self._changes.items[item.id] = item
        self._search[item.board_id].note(item)

    def _group_id(self, board: Board) -> str:
        identity = f"group_{_in_letters(self._number())}"
        return self._group_id(board) if identity in board.groups else identity

    def _number(self) -> int:
        self._next += 1
        return self._next - 1


def _good_name(name: Any) -> str:
    if not isinstance(name, str):
        raise problems.invalid_argument("An item's name is a string")
    if not 1 <= len(name) <= 255:
        raise problems.item_name_length(len(name))
    return name


def _label_count(board: Board) -> int:
    return sum(len(column.labels) for column in board.columns.values() if column.labels)


def _in_letters(number: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, 36)
        text = _DIGITS[digit] + text
    return text
