"""A stream over one generation of an object, fetched in pieces and checked at its end."""

import io
from collections.abc import Callable
from typing import BinaryIO, cast

from common.checksum import Crc32c
from common.errors import Unavailable
from common.objects.store import Stored

PIECE = 4 * 2**20
"""Bytes fetched at once; what a reader holds in memory."""

Fetch = Callable[[int, int], bytes]
"""`fetch(start, end)` -> the bytes from start to end, both counted."""


def open_reader(stored: Stored, fetch: Fetch, piece: int = PIECE) -> BinaryIO:
    """A buffered stream over `stored`. Errors of `fetch` come out of its reads."""
    return cast(BinaryIO, io.BufferedReader(_Pieces(stored, fetch, piece), buffer_size=64 * 1024))


class _Pieces(io.RawIOBase):
    """The raw stream. It only goes forward, so that the checksum of the whole is known when its end is
    reached.
    """

    def __init__(self, stored: Stored, fetch: Fetch, piece: int) -> None:
        self._stored = stored
        self._fetch = fetch
        self._piece = piece
        self._position = 0  # of the next piece
        self._rest = memoryview(b"")
        self._checksum = Crc32c()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        if not self._rest and self._position < self._stored.size:
            self._next_piece()
        count = min(len(buffer), len(self._rest))
        buffer[:count] = self._rest[:count]
        self._rest = self._rest[count:]
        return count

    def _next_piece(self) -> None:
        end = min(self._position + self._piece, self._stored.size)
        data = self._fetch(self._position, end - 1)
        if len(data) != end - self._position:
            raise self._damaged(f"{len(data)} bytes came for {end - self._position}")
        self._checksum.update(data)
        if end == self._stored.size and self._checksum.base64() != self._stored.crc32c:
            raise self._damaged("its checksum does not hold")
        self._position, self._rest = end, memoryview(data)

    def _damaged(self, how: str) -> Unavailable:
        return Unavailable(
            f"{self._stored.name} arrived damaged ({how}); read it again", reason="damaged_download"
        )
