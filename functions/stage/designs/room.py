"""The memory of a process for all that render in it: an upload as it is decoded, and what is made of it.

Both are taken at once, before anything is decoded, so that nobody who waits holds anything that another waits for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from functions.hash.designs.memory import Memory, decode_bytes
from functions.hash.designs.reading import Reader, Source

_MIB: Final = 1 << 20


class Room:
    """As much as the reader may take for decoding, and `render_mib` for pictures that are made; for all threads."""

    def __init__(self, reader: Reader, render_mib: int) -> None:
        self.reader = reader
        self.render_bytes = render_mib * _MIB
        """Of what one caller makes."""
        self._memory = Memory(reader.limits.decode_bytes + self.render_bytes)

    @contextmanager
    def taken_for(self, *sources: tuple[Source, str]) -> Iterator[None]:
        """Have room to decode these uploads, one after the other, and to make pictures of them. They come with names.

        Raises ImageRefused for one that is none.
        """
        needed = max(self._needed(source, name) for source, name in sources)
        with self._memory.taken(needed + self.render_bytes):
            yield

    def _needed(self, source: Source, name: str) -> int:
        with self.reader.open(source, name) as opened:
            needed = decode_bytes(opened.image, opened.kind)
            return needed + (opened.jpeg.coefficient_bytes if opened.jpeg else 0)
