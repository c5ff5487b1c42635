"""The near-duplicate index as a list that is compared with itself: what every other way has to find."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from uuid import UUID

from functions.hash.designs.near_duplicates import Comparison, HashedDesign, Hashes, Near, Verdict, ordered


class EveryOneCompared:
    """`NearDuplicates` in memory, without any index."""

    def __init__(self) -> None:
        self._designs: dict[UUID, HashedDesign] = {}
        self._verdicts: dict[tuple[str, str], Verdict] = {}

    def index(self, designs: Sequence[HashedDesign]) -> None:
        """See NearDuplicates."""
        self._designs.update({design.design: design for design in designs})

    def near(self, designs: Sequence[HashedDesign], by: Comparison, *, most: int = 100) -> list[Near]:
        """See NearDuplicates."""
        return [near for design in _in_order(designs) for near in self._near(design, by)[:most]]

    def every_pair(self, by: Comparison) -> list[tuple[UUID, UUID]]:
        """See NearDuplicates."""
        told = _in_order(self._designs.values())
        pairs = combinations([design for design in told if not design.is_flat], 2)
        return [(one.design, other.design) for one, other in pairs if self._alike(one, other, by)]

    def forget(self, designs: Sequence[UUID]) -> None:
        """See NearDuplicates."""
        for design in designs:
            self._designs.pop(design, None)

    def decide(self, one: str, other: str, verdict: Verdict, *, by: str) -> None:
        """See NearDuplicates."""
        self._verdicts[ordered(one, other)] = verdict

    def verdict(self, one: str, other: str) -> Verdict | None:
        """See NearDuplicates."""
        return self._verdicts.get(ordered(one, other))

    def _near(self, design: HashedDesign, by: Comparison) -> list[Near]:
        if design.is_flat:
            return []
        others = (other for other in self._designs.values() if other.design != design.design)
        found = [self._compared(design, other, by) for other in others if not other.is_flat]
        told = [near for near in found if near is not None]
        told.sort(key=lambda near: (by.distance(near.phash_distance, near.dhash_distance), near.other))
        return [replace(near, matches=len(told)) for near in told]

    def _compared(self, design: HashedDesign, other: HashedDesign, by: Comparison) -> Near | None:
        verdict = self._known(design, other)
        apart = [(variant, *distances(hashes, other.hashes, by)) for variant, hashes in design.ways()]
        alike = [way for way in apart if by.matches(*way[1:])]
        if not alike or verdict == "different":
            return None
        variant, phash, dhash = min(alike, key=lambda way: by.distance(*way[1:]))
        return Near(
            design=design.design,
            other=other.design,
            other_content_hash=other.content_hash,
            variant=variant,
            phash_distance=phash,
            dhash_distance=dhash,
            verdict=verdict,
            matches=0,
        )

    def _known(self, one: HashedDesign, other: HashedDesign) -> Verdict | None:
        if one.content_hash == other.content_hash:
            return None
        return self.verdict(one.content_hash, other.content_hash)

    def _alike(self, one: HashedDesign, other: HashedDesign, by: Comparison) -> bool:
        apart = distances(one.hashes, other.hashes, by)
        return by.matches(*apart) and self._known(one, other) != "different"


def distances(one: Hashes, other: Hashes, by: Comparison) -> tuple[int, int]:
    """Bits in which pHash and dHash of the compared size differ."""
    phash, dhash = ((a ^ b).bit_count() for a, b in zip(by.of(one), by.of(other), strict=True))
    return phash, dhash


def _in_order(designs: Iterable[HashedDesign]) -> list[HashedDesign]:
    return sorted(designs, key=lambda design: design.design)
