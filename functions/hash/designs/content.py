"""Whether two files are one picture, exactly.

Of everything but JPEG the decoded pixels count: (version, size, RGBA of every pixel, upright, in eight bits). Two
encodings of the same pixels are then one design, however they were compressed, and colour that nobody can see, under
an alpha of 0, makes no other one: programs leave there what they like. It is computed in strips, so nothing is added
to the memory of the decoded picture.

Of a JPEG the coded data count, without comments and cameras' notes, with its colour profile and its orientation. Its
pixels are no firmer ground (decoders may differ in the last bit, so the same file would become another design with
the next version of the library), no two encoders make the same of one picture, and decoding all of it costs several
times what its fingerprint costs, which needs an eighth of the size or less. A PNG made of a JPEG is therefore no exact
copy of it: the perceptual hashes find that.
"""

import hashlib
from typing import TYPE_CHECKING, BinaryIO

from functions.hash.designs.jpeg import JpegHeader
from functions.hash.designs.orientation import Box, Orientation
from functions.hash.designs.picture import Picture

if TYPE_CHECKING:
    from PIL import Image

CONTENT_VERSION = 1

VISIBLE = 8
"""The least alpha of 255 that can be seen: at less, black on white is white to the eye."""

_CHUNK = 1 << 18


def coded_hash(header: JpegHeader, stream: BinaryIO, orientation: Orientation) -> str:
    """The content hash of a JPEG file, 64 hexadecimal digits."""
    digest = hashlib.sha256(f"jpeg {CONTENT_VERSION} {orientation.method}\n".encode())
    digest.update(header.picture)
    stream.seek(header.coded_at)
    while chunk := stream.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def survey(picture: Picture) -> tuple[str, Box | None]:
    """The content hash of the pixels, 64 hexadecimal digits, and the box of what can be seen (None: nothing)."""
    width, height = picture.size
    digest = hashlib.sha256(f"pixels {CONTENT_VERSION} {width} {height}\n".encode())
    seen = None
    top = 0
    for strip in picture.strips():
        coloured = strip.convert("RGBA")
        digest.update(_without_hidden_colour(coloured) if picture.has_alpha else coloured.tobytes())
        if picture.has_alpha:
            seen = _joined(seen, _visible(coloured), top)
        top += strip.height
    return digest.hexdigest(), seen if picture.has_alpha else (0, 0, width, height)


def visible_box(picture: Picture) -> Box | None:
    """The box of what can be seen; None when nothing can."""
    if not picture.has_alpha:
        return (0, 0, *picture.size)
    seen, top = None, 0
    for strip in picture.strips():
        seen = _joined(seen, _visible(strip), top)
        top += strip.height
    return seen


def _without_hidden_colour(strip: "Image.Image") -> bytes:
    import numpy as np

    pixels = np.frombuffer(strip.tobytes(), dtype="<u4")  # alpha is the highest byte
    return (pixels * (pixels > 0x00FFFFFF)).astype("<u4", copy=False).tobytes()


def _visible(strip: "Image.Image") -> Box | None:
    mask = strip.getchannel("A").point(lambda alpha: 255 if alpha >= VISIBLE else 0)
    return mask.getbbox()


def _joined(seen: Box | None, found: Box | None, top: int) -> Box | None:
    """The box around both; `found` counts from the row `top`."""
    if found is None:
        return seen
    moved = (found[0], found[1] + top, found[2], found[3] + top)
    if seen is None:
        return moved
    return min(seen[0], moved[0]), min(seen[1], moved[1]), max(seen[2], moved[2]), max(seen[3], moved[3])
