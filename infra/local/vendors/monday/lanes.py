"""One write at a time on a board: a second one that comes while the first is under way is refused.

A board and the board of its subitems are one lane.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from infra.local.vendors.monday.counters import Counters
from infra.local.vendors.monday.documents import Document, argument
from infra.local.vendors.monday.workspace import Workspace


class Lanes:
    """The boards that are being written to."""

    def __init__(self, counters: Counters) -> None:
        """`counters` learn how many writes met at a board."""
        self._busy: Counter[str] = Counter()
        self._counters = counters

    def enter(self, lanes: Iterable[str]) -> bool:
        """Begin to write; whether no other write is under way. Ends with `leave`, in either case."""
        free = True
        for lane in lanes:
            self._busy[lane] += 1
            self._counters.peak_writes[lane] = max(self._counters.peak_writes[lane], self._busy[lane])
            free = free and self._busy[lane] == 1
        return free

    def leave(self, lanes: Iterable[str]) -> None:
        """The write has ended, or was refused."""
        self._busy.subtract(lanes)


def lanes_of(document: Document, variables: Mapping[str, Any], workspace: Workspace) -> set[str]:
    """The lanes a document writes to; boards and items that do not exist have none."""
    found: set[str] = set()
    if not document.is_mutation:
        return found
    for field in document.fields:
        board_id = argument(field, "board_id", variables) or _board_of_item(field, variables, workspace)
        board = workspace.boards.get(str(board_id))
        if board is not None:
            found.add(board.lane)
    return found


def _board_of_item(field: Any, variables: Mapping[str, Any], workspace: Workspace) -> str | None:
    given = argument(field, "item_id", variables) or argument(field, "parent_item_id", variables)
    item = workspace.items.get(int(given)) if given is not None and str(given).isdigit() else None
    return None if item is None else item.board_id
