"""A decoded picture, read upright, in eight bits, piece by piece: nothing of it is ever there twice."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from functions.hash.designs.colour import Convert, converter
from functions.hash.designs.orientation import UPRIGHT, Box, Orientation, orientation_of

if TYPE_CHECKING:
    from PIL import Image

_STRIP_PIXELS = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """The pixels as they were decoded, and what has to be done to a piece of them."""

    stored: "Image.Image"
    convert: Convert
    orientation: Orientation
    has_alpha: bool
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, upright."""
        return self.orientation.size(self.stored.size)

    def strips(self, box: Box | None = None, *, multiple: int = 1) -> Iterator["Image.Image"]:
        """The picture (or a box of it) from top to bottom, in strips of its full width: L, RGB or RGBA, upright.

        The height of every strip but the last is a multiple of `multiple`; a strip has about a million pixels.
        """
        left, upper, right, lower = box or (0, 0, *self.size)
        height = max(_STRIP_PIXELS // (right - left) // multiple, 1) * multiple
        for top in range(upper, lower, height):
            yield self._piece((left, top, right, min(top + height, lower)))

    def whole(self) -> "Image.Image":
        """All of it as one picture: L, RGB or RGBA, upright. Takes as much memory again."""
        return self._piece((0, 0, *self.size))

    def _piece(self, box: Box) -> "Image.Image":
        stored_box = self.orientation.stored_box(box, self.stored.size)
        is_all = stored_box == (0, 0, *self.stored.size)
        piece = self.convert(self.stored if is_all else self.stored.crop(stored_box))
        if self.orientation.method is None:
            return piece
        from PIL import Image

        return piece.transpose(Image.Transpose(self.orientation.method))


def picture_of(image: "Image.Image") -> Picture:
    """A decoded picture, with what its metadata say of it."""
    convert, note = converter(image)
    orientation = orientation_of(image)
    turned = ("turned",) if orientation != UPRIGHT else ()
    return Picture(
        stored=image,
        convert=convert,
        orientation=orientation,
        has_alpha=image.has_transparency_data and not note,
        notes=(*((note,) if note else ()), *turned),
    )
