"""Files to be read: good ones in every form, and what people and attackers make of them."""

import io
import struct
import zlib
from typing import Any

from PIL import Image

from infra.local.samples.artwork import artwork


def encoded(image: Image.Image, kind: str, **options: Any) -> io.BytesIO:
    """A picture as a file of this format, at its beginning."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    file.seek(0)
    return file


def opaque(number: int = 2) -> Image.Image:
    """RGB."""
    return artwork(number, 300).convert("RGB")


def see_through(number: int = 0) -> Image.Image:
    """RGBA, with transparent margins."""
    return artwork(number, 300).convert("RGBA")


def png(
    width: int, height: int, *, bits: int = 8, colour: int = 6, data: bytes = b"", extra: bytes = b""
) -> bytes:
    """A PNG that says it has this size. colour: 0 grey, 2 RGB, 6 RGBA. data: its compressed pixels."""
    header = struct.pack(">IIBBBBB", width, height, bits, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def chunk(kind: bytes, body: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def empty_rows(width: int, height: int, bytes_per_pixel: int) -> bytes:
    """The compressed pixels of a PNG that is all zeros: a two-hundredth of what it becomes."""
    packer = zlib.compressobj(1)
    row = bytes(1 + width * bytes_per_pixel)
    parts = [packer.compress(row) for _ in range(height)]
    return b"".join([*parts, packer.flush()])
