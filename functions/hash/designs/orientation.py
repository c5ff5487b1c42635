"""The eight ways in which a camera may have been held: EXIF's tag 0x0112."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL import Image

Box = tuple[int, int, int, int]
"""left, upper, right, lower; the last two lie outside."""

_TAG = 0x0112


@dataclass(frozen=True, slots=True)
class Orientation:
    """How the stored picture has to be turned to stand upright."""

    method: int | None
    """Of Image.transpose; None when it stands upright."""
    swaps: bool = False
    """Its columns are stored as rows."""
    flips_x: bool = False
    """What is stored rightmost comes first."""
    flips_y: bool = False
    """What is stored lowest comes first."""

    def size(self, stored: tuple[int, int]) -> tuple[int, int]:
        """The size of the upright picture."""
        return (stored[1], stored[0]) if self.swaps else stored

    def stored_box(self, box: Box, stored: tuple[int, int]) -> Box:
        """Where a box of the upright picture is stored."""
        across, down = (box[0], box[2]), (box[1], box[3])
        across, down = (down, across) if self.swaps else (across, down)
        left, right = _flipped(across, stored[0]) if self.flips_x else across
        upper, lower = _flipped(down, stored[1]) if self.flips_y else down
        return left, upper, right, lower


UPRIGHT = Orientation(None)
# By the tag's value; the methods are those of PIL.Image.Transpose, which is not imported for their sake.
_ORIENTATIONS = {
    2: Orientation(0, flips_x=True),
    3: Orientation(3, flips_x=True, flips_y=True),
    4: Orientation(1, flips_y=True),
    5: Orientation(5, swaps=True),
    6: Orientation(4, swaps=True, flips_y=True),
    7: Orientation(6, swaps=True, flips_x=True, flips_y=True),
    8: Orientation(2, swaps=True, flips_x=True),
}


def orientation_of(image: "Image.Image") -> Orientation:
    """What the metadata of a decoded picture says; upright when they say nothing, or are damaged."""
    try:
        tag = image.getexif().get(_TAG, 1)
    except Exception:  # whatever parsing of hostile metadata comes to: the picture itself is sound
        return UPRIGHT
    return _ORIENTATIONS.get(tag, UPRIGHT)


def _flipped(side: tuple[int, int], length: int) -> tuple[int, int]:
    return length - side[1], length - side[0]
