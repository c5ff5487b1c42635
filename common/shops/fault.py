"""One thing that is wrong with a part of a shop, wherever it came from: a file, or a request."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, and what to do about it."""

    field: str
    """The key it is about, such as `price`."""
    reason: str
    """A short constant: `out_of_range`, `too_many`, …"""
    detail: str
    is_error: bool = True
    """False: it is only to be looked at."""


def out_of_range(
    field: str, value: int | Decimal | None, low: int | Decimal, high: int | Decimal, unit: str = ""
) -> Iterator[Fault]:
    """A fault when a value is given and lies outside low … high."""
    if value is not None and not low <= value <= high:
        allowed = f"{low} to {high}{unit and ' ' + unit}"
        yield Fault(field, "out_of_range", f"{field} is {value}; write a number from {allowed}.")


def none_of(
    field: str, value: str | int | None, allowed: tuple[str, ...] | tuple[int, ...]
) -> Iterator[Fault]:
    """A fault when a value is given and is none of those allowed."""
    if value is not None and value not in allowed:
        names = ", ".join(map(str, allowed))
        yield Fault(field, "not_allowed", f"{field} is {value}; write one of {names}.")
