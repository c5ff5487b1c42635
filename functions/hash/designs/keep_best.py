"""Which of several copies of one design to keep: a suggestion, for a person to follow or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """One of several files that show the same."""

    design: str
    """Its id."""
    width: int
    """Pixels."""
    height: int
    has_alpha: bool
    size: int
    """Bytes of the file."""
    since: datetime
    """When it was uploaded."""


def best_first(copies: Iterable[Copy]) -> list[Copy]:
    """The copies, the one to keep first.

    More pixels go before fewer: what was scaled down cannot be printed as large. Then one with transparency before one
    without: a background is added easily and removed badly. Then more bytes before fewer: of equal pixels it was
    compressed least. Then the older before the younger: others may refer to it already. Then the lower id, so that the
    answer is always the same.
    """
    return sorted(copies, key=_rank)


def _rank(copy: Copy) -> tuple[int, bool, int, datetime, str]:
    return -copy.width * copy.height, not copy.has_alpha, -copy.size, copy.since, copy.design
