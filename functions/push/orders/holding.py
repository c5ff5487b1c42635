"""What a board holds of one order: its item, and the lines inside it that bear our keys. People's own are not in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from functions.push.monday.lookup import HeldItem
from functions.push.monday.values import Canonical, Held, same
from functions.push.orders.board import OrderBoard


@dataclass(frozen=True)
class Holding:
    """An active item of an order's board."""

    key: str
    """The order's."""
    item: HeldItem
    board: OrderBoard

    @cached_property
    def lines(self) -> Mapping[str, HeldItem]:
        """The active lines by size. Where a person has copied a line, the one that stands first is ours."""
        key_column, prefix = self.board.line_key_column.id, f"{self.key}/"
        found: dict[str, HeldItem] = {}
        for line in self.item.lines:
            key = str(line.values.get(key_column))
            if line.is_active and key.startswith(prefix):
                found.setdefault(key.removeprefix(prefix), line)
        return found

    def value(self, title: str) -> Held:
        """What the column of this title holds."""
        return self.item.values.get(self.board.item_columns[title].id)

    def quantity(self, size: str) -> Held:
        """The ordered quantity of a line; None where there is no such line."""
        line = self.lines.get(size)
        return line.values.get(self.board.ordered.id) if line else None

    def has_value(self, title: str, value: Canonical) -> bool:
        """Whether the column holds this value of ours."""
        return same(self.board.item_columns[title].type, value, self.value(title))

    def has_line(self, size: str, quantity: Canonical) -> bool:
        """Whether the line is there with this quantity; None: whether it is not there."""
        if quantity is None or size not in self.lines:
            return quantity is None and size not in self.lines
        return same(self.board.ordered.type, quantity, self.quantity(size))

    def document(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
        """What is held, in the form of our documents: what a person reviews a conflict against.

        The group is the one we last put the item into: where people have sorted it to since is theirs.
        """
        titles = {**before.get("values", {}), **after.get("values", {})}
        values = {title: self.value(title) for title in titles}
        return {
            "name": self.item.name,
            "group": before.get("group", self.item.group_title),
            "values": {title: value for title, value in values.items() if value is not None},
            "lines": {size: _pieces(self.quantity(size)) for size in self.lines},
        }


def _pieces(held: Held) -> int | Held:
    """A whole number as such; what else a person may have typed as it stands."""
    return int(held) if isinstance(held, str) and held.isdecimal() else held
