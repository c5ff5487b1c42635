"""Opens the bytes of an upload: to a picture, or to a refusal with its reason. Nothing in them is trusted.

The order is what keeps it safe. The first bytes say which of six formats it is, and only that decoder is let at it;
the header says how large the picture is, and what decoding takes is reckoned from it; only then is it decoded, in
memory that all threads share. A decoder may stumble over hostile bytes in any way it likes: that is a refusal too.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from common.errors import ShelflineError
from common.once import Once
from functions.hash.designs.colour import SIXTEEN_BIT, check_mode
from functions.hash.designs.jpeg import JpegHeader, header_of
from functions.hash.designs.limits import ImageLimits
from functions.hash.designs.memory import Memory, decode_bytes, give_back_at_once
from functions.hash.designs.picture import Picture, picture_of
from functions.hash.designs.refusal import TOO_MANY_PIXELS, TRUNCATED, ZERO_BYTES, ImageRefused
from functions.hash.designs.signature import HEAD, has_other_extension, kind_of

if TYPE_CHECKING:
    from PIL import Image

Source = Path | BinaryIO
"""A file, or an object that can be read and sought: with one of those, a large file is never whole in memory."""

_MOVING = frozenset({"GIF", "WEBP", "PNG"})
_MOST_PIXELS = 1_000_000_000
"""What Pillow's own, process-wide check is raised to. Ours is stricter, and says why."""


@dataclass(frozen=True, slots=True)
class Opened:
    """A picture of which only the header has been read."""

    image: "Image.Image"
    stream: BinaryIO
    kind: str
    """One of signature.KINDS."""
    size: tuple[int, int]
    """Width and height as stored, which is not upright where the metadata say so."""
    notes: tuple[str, ...]
    """What is odd about it and no reason to refuse: wrong_extension, animated, sixteen_bit, cmyk, turned, …"""
    jpeg: JpegHeader | None = None
    """Of a JPEG."""


class Reader:
    """Reads pictures within limits; one serves all threads of a process."""

    def __init__(self, limits: ImageLimits | None = None) -> None:
        self.limits = limits or ImageLimits()
        self._memory = Memory(self.limits.decode_bytes)

    @contextmanager
    def open(self, source: Source, name: str = "") -> Iterator[Opened]:
        """Read the header. name: as the user calls the file; without one, a path's own.

        Raises ImageRefused: zero_bytes, not_an_image, unsupported_format, truncated, too_many_pixels.
        """
        with ExitStack() as opened:
            stream = opened.enter_context(source.open("rb")) if isinstance(source, Path) else source
            kind = _kind(stream)
            image = opened.enter_context(_header(stream, kind, self.limits))
            check_mode(image.mode)
            label = name or (source.name if isinstance(source, Path) else "")
            jpeg = header_of(stream) if kind == "JPEG" else None
            yield Opened(image, stream, kind, image.size, tuple(_notes(image, kind, label)), jpeg)

    @contextmanager
    def decoded(self, opened: Opened, *, at_least: int | None = None) -> Iterator[Picture]:
        """The first frame, decoded. at_least: a side that is enough, in pixels, where the format can be read smaller.

        Waits while others use the memory. Raises ImageRefused: too_many_pixels, truncated.
        """
        if at_least:
            opened.image.draft("L", (at_least, at_least))
        needed = decode_bytes(opened.image, opened.kind)
        needed += opened.jpeg.coefficient_bytes if opened.jpeg else 0
        if needed > self.limits.decode_bytes:
            raise _takes_too_much(opened, needed, self.limits)
        with self._memory.taken(needed):
            with _decoding(opened.kind):
                opened.image.load()
                picture = picture_of(opened.image)
            yield picture


def _kind(stream: BinaryIO) -> str:
    stream.seek(0, os.SEEK_END)
    if not stream.tell():
        raise ImageRefused("The file is empty; upload it again.", reason=ZERO_BYTES)
    stream.seek(0)
    kind = kind_of(stream.read(HEAD))
    stream.seek(0)
    return kind


@contextmanager
def _header(stream: BinaryIO, kind: str, limits: ImageLimits) -> Iterator["Image.Image"]:
    """The picture, not decoded. A WebP decoder takes memory for the canvas at once, so that is looked at before."""
    pillow = _PILLOW()
    if kind == "WEBP":
        check_pixels(_webp_size(stream), limits)
    with _decoding(kind):
        image = pillow.open(stream, formats=[kind])
    with image:  # ends with the file as it was handed in: a stream stays open
        check_pixels(image.size, limits)
        yield image


def check_pixels(size: tuple[int, int], limits: ImageLimits) -> None:
    """Raise ImageRefused (too_many_pixels) for a picture of this size."""
    if size[0] * size[1] > limits.pixels:
        raise ImageRefused(
            f"{size[0]} × {size[1]} pixels; no more than {limits.megapixels:g} megapixels are read "
            "(design_max_megapixels). Scale the picture down.",
            reason=TOO_MANY_PIXELS,
        )


def _webp_size(stream: BinaryIO) -> tuple[int, int]:
    """Width and height of the canvas, from the header; (0, 0) when it is none, which the decoder then says."""
    head = stream.read(30).ljust(30, b"\0")
    stream.seek(0)
    chunk = head[12:16]
    if chunk == b"VP8X":
        return int.from_bytes(head[24:27], "little") + 1, int.from_bytes(head[27:30], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        return int.from_bytes(head[26:28], "little") & 0x3FFF, int.from_bytes(head[28:30], "little") & 0x3FFF
    return 0, 0


def _notes(image: "Image.Image", kind: str, name: str) -> Iterator[str]:
    if has_other_extension(name, kind):
        yield "wrong_extension"
    with _decoding(kind):
        if getattr(image, "is_animated", False):
            yield "animated" if kind in _MOVING else "several_pages"
    if image.mode not in SIXTEEN_BIT and ";16" in _rawmode(image):
        yield "sixteen_bit"


def _rawmode(image: "Image.Image") -> str:
    """How a pixel is stored, which is not how it is decoded: 16 bits a channel of colour are read as 8."""
    tiles = getattr(image, "tile", None)
    arguments = tiles[0].args if tiles else ""
    return str(arguments[0] if isinstance(arguments, tuple) and arguments else arguments)


def _takes_too_much(opened: Opened, needed: int, limits: ImageLimits) -> ImageRefused:
    width, height = opened.size
    return ImageRefused(
        f"{width} × {height} pixels as {opened.kind} take {needed >> 20} MiB to decode, and design_decode_mib allows "
        f"{limits.decode_mib}. Scale the picture down, or save it as PNG or as a baseline JPEG.",
        reason=TOO_MANY_PIXELS,
    )


@contextmanager
def _decoding(kind: str) -> Iterator[None]:
    """Turns what a decoder raises into a refusal."""
    from PIL import Image

    try:
        yield
    except (ShelflineError, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise ImageRefused(
            f"The {kind} says it has too many pixels; scale it down.", reason=TOO_MANY_PIXELS
        ) from error
    except Exception as error:  # decoders raise whatever their arithmetic comes to
        raise ImageRefused(
            f"The {kind} is cut off or damaged ({error}); export it again.", reason=TRUNCATED
        ) from error


def _pillow() -> Any:
    """Pillow, its own check out of the way: it counts a picture of 90 megapixels as an attack, and only warns."""
    from PIL import Image

    give_back_at_once()
    if Image.MAX_IMAGE_PIXELS is not None:
        Image.MAX_IMAGE_PIXELS = max(Image.MAX_IMAGE_PIXELS, _MOST_PIXELS)
    return Image


_PILLOW = Once(_pillow)
