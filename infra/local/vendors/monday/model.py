"""What an account holds: boards with columns and groups, and the items on them.

Values are kept by column id in their canonical form: text, long_text and numbers as text, date as ISO text
(with "T" and a time where there is one), dropdown as a list of label ids, status as a label's index. An empty
column has no entry. A dictionary of values is replaced, never changed in place: the search view relies on it.
"""

from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]


@dataclass
class Column:
    """One column of a board; `labels` (id or index → text) are used by dropdown and status alone."""

    id: str
    title: str
    type: str
    labels: dict[int, str] = field(default_factory=dict)
    subitems_board: str | None = None
    """Where the subitems live; for a column of type "subtasks"."""
    key: bool = False
    """Whether the local reports count how often each of its values stands."""
    archived: bool = False

    def __post_init__(self) -> None:
        self._by_label = {label: number for number, label in self.labels.items()}

    def label_number(self, label: str) -> int | None:
        """The id or index of a label, if the column has it."""
        return self._by_label.get(label)

    def add_label(self, label: str) -> int:
        """The number of a label, which is made when the column has none of that text."""
        known = self._by_label.get(label)
        if known is not None:
            return known
        first = 0 if self.type == "status" else 1
        number = max(self.labels, default=first - 1) + 1
        self.labels[number] = label
        self._by_label[label] = number
        return number


@dataclass
class Group:
    """A group of a board."""

    id: str
    title: str
    board_id: str
    color: str = "#037f4c"
    archived: bool = False
    deleted: bool = False
    position: str = "65536"


@dataclass(slots=True)
class Item:
    """An item, or a subitem when it has a parent."""

    id: int
    board_id: str
    group_id: str
    name: str
    values: Values
    parent_id: int | None = None
    state: str = "active"
    created: float = 0.0
    """Seconds since the epoch, by the shared clock."""
    updated: float = 0.0
    subitem_ids: list[int] = field(default_factory=list)


@dataclass
class Board:
    """A board; `items` has every item that was ever on it, whatever its state."""

    id: str
    name: str
    columns: dict[str, Column]
    groups: dict[str, Group]
    parent_board: str | None = None
    """The board whose subitems this one holds."""
    items: dict[int, Item] = field(default_factory=dict)
    active_count: int = 0

    @property
    def lane(self) -> str:
        """What writes to this board lock: a board and its subitems are one."""
        return self.parent_board or self.id

    def subtasks_column(self) -> Column | None:
        """The column that leads to the subitems, if there is one."""
        return next((each for each in self.columns.values() if each.type == "subtasks"), None)
