"""What the headers of a file may mean: the port between reading records and knowing their columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

HeaderMapping = Mapping[str, str | None]
"""A user's own {"their header": "our column"}; None for a header to leave out."""


@dataclass(frozen=True)
class Assignment:
    """Which field of a record holds which of our columns."""

    places: Mapping[str, int]
    """Our column → its place in the record."""
    unused: tuple[str, ...]
    """Headers that no column is read from."""


class Vocabulary(Protocol):
    """The columns that a flow reads: a list of its own, or whatever a file has."""

    @property
    def known(self) -> str:
        """The columns there are, for messages."""
        ...

    def check_mapping(self, mapping: HeaderMapping) -> None:
        """Raises Usage when a mapping cannot be meant so, whatever the file."""
        ...

    def recognised(self, headers: Sequence[str], mapping: HeaderMapping) -> int:
        """How many of these headers are known; for finding out how a file is divided."""
        ...

    def assign(self, headers: Sequence[str], mapping: HeaderMapping) -> Assignment:
        """The place of each column. Raises Usage when two headers mean one column and none of them is better."""
        ...

    def check_headers(self, headers: Sequence[str], found: Assignment, mapping: HeaderMapping) -> None:
        """Raises Usage when a file with these headers cannot be read."""
        ...
