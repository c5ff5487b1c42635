"""A polygon as a mask with smooth edges."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from common.shops.mask import Point
from functions.hash.designs.orientation import Box

if TYPE_CHECKING:
    from PIL import Image

_FINER = 4
"""Each pixel is looked at in 4 × 4 places."""


def box_of(polygon: Sequence[Point], size: tuple[int, int]) -> Box:
    """The whole pixels around a polygon, within a picture of this size."""
    across, down = [x for x, _ in polygon], [y for _, y in polygon]
    left, upper = max(math.floor(min(across)), 0), max(math.floor(min(down)), 0)
    right, lower = min(math.ceil(max(across)), size[0]), min(math.ceil(max(down)), size[1])
    return min(left, size[0] - 1), min(upper, size[1] - 1), max(right, left + 1), max(lower, upper + 1)


def mask_of(polygon: Sequence[Point], box: Box) -> "Image.Image":
    """A picture of the box, mode L: 255 inside the polygon, 0 outside, between them at its edge."""
    from PIL import Image, ImageDraw

    left, upper, right, lower = box
    size = (right - left, lower - upper)
    fine = Image.new("L", (size[0] * _FINER, size[1] * _FINER))
    # The middle of the fine pixel n lies at n + 0.5, and Pillow fills pixels whose middle lies inside.
    corners = [((x - left) * _FINER - 0.5, (y - upper) * _FINER - 0.5) for x, y in polygon]
    ImageDraw.Draw(fine).polygon(corners, fill=255)
    return fine.reduce(_FINER)
