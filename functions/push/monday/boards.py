"""A board as it is set up: its columns by title, its groups by title, its labels, and what of ours it lacks.

People rename and add columns; ids are monday.com's own and differ from board to board. So a column is found by its title,
and a title that is there twice is nobody's.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from common.errors import Misconfigured
from functions.push.monday import costs
from functions.push.monday.request import COMPLEXITY, Query

_TEXT = f"""query ($ids: [ID!]) {{
  {COMPLEXITY}
  boards(ids: $ids, limit: 1) {{
    id name items_count items_limit
    groups {{ id title archived deleted }}
    columns {{ id title type archived settings settings_str }}
  }}
}}"""
_LARGEST_BOARD = 10_000
"""Items, where the board does not say (API reference, ItemsLimitationException)."""
_LABELLED = frozenset({"status", "dropdown"})


@dataclass(frozen=True)
class Column:
    """One column of a board."""

    id: str
    title: str
    type: str
    """As the vendor's enum ColumnType names it: text, long_text, numbers, date, dropdown, status, subtasks …"""
    labels: frozenset[str] = frozenset()
    """Those that can be chosen; only status and dropdown have any."""


@dataclass(frozen=True)
class ColumnProblem:
    """A column that a board should have and has not. found: its type, or "twice", or "" where there is none."""

    board_id: str
    title: str
    wanted: str
    found: str

    def __str__(self) -> str:
        """For a person, with the next step."""
        if self.found == "twice":
            return f"Board {self.board_id} has two columns {self.title!r}; rename one of them."
        if self.found:
            return f"Column {self.title!r} of board {self.board_id} has the type {self.found}; it must be {self.wanted}."
        return f"Board {self.board_id} lacks the column {self.title!r} (type {self.wanted}); add it."


@dataclass(frozen=True)
class MissingLabel:
    """A label that a column does not offer, and that must not be made by us."""

    board_id: str
    title: str
    label: str

    def __str__(self) -> str:
        """For a person, with the next step."""
        return f"Column {self.title!r} of board {self.board_id} has no label {self.label!r}; add it there."


@dataclass(frozen=True)
class Board:
    """A board without its items. Titles are compared by `title_key`."""

    id: str
    name: str
    items_count: int
    items_limit: int
    columns: Mapping[str, Column]
    """By title."""
    doubled: frozenset[str]
    """Titles that two columns have; neither is in `columns`."""
    groups: Mapping[str, str]
    """Id by title, of the groups that are neither archived nor deleted; of several the first."""
    subitems_board_id: str | None
    """Where the subitems of its items are; None before it was given any."""

    def column(self, title: str) -> Column:
        """The column with this title. Raises Misconfigured, naming board and column, where there is not just one."""
        found = self.columns.get(title_key(title))
        if found is None:
            state = "twice" if title_key(title) in self.doubled else ""
            raise Misconfigured(str(ColumnProblem(self.id, title, "any", state)), reason="monday_column")
        return found

    def group_id(self, title: str) -> str | None:
        """The group with this title; None when it is still to be created."""
        return self.groups.get(title_key(title))

    def problems(self, wanted: Mapping[str, str]) -> tuple[ColumnProblem, ...]:
        """Which of the columns in `wanted` (type by title) are missing, there twice, or of another type."""
        found = ((title, kind, self._type(title)) for title, kind in wanted.items())
        return tuple(
            ColumnProblem(self.id, title, kind, there) for title, kind, there in found if there != kind
        )

    def missing_labels(self, values: Mapping[str, object], titles: Iterable[str]) -> tuple[MissingLabel, ...]:
        """Which labels in `values` (by title) the columns `titles` do not offer. None and absent values need no label.

        Asked before a write because creating labels is allowed or not for a whole mutation, not for a column.
        """
        wanted = ((title, values.get(title)) for title in titles)
        return tuple(
            MissingLabel(self.id, title, str(label))
            for title, label in wanted
            if label is not None and str(label) not in self.column(title).labels
        )

    def room(self) -> int:
        """How many more items fit."""
        return max(0, self.items_limit - self.items_count)

    def _type(self, title: str) -> str:
        key = title_key(title)
        if key in self.doubled:
            return "twice"
        return self.columns[key].type if key in self.columns else ""


def title_key(title: str) -> str:
    """A title as it is compared: blanks and the composition of letters do not count, case does."""
    return " ".join(unicodedata.normalize("NFC", title).split())


def board_query(board_id: str) -> Query:
    """Asks for one board."""
    return Query(_TEXT, {"ids": [board_id]}, costs.BOARD)


def board_in(data: Mapping[str, Any], board_id: str) -> Board:
    """The board in the answer to `board_query`. Misconfigured when it is not there, or archived."""
    found = [each for each in data.get("boards") or () if isinstance(each, Mapping)]
    if not found:
        raise Misconfigured(
            f"monday.com has no active board {board_id} for our token: check the number in the customer file, and "
            "that the token's user may see the board.",
            reason="monday_board",
        )
    return _board(found[0])


def _board(one: Mapping[str, Any]) -> Board:
    by_title: dict[str, list[Column]] = {}
    settings: dict[str, Any] = {}
    for each in one.get("columns") or ():
        if each.get("archived"):
            continue
        parsed = _settings(each)
        column = Column(str(each["id"]), str(each["title"]), str(each["type"]), _labels(each["type"], parsed))
        by_title.setdefault(title_key(column.title), []).append(column)
        settings[column.type] = parsed
    return Board(
        id=str(one["id"]),
        name=str(one.get("name") or ""),
        items_count=int(one.get("items_count") or 0),
        items_limit=int(one.get("items_limit") or _LARGEST_BOARD),
        columns={title: columns[0] for title, columns in by_title.items() if len(columns) == 1},
        doubled=frozenset(title for title, columns in by_title.items() if len(columns) > 1),
        groups=_groups(one.get("groups") or ()),
        subitems_board_id=_subitems_board(settings.get("subtasks", {})),
    )


def _groups(listed: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    groups: dict[str, str] = {}
    for each in listed:
        if not each.get("archived") and not each.get("deleted"):
            groups.setdefault(title_key(str(each["title"])), str(each["id"]))
    return groups


def _settings(column: Mapping[str, Any]) -> Mapping[str, Any]:
    """The settings as an object. The older `settings_str` fills in what `settings` does not have."""
    found: dict[str, Any] = {}
    for name in ("settings_str", "settings"):
        value = column.get(name)
        if isinstance(value, str):
            try:
                value = json.loads(value)
            except ValueError:
                continue
        if isinstance(value, Mapping):
            found |= value
    return found


def _labels(kind: str, settings: Mapping[str, Any]) -> frozenset[str]:
    """The labels that can be chosen, of either form: a list of objects, or texts by number."""
    listed = settings.get("labels")
    if kind not in _LABELLED:
        return frozenset()
    if isinstance(listed, Mapping):
        return frozenset(str(label) for label in listed.values() if label)
    retired = {str(number) for number in settings.get("deactivated_labels") or ()}
    offered = (
        each.get("label") or each.get("name")
        for each in listed or ()
        if isinstance(each, Mapping) and not each.get("is_deactivated") and str(each.get("id")) not in retired
    )
    return frozenset(str(label) for label in offered if label)


def _subitems_board(settings: Mapping[str, Any]) -> str | None:
    boards = settings.get("boardIds") or settings.get("board_ids") or ()
    return str(boards[0]) if boards else None
