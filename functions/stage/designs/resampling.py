"""Brings a decoded picture to another size strip by strip: nothing of it is there twice, whatever its size.

Enlarged is with the cubic filter. Made smaller is by averaging the area that becomes a pixel, with Pillow's Hamming
filter: its box filter takes each pixel whole or not at all, so that at a ratio of, say, 1.3 lines of equal width come
out unequal; Lanczos weighs some pixels negatively, which puts light and dark seams around hard edges, of which
artwork with a transparent ground consists. Hamming's weights are never negative and change smoothly.

Colour under a transparent pixel counts for nothing: Pillow multiplies by alpha before it averages.
"""

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING

from functions.hash.designs.orientation import Box
from functions.hash.designs.picture import Picture
from functions.stage.designs.layout import Size

if TYPE_CHECKING:
    from PIL import Image

_STRIP_PIXELS = 1 << 18
"""Pixels of a strip, as read and as made: a megabyte."""
_REACH = 2
"""Pixels that the wider of the two filters, the cubic one, looks to each side."""


def strips(picture: Picture, box: Box, size: Size) -> Iterator[tuple[int, "Image.Image"]]:
    """A box of the picture at another size: (first row, strip of full width) from top to bottom, RGB or RGBA.

    The strips together are what resizing the whole box at once gives, up to rounding: a level or two of 255.
    """
    left, upper, right, lower = box
    across, down = right - left, (lower - upper) / size[1]
    chosen = _filter((across, lower - upper), size)
    height = max(min(_STRIP_PIXELS // size[0], int(_STRIP_PIXELS // across / down)), 1)
    reach = _REACH * max(down, 1) + 1
    for row in range(0, size[1], height):
        rows = min(height, size[1] - row)
        first, last = upper + row * down, min(upper + (row + rows) * down, lower)
        top, bottom = max(math.floor(first - reach), upper), min(math.ceil(last + reach), lower)
        piece = _piece(picture, (left, top, right, bottom))
        yield row, piece.resize((size[0], rows), chosen, box=(0, first - top, across, last - top))


def _piece(picture: Picture, box: Box) -> "Image.Image":
    """A box of the picture in colour: RGBA when it has alpha, else RGB."""
    from PIL import Image

    mode = "RGBA" if picture.has_alpha else "RGB"
    pieces = [strip if strip.mode == mode else strip.convert(mode) for strip in picture.strips(box)]
    if len(pieces) == 1:
        return pieces[0]
    joined = Image.new(mode, (box[2] - box[0], box[3] - box[1]))
    top = 0
    for piece in pieces:
        joined.paste(piece, (0, top))
        top += piece.height
    return joined


def _filter(before: Size, after: Size) -> "Image.Resampling":
    from PIL import Image

    is_smaller = after[0] < before[0] or after[1] < before[1]
    return Image.Resampling.HAMMING if is_smaller else Image.Resampling.BICUBIC
