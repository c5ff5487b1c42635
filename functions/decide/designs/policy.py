"""What becomes of a picture, by what it is and what it looks like: a pure function of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

VERSION = "1"
_SETTLED = frozenset({"unique", "stored", "listed", "reference"})
"""States of a design that a later one is held against, whichever was uploaded first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LooksLike:
    """A design that the one in question is a near copy of."""

    state: str
    """Of the other: hashed means that nothing is decided of it yet."""
    is_earlier: bool
    """Whether the other was uploaded before."""
    is_alive: bool
    """Whether anybody works on the other, or waits for an answer on it."""
    verdict: str | None
    """What a person has said of these two: same, different, or nothing."""

    @property
    def counts(self) -> bool:
        """Whether the one in question has to stand back behind the other.

        Of two that are undecided the earlier one goes on, so that exactly one of them does.
        """
        if self.verdict == "different":
            return False
        if self.state in _SETTLED:
            return True
        return self.state in ("hashed", "near") and self.is_earlier and self.is_alive


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """What a decision rests on."""

    is_copy: bool
    """Another upload of exactly this picture is the design."""
    is_reference: bool
    """It is only to be indexed."""
    looks_like: Sequence[LooksLike] = ()

    def as_json(self) -> dict[str, Any]:
        """For the record of the decision."""
        counting = [other for other in self.looks_like if other.counts]
        return {
            "is_copy": self.is_copy,
            "is_reference": self.is_reference,
            "near": len(self.looks_like),
            "counting": len(counting),
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """route: skipped, indexed, review or automatic."""

    route: str
    rule: str


def decide(features: Features) -> Verdict:
    """Exact copies end; what is indexed asks nobody; near copies wait for a person unless one has spoken; the rest goes on."""
    if features.is_copy:
        return Verdict("skipped", "duplicate")
    if features.is_reference:
        return Verdict("indexed", "reference")
    counting = [other for other in features.looks_like if other.counts]
    if any(other.verdict == "same" for other in counting):
        return Verdict("skipped", "known_duplicate")
    if counting:
        return Verdict("review", "near_duplicate")
    return Verdict("automatic", "unique")
