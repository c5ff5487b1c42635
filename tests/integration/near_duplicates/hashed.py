"""Designs made of chosen bits."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from uuid import UUID

from functions.hash.designs.near_duplicates import HashedDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class Bits:
    """The hashes of a picture."""

    phash: int
    dhash: int
    phash_small: int
    dhash_small: int

    def flipped(
        self,
        *,
        phash: Sequence[int] = (),
        dhash: Sequence[int] = (),
        phash_small: Sequence[int] = (),
        dhash_small: Sequence[int] = (),
    ) -> "Bits":
        """The same with these bits flipped; bit 0 is the lowest."""
        return Bits(
            phash=self.phash ^ _mask(phash),
            dhash=self.dhash ^ _mask(dhash),
            phash_small=self.phash_small ^ _mask(phash_small),
            dhash_small=self.dhash_small ^ _mask(dhash_small),
        )


def random_bits(seed: int) -> Bits:
    """Hashes that have nothing to do with those of another seed."""
    chance = random.Random(seed)
    long, short = (chance.getrandbits(256) for _ in range(2)), (chance.getrandbits(64) for _ in range(2))
    return Bits(phash=next(long), dhash=next(long), phash_small=next(short), dhash_small=next(short))


def design(
    number: int, bits: Bits, *, is_flat: bool = False, variants: Mapping[str, Bits] | None = None
) -> HashedDesign:
    """A design with an id and a content of its own by its number."""
    return HashedDesign(
        design=UUID(int=number),
        content_hash=content(number),
        hashes=bits,
        is_flat=is_flat,
        variants=variants or {},
    )


def content(number: int) -> str:
    """The content hash of the design of that number."""
    return sha256(str(number).encode()).hexdigest()


def _mask(places: Sequence[int]) -> int:
    return sum(1 << place for place in set(places))
