"""Perceptual hashes: 256 and 64 bits of what a picture looks like.

All four are imagehash's own, bit for bit, of the representation. pHash says which low frequencies of the luminance are
above their median: imagehash computes it. dHash says where it grows from left to right: its points are wanted for
`flatness` too, and making them is what it costs, so it is written down here; a test holds it against imagehash.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL import Image

    Points = NDArray[np.int16]

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


def hashes_of(representation: "Image.Image", points: "Points | None" = None) -> Hashes:
    """The hashes of a representation, which is of mode L. points: `points_of` it, where they are there already."""
    import imagehash

    return Hashes(
        phash=_number(imagehash.phash(representation, 16).hash),
        dhash=_rising(points_of(representation, 16) if points is None else points),
        phash_small=_number(imagehash.phash(representation, 8).hash),
        dhash_small=_rising(points_of(representation, 8)),
    )


def points_of(representation: "Image.Image", size: Size = 16) -> "Points":
    """The luminance as dHash sees it: `size` rows of one more."""
    import numpy as np
    from PIL import Image

    points: Points = np.asarray(
        representation.resize((size + 1, size), Image.Resampling.LANCZOS), dtype=np.int16
    )
    return points


def distance(one: int, other: int) -> int:
    """How many bits differ."""
    return (one ^ other).bit_count()


def written(value: int, size: Size) -> str:
    """A hash as it is stored: 64 hexadecimal digits, or 16, as imagehash writes them."""
    return f"{value:0{size * size // 4}x}"


def _rising(points: "Points") -> int:
    return _number(points[:, 1:] > points[:, :-1])


def _number(bits: Any) -> int:
    import numpy as np

    return int.from_bytes(np.packbits(bits).tobytes(), "big")
