"""Perceptual hashes: 256 and 64 bits of what a picture looks like.

All four are imagehash's own, bit for bit, of the representation. pHash says which low frequencies of the luminance are
above their median, dHash where it grows from left to right.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from PIL import Image

Size = Literal[8, 16]
"""Bits along a side: a hash has size × size of them."""
SIZES: tuple[Size, ...] = (8, 16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hashes:
    """The hashes of one picture; the first bit is the highest."""

    phash: int
    """256 bits."""
    dhash: int
    """256 bits."""
    phash_small: int
    """64 bits."""
    dhash_small: int
    """64 bits."""

    def of_size(self, size: Size) -> tuple[int, int]:
        """pHash and dHash of one size."""
        return (self.phash, self.dhash) if size == 16 else (self.phash_small, self.dhash_small)


def hashes_of(representation: "Image.Image") -> Hashes:
    """The hashes of a representation, which is of mode L."""
    import imagehash

    return Hashes(
        phash=_number(imagehash.phash(representation, 16)),
        dhash=_number(imagehash.dhash(representation, 16)),
        phash_small=_number(imagehash.phash(representation, 8)),
        dhash_small=_number(imagehash.dhash(representation, 8)),
    )


def distance(one: int, other: int) -> int:
    """How many bits differ."""
    return (one ^ other).bit_count()


def written(value: int, size: Size) -> str:
    """A hash as it is stored: 64 hexadecimal digits, or 16, as imagehash writes them."""
    return f"{value:0{size * size // 4}x}"


def _number(found: Any) -> int:
    import numpy as np

    return int.from_bytes(np.packbits(found.hash).tobytes(), "big")
