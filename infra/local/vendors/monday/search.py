"""What a search sees: the board as it was some seconds ago.

Looking items up by column values goes through an index that follows the board with a lag, in the time of the
shared clock. An index over a column is made when the column is first searched.
"""

from collections import deque
from collections.abc import Callable, Sequence

from infra.local.vendors.monday.model import Board, Item, Values
from infra.local.vendors.monday.values import text_of


class SearchView:
    """The index over one board."""

    def __init__(self, board: Board, now: Callable[[], float], lag: float) -> None:
        """`now` in seconds since the epoch, `lag` in seconds."""
        self._board = board
        self._now = now
        self._lag = lag
        self._seen: dict[int, Values] = {
            item.id: item.values for item in board.items.values() if item.state == "active"
        }
        self._waiting: deque[tuple[float, int, Values | None]] = deque()
        self._columns: dict[str, dict[str, dict[int, None]]] = {}

    def note(self, item: Item) -> None:
        """An item came, changed, or is no longer active."""
        values = item.values if item.state == "active" else None
        if self._lag > 0:
            self._waiting.append((self._now() + self._lag, item.id, values))
        else:
            self._show(item.id, values)

    def find(self, wanted: Sequence[tuple[str, Sequence[str]]]) -> list[int]:
        """Ids of the items that have, in every column, one of its values; in the order they were made."""
        self._settle()
        found: set[int] | None = None
        for column_id, texts in wanted:
            index = self._index(column_id)
            matching = {item_id for text in texts for item_id in index.get(text, ())}
            found = matching if found is None else found & matching
        return sorted(self._seen if found is None else found)

    def _settle(self) -> None:
        now = self._now()
        while self._waiting and self._waiting[0][0] <= now:
            _, item_id, values = self._waiting.popleft()
            self._show(item_id, values)

    def _show(self, item_id: int, values: Values | None) -> None:
        before = self._seen.get(item_id)
        for column_id, index in self._columns.items():
            if before is not None:
                index[self._text(column_id, before)].pop(item_id, None)
            if values is not None:
                index.setdefault(self._text(column_id, values), {})[item_id] = None
        if values is None:
            self._seen.pop(item_id, None)
        else:
            self._seen[item_id] = values

    def _index(self, column_id: str) -> dict[str, dict[int, None]]:
        index = self._columns.get(column_id)
        if index is None:
            index = self._columns[column_id] = {}
            for item_id, values in self._seen.items():
                index.setdefault(self._text(column_id, values), {})[item_id] = None
        return index

    def _text(self, column_id: str, values: Values) -> str:
        return text_of(self._board.columns[column_id], values.get(column_id))
