"""What is to be known of a shop's own picture before it is kept: that it can be read, and how large it is."""

from typing import TYPE_CHECKING

from functions.hash.designs.reading import Reader, Source
from functions.hash.designs.refusal import ImageRefused

if TYPE_CHECKING:
    from functions.stage.designs.layout import Size


def upright_size(source: Source, name: str = "") -> "Size | None":
    """Width and height of a picture as it is seen; None for what cannot be read as one, or for no file at all."""
    reader = Reader()
    try:
        with reader.open(source, name) as opened, reader.decoded(opened) as picture:
            return picture.size
    except (ImageRefused, OSError):
        return None
