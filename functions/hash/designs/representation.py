"""The one picture that perceptual hashes are made of. Version 1:

1. the first frame, upright (EXIF orientation applied), 8 bits a channel, CMYK as sRGB;
2. cut to what can be seen: a transparent margin counts for nothing;
3. laid on white;
4. its luminance, 0.299 R + 0.587 G + 0.114 B;
5. made smaller by a whole factor, by averaging squares, while its shorter side keeps 256 pixels: four times what the
   largest hash looks at. A JPEG is read smaller by its decoder in the first place (by 2, 4 or 8), which averages too;
6. brought to 128 × 128 (Hamming), from which each of the four hashes takes its own points. Taken from step 5 they cost
   twice as much and find no more copies. They would be nearer to what imagehash makes of the file itself, but only in
   bits of dHash that hang on a grey level or two, as in a plain sky; pHash is as near either way.

A change of any of it is a new version: hashes of two versions are not compared.
"""

from typing import TYPE_CHECKING

from functions.hash.designs.content import visible_box
from functions.hash.designs.orientation import Box
from functions.hash.designs.picture import Picture, picture_of
from functions.hash.designs.refusal import FULLY_TRANSPARENT, ImageRefused

if TYPE_CHECKING:
    from PIL import Image

REPRESENTATION_VERSION = 1
KEPT_SIDE = 256
"""Pixels that the shorter side keeps in step 5."""
SIDE = 128
"""Pixels of each side of the representation."""


def represent(picture: Picture, box: Box | None) -> "Image.Image":
    """The representation, of mode L. box: what can be seen of it.

    Raises ImageRefused (fully_transparent) without a box.
    """
    if box is None:
        raise nothing_to_see()
    from PIL import Image

    return _reduced(picture, box).resize((SIDE, SIDE), Image.Resampling.HAMMING)


def representation_of(image: "Image.Image") -> "Image.Image":
    """The representation of a decoded picture. Raises ImageRefused (fully_transparent)."""
    picture = picture_of(image)
    return represent(picture, visible_box(picture))


def nothing_to_see() -> ImageRefused:
    """The refusal of a picture in which nothing can be seen."""
    return ImageRefused(
        "Nothing can be seen: every pixel is transparent. Export it with its artwork visible.",
        reason=FULLY_TRANSPARENT,
    )


def _reduced(picture: Picture, box: Box) -> "Image.Image":
    """The luminance of what can be seen, made smaller strip by strip."""
    from PIL import Image

    width, height = box[2] - box[0], box[3] - box[1]
    factor = max(min(width, height) // KEPT_SIDE, 1)
    small = Image.new("L", (-(-width // factor), -(-height // factor)))
    top = 0
    for strip in picture.strips(box, multiple=factor):
        reduced = _luminance(strip).reduce(factor)
        small.paste(reduced, (0, top))
        top += reduced.height
    return small


def _luminance(strip: "Image.Image") -> "Image.Image":
    if strip.mode != "RGBA":
        return strip.convert("L")
    from PIL import Image

    white = Image.new("RGBA", strip.size, "white")
    return Image.alpha_composite(white, strip).convert("L")
