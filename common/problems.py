"""What is wrong with one record of a source, in words a person can act on."""

from dataclasses import dataclass, replace
from typing import Self

_EXCERPT_LENGTH = 80


class BadValue(ValueError):
    """A value that cannot be meant. `reason` is a short constant, the message says what is expected."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that keeps a record out; it goes to quarantine with it."""

    column: str
    """The source's column; empty when the whole record is meant."""
    reason: str
    """A short constant: `missing`, `not_a_number`, …"""
    value_excerpt: str = ""
    """The beginning of the offending value."""
    detail: str = ""
    """One sentence: what is expected instead."""
    row: int | None = None
    """Where in the file it is, as an editor counts; None outside files."""

    def in_row(self, row: int) -> Self:
        """The same problem, with its place in the file."""
        return replace(self, row=row)


def excerpt(value: object) -> str:
    """The beginning of `value` as text, at most 80 characters."""
    try:
        text = value if isinstance(value, str) else repr(value)
    except (
        RecursionError,
        ValueError,
    ):  # nested by the thousand, or a number of more digits than Python writes
        text = f"({type(value).__name__})"
    return text if len(text) <= _EXCERPT_LENGTH else text[: _EXCERPT_LENGTH - 1] + "…"
