"""The lines of an order: one for each size with pieces in it, a subitem on the board."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from common.differences import differences
from functions.fetch.orders.sizes import size_order

Lines = Mapping[str, int]
"""Size → pieces ordered, more than 0."""


def in_order(lines: Lines) -> dict[str, int]:
    """The same lines as a shop hangs them (S, M, L, XL): a store may have sorted them by their text."""
    return {size: lines[size] for size in sorted(lines, key=size_order)}


def line_key(order: str, size: str) -> str:
    """What a line is known by at the board: the order's uuid, a slash, and the size (which may have slashes too)."""
    return f"{order}/{size}"


def keyed(order: str, lines: Lines) -> Iterator[tuple[str, str, int]]:
    """(key, size, pieces) of each line of the order with the uuid `order`, as staged, in the order of sizes."""
    return ((line_key(order, size), size, pieces) for size, pieces in in_order(lines).items())


@dataclass(frozen=True, slots=True)
class LineDifferences:
    """What is to be done at the board so that it holds the wanted lines."""

    added: dict[str, int] = field(default_factory=dict)
    """Size → pieces wanted."""
    changed: dict[str, int] = field(default_factory=dict)
    """Size → pieces wanted, of a line that is there with another number."""
    gone: dict[str, int] = field(default_factory=dict)
    """Size → pieces held, of a line to archive."""

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.gone)


def line_differences(held: Lines, wanted: Lines) -> LineDifferences:
    """From the lines a board holds to those it should hold, each in the order of sizes."""
    found = LineDifferences()
    for size, each in sorted(differences(held, wanted).items(), key=lambda pair: size_order(pair[0])):
        if each["old"] is None:
            found.added[size] = each["new"]
        elif each["new"] is None:
            found.gone[size] = each["old"]
        else:
            found.changed[size] = each["new"]
    return found
