"""Cuts a `multipart/related` upload into its parts while it arrives, without touching a byte of them.

Written for this because the standard library's parser is one for e-mail: it wants the whole message in
memory, and rewrites line ends, which destroys binary content.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from . import errors

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^\s;"]+))', re.IGNORECASE)
_LONGEST_HEAD = 64 * 1024


def boundary_of(content_type: str) -> str:
    """The boundary a multipart content type names; raises 400 if it names none."""
    match = _BOUNDARY.search(content_type)
    if match is None:
        raise errors.invalid("Multipart content-type has no boundary.")
    return match[1] or match[2]


@dataclass(frozen=True)
class PartHead:
    """A part begins. headers: names in lower case."""

    headers: dict[str, str]


@dataclass(frozen=True)
class PartData:
    """The next bytes of the part that began last."""

    data: bytes


class _State(Enum):
    PREAMBLE = 1
    DELIMITED = 2
    HEAD = 3
    CONTENT = 4
    CLOSED = 5


class PartCutter:
    """Fed with a body in pieces of any size, yields heads and data in order; keeps a few bytes only."""

    def __init__(self, boundary: str) -> None:
        self._delimiter = b"\r\n--" + boundary.encode()
        self._buffer = bytearray(b"\r\n")  # so that the first delimiter looks like every other
        self._state = _State.PREAMBLE

    @property
    def closed(self) -> bool:
        """Whether the closing delimiter has come; what follows it is ignored."""
        return self._state is _State.CLOSED

    def feed(self, data: bytes) -> Iterator[PartHead | PartData]:
        """Take the next bytes of the body; raises 400 where it is not well formed."""
        self._buffer += data
        while (step := self._step()) is not None:
            yield from step

    def _step(self) -> list[PartHead | PartData] | None:
        """One move of the machine: what it yields, or None when it needs more bytes."""
        match self._state:
            case _State.DELIMITED:
                return self._after_delimiter()
            case _State.HEAD:
                return self._head()
            case _State.CLOSED:
                self._buffer.clear()
                return None
            case _:
                return self._until_delimiter()

    def _until_delimiter(self) -> list[PartHead | PartData] | None:
        at = self._buffer.find(self._delimiter)
        if at < 0:
            # A delimiter may have begun in the last bytes: they wait.
            ready = self._take(len(self._buffer) - len(self._delimiter) + 1)
            return self._data(ready) or None
        ready = self._take(at)
        data = self._data(ready)
        self._take(len(self._delimiter))
        self._state = _State.DELIMITED
        return data

    def _data(self, ready: bytes) -> list[PartHead | PartData]:
        return [PartData(ready)] if ready and self._state is _State.CONTENT else []

    def _after_delimiter(self) -> list[PartHead | PartData] | None:
        if len(self._buffer) < 2:
            return None
        self._state = _State.CLOSED if self._buffer.startswith(b"--") else _State.HEAD
        return []

    def _head(self) -> list[PartHead | PartData] | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            if len(self._buffer) > _LONGEST_HEAD:
                raise errors.invalid("Malformed multipart body: a part's headers do not end.")
            return None
        lines = self._take(end).decode("latin-1").split("\r\n")
        self._take(4)
        if lines[0].strip():
            raise errors.invalid("Malformed multipart body: a boundary is followed by other text.")
        self._state = _State.CONTENT
        return [PartHead(_headers(lines[1:]))]

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[: max(count, 0)])
        del self._buffer[: max(count, 0)]
        return taken


def _headers(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition(":") for line in lines)
    return {name.strip().lower(): value.strip() for name, _, value in pairs}
