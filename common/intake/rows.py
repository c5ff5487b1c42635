"""What reading a file gives, record by record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from common.problems import Problem

RECORD_LIMIT = 1 << 20
"""Characters of the longest record that is read; a longer one is a problem of its own."""


@dataclass(frozen=True, slots=True)
class Row:
    """One record of a file, by the names of our columns."""

    number: int
    """CSV and JSON lines: the line it starts on, as an editor counts. JSON array: its place, from 1."""
    values: Mapping[str, Any]
    """Texts from CSV; from JSON whatever it holds, with exact numbers (Decimal)."""


Entry = Row | Problem
Entries = Iterator[Entry]


def too_long(number: int, start: str) -> Problem:
    """The problem of a record beyond `RECORD_LIMIT`."""
    detail = f"A record has at most {RECORD_LIMIT:,} characters; is a quote or a bracket left open?"
    return Problem("", "too_long", start, detail, number)
