"""What the segments of a JPEG file say, read without decoding it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from functions.hash.designs.refusal import TRUNCATED, ImageRefused

_START_OF_SCAN = 0xDA
_COMMENT = 0xFE
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # start of frame; the three are tables
_PROGRESSIVE = frozenset({0xC2, 0xC6, 0xCA, 0xCE})
_PROFILE, _ADOBE = 0xE2, 0xEE  # APP2 holds the colour profile, APP14 how colours are coded
_APPLICATION = range(0xE0, 0xF0)
_COEFFICIENT = 2  # bytes


@dataclass(frozen=True, slots=True)
class JpegHeader:
    """What stands before the coded data."""

    coefficient_bytes: int
    """What the decoder keeps of coefficients. A picture that is coded in one pass needs a few lines. One that comes in
    several (progressive, or a component at a time) is kept whole, two bytes a coefficient, however small it is decoded:
    six bytes a pixel without subsampling."""
    picture: bytes
    """The segments without which it would be another picture: not comments, nor a camera's notes."""
    coded_at: int
    """Where in the file the coded data begin."""


def header_of(stream: BinaryIO) -> JpegHeader:
    """The header of a file; the stream is left where it was.

    Raises ImageRefused (truncated) when the file ends before its coded data.
    """
    place = stream.tell()
    stream.seek(0)
    try:
        found = list(_segments(stream))
        written = b"".join(each.written for each in found if each.changes_the_picture)
        return JpegHeader(_coefficient_bytes(found), written, stream.tell())
    finally:
        stream.seek(place)


@dataclass(frozen=True, slots=True)
class _Segment:
    """One marker and what belongs to it."""

    marker: int
    body: bytes

    @property
    def written(self) -> bytes:
        """As it stands in the file, without what fills the space before it."""
        return bytes((0xFF, self.marker)) + (len(self.body) + 2).to_bytes(2, "big") + self.body

    @property
    def changes_the_picture(self) -> bool:
        """Whether the picture would be another one without it."""
        if self.marker == _COMMENT:
            return False
        return self.marker not in _APPLICATION or self.marker in (_PROFILE, _ADOBE)


def _segments(stream: BinaryIO) -> Iterator[_Segment]:
    """The segments up to and with the first start of scan."""
    if stream.read(2) != b"\xff\xd8":
        raise _cut_off()
    marker = 0
    while marker != _START_OF_SCAN:
        marker = _marker(stream)
        length = int.from_bytes(_exactly(stream, 2), "big")
        yield _Segment(marker, _exactly(stream, max(length - 2, 0)))


def _coefficient_bytes(found: Iterable[_Segment]) -> int:
    frame = scan = _Segment(0, b"")
    for segment in found:
        if segment.marker in _FRAMES:
            frame = segment
        elif segment.marker == _START_OF_SCAN:
            scan = segment
    in_scan, components = (body[0] if body else 0 for body in (scan.body, frame.body[5:6]))
    whole = frame.marker in _PROGRESSIVE or in_scan < components
    return _all_coefficients(frame.body) if whole else 0


def _all_coefficients(frame: bytes) -> int:
    """frame: precision, height, width, number of components, then for each its id, sampling and table."""
    height, width = (int.from_bytes(frame[start : start + 2], "big") for start in (1, 3))
    samplings = [divmod(byte, 16) for byte in frame[7::3]]
    if not samplings:
        return 0
    widest, highest = (max(side) or 1 for side in zip(*samplings, strict=True))
    blocks = sum(across * down for across, down in samplings)
    return _COEFFICIENT * width * height * blocks // (widest * highest)


def _marker(stream: BinaryIO) -> int:
    """The next marker; bytes between segments are skipped, as decoders do."""
    byte = _exactly(stream, 1)
    while byte != b"\xff":
        byte = _exactly(stream, 1)
    while byte == b"\xff":
        byte = _exactly(stream, 1)
    return byte[0]


def _exactly(stream: BinaryIO, count: int) -> bytes:
    found = stream.read(count)
    if len(found) < count:
        raise _cut_off()
    return found


def _cut_off() -> ImageRefused:
    return ImageRefused("The JPEG file is cut off before its picture; upload it again.", reason=TRUNCATED)
