"""The port to the near-duplicate index: which designs of a tenant look like which.

The search is exact. Whatever is stored and within the given bits is found, unless its design or the one that asks is
flat, or a person has said that these two are different. A verdict holds for its pair and no other: that A and B are the
same and B and C are the same says nothing of A and C.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

Rule = Literal["phash", "dhash", "phash or dhash", "phash and dhash"]
RULES: tuple[Rule, ...] = ("phash", "dhash", "phash or dhash", "phash and dhash")
Verdict = Literal["same", "different"]
AS_IT_IS = "as_it_is"
"""The variant of a design that is neither mirrored nor turned."""


class Hashes(Protocol):
    """The hashes of one picture; the first bit is the highest."""

    @property
    def phash(self) -> int:
        """256 bits."""

    @property
    def dhash(self) -> int:
        """256 bits."""

    @property
    def phash_small(self) -> int:
        """64 bits."""

    @property
    def dhash_small(self) -> int:
        """64 bits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HashedDesign:
    """A design as the index knows it."""

    design: UUID
    content_hash: str
    """64 hexadecimal digits."""
    hashes: Hashes
    is_flat: bool
    variants: Mapping[str, Hashes] = field(default_factory=dict)
    """Its hashes when it is mirrored or turned, by the name of the variant: it is looked for in these ways too."""

    def ways(self) -> list[tuple[str, Hashes]]:
        """All hashes that it is looked for with, its own first."""
        return [(AS_IT_IS, self.hashes), *self.variants.items()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """When two designs are near copies."""

    rule: Rule
    bits: Literal[256, 64] = 256
    """Of the hashes that are compared."""
    phash_within: int = 0
    """So many bits may differ."""
    dhash_within: int = 0

    def __post_init__(self) -> None:
        for within in (self.phash_within, self.dhash_within):
            if not 0 <= within < self.bits:
                raise ValueError(f"hashes of {self.bits} bits differ in 0 to {self.bits - 1}, not {within}")

    def of(self, hashes: Hashes) -> tuple[int, int]:
        """pHash and dHash of the compared size."""
        if self.bits == 256:
            return hashes.phash, hashes.dhash
        return hashes.phash_small, hashes.dhash_small

    def matches(self, phash_distance: int, dhash_distance: int) -> bool:
        """Whether hashes that far apart belong to near copies."""
        alike = {"phash": phash_distance <= self.phash_within, "dhash": dhash_distance <= self.dhash_within}
        if self.rule == "phash or dhash":
            return any(alike.values())
        return all(alike.values()) if self.rule == "phash and dhash" else alike[self.rule]

    def distance(self, phash_distance: int, dhash_distance: int) -> int:
        """The one distance that says which of several matches is the nearest."""
        if self.rule == "phash or dhash":
            return min(phash_distance, dhash_distance)
        if self.rule == "phash and dhash":
            return max(phash_distance, dhash_distance)
        return phash_distance if self.rule == "phash" else dhash_distance


@dataclass(frozen=True, slots=True, kw_only=True)
class Near:
    """A stored design that is a near copy of one that was asked for."""

    design: UUID
    """The one that was asked for."""
    other: UUID
    other_content_hash: str
    variant: str
    """How the design has to be laid to look like the other."""
    phash_distance: int
    """Bits."""
    dhash_distance: int
    verdict: Verdict | None
    """"same" when a person has said so, None when nobody was asked."""
    matches: int
    """How many designs are near copies of this one; only the nearest of them are told."""


class NearDuplicates(Protocol):
    """The index of one tenant within one transaction."""

    def index(self, designs: Sequence[HashedDesign]) -> None:
        """Store designs, or replace them. Until the transaction ends no other indexes designs of the tenant, so that of two
        that index and then search, the second finds the first's."""

    def near(self, designs: Sequence[HashedDesign], by: Comparison, *, most: int = 100) -> list[Near]:
        """The stored designs that are near copies of these, up to `most` of each, nearest first, in the order of the ids.

        Two designs that are both asked for and near each other are told twice, once of each.
        """

    def every_pair(self, by: Comparison) -> list[tuple[UUID, UUID]]:
        """All pairs of near copies among the stored, the lower id first: what a new threshold makes of a whole library."""

    def forget(self, designs: Sequence[UUID]) -> None:
        """Remove designs; verdicts stay."""

    def decide(self, one: str, other: str, verdict: Verdict, *, by: str) -> None:
        """Remember what a person says of two designs, by their content hashes; the last word counts.

        Raises ValueError for two equal hashes: a design is no copy of itself.
        """

    def verdict(self, one: str, other: str) -> Verdict | None:
        """What a person has said of two designs, in whatever order they are named."""


def ordered(one: str, other: str) -> tuple[str, str]:
    """The lower content hash first. Raises ValueError for two equal hashes."""
    if one == other:
        raise ValueError(f"{one} is one design, not two")
    return min(one, other), max(one, other)
