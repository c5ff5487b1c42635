"""What the segments of a JPEG file say, read without decoding it."""

import os
from collections.abc import Iterator
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
class Segment:
    """One marker and what belongs to it."""

    marker: int
    body: bytes


def segments(stream: BinaryIO) -> Iterator[Segment]:
    """The segments up to and with the first start of scan; the stream then stands at the coded data.

    Raises ImageRefused (truncated) when the file ends before, or is none.
    """
    if stream.read(2) != b"\xff\xd8":
        raise _cut_off()
    while True:
        marker = _marker(stream)
        length = int.from_bytes(_exactly(stream, 2), "big")
        body = _exactly(stream, max(length - 2, 0))
        yield Segment(marker, body)
        if marker == _START_OF_SCAN:
            return


def changes_the_picture(segment: Segment) -> bool:
    """Whether the picture would be another one without this segment; a comment or a camera's notes do not."""
    if segment.marker == _COMMENT:
        return False
    return segment.marker not in _APPLICATION or segment.marker in (_PROFILE, _ADOBE)


def coefficient_bytes(stream: BinaryIO) -> int:
    """What the decoder keeps of coefficients, in bytes; the stream is left where it was.

    A picture that is coded in one pass needs a few lines. One that comes in several (progressive, or a component at
    a time) is kept whole, two bytes a coefficient, however small it is decoded: six bytes a pixel without
    subsampling. Raises ImageRefused (truncated).
    """
    place = stream.tell()
    stream.seek(0)
    try:
        return _coefficient_bytes(segments(stream))
    finally:
        stream.seek(place, os.SEEK_SET)


def _coefficient_bytes(read: Iterator[Segment]) -> int:
    frame = Segment(0, b"")
    for segment in read:
        if segment.marker in _FRAMES:
            frame = segment
        elif segment.marker == _START_OF_SCAN:
            in_scan, components = (body[0] if body else 0 for body in (segment.body, frame.body[5:6]))
            whole = frame.marker in _PROGRESSIVE or in_scan < components
            return _all_coefficients(frame.body) if whole else 0
    return 0


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
