"""The headers Range (downloads) and Content-Range (resumable uploads)."""

import re
from dataclasses import dataclass

from . import errors

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")
_CONTENT_RANGE = re.compile(r"bytes (?:(\d+)-(\d+)|\*)/(\d+|\*)")


@dataclass(frozen=True)
class Span:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes that are."""
        return self.last - self.first + 1


def parse_range(header: str | None, size: int) -> Span | None:
    """The part of an object of `size` bytes that a Range header asks for.

    None means the whole: without a header, and for one that is malformed, backwards or lists several ranges
    (RFC 9110, 14.2: a server may ignore it). Raises 416 if nothing of the object lies in the range.
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return _suffix(int(match[2]), size)
    first = int(match[1])
    last = int(match[2]) if match[2] else size - 1
    if match[2] and last < first:
        return None
    if first >= size:
        raise errors.range_not_satisfiable(size)
    return Span(first, min(last, size - 1))


def _suffix(length: int, size: int) -> Span:
    if length == 0 or size == 0:
        raise errors.range_not_satisfiable(size)
    return Span(max(0, size - length), size - 1)


@dataclass(frozen=True)
class ContentRange:
    """What a chunk of a resumable upload says of itself.

    span: where its bytes belong; None asks for the state only. total: the object's size; None while unknown.
    """

    span: Span | None
    total: int | None


def parse_content_range(header: str) -> ContentRange:
    """Read `bytes 0-524287/*`, `bytes 0-524287/2000000`, `bytes */2000000` or `bytes */*`; else raise 400."""
    match = _CONTENT_RANGE.fullmatch(header.strip())
    if match is None:
        raise errors.invalid("Failed to parse Content-Range header.")
    total = None if match[3] == "*" else int(match[3])
    if match[1] is None:
        return ContentRange(None, total)
    span = Span(int(match[1]), int(match[2]))
    if span.length < 1 or (total is not None and span.last >= total):
        raise errors.invalid("Invalid Content-Range header: its bytes lie outside the object.")
    return ContentRange(span, total)
