"""What a set of rows is as a whole: the quick answer to whether anything changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class SetDigest:
    """A set of rows by their fingerprints, in whatever order they come; equal rows count as often as they occur.

    This is method 2: a scope that has the digest it had holds no row that is new, changed or gone, provided that
    the fingerprints cover the columns of the key (`Layout.hash_columns` does). Method 1 compares the same
    fingerprints row by row, so the two agree.
    """

    rows: int
    total: int
    """The sum of all fingerprints, modulo 2²⁵⁶."""

    def __str__(self) -> str:
        """For keeping: "97222:" and 64 hexadecimal digits."""
        return f"{self.rows}:{self.total:064x}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """What `str` wrote. Raises ValueError for anything else."""
        rows, total = text.split(":")
        return cls(int(rows), int(total, 16))

    def __add__(self, other: "SetDigest") -> "SetDigest":
        return SetDigest(self.rows + other.rows, (self.total + other.total) % _MODULUS)


NO_ROWS = SetDigest(0, 0)


def set_digest(fingerprints: Sequence[str]) -> SetDigest:
    """The digest of a set of rows, by their fingerprints (64 hexadecimal digits each)."""
    total = sum(int(fingerprint, 16) for fingerprint in fingerprints)
    return SetDigest(len(fingerprints), total % _MODULUS)
