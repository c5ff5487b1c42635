"""The bytes of an uploaded file, read once: hashed on the way, and kept in memory that all threads share."""

import hashlib
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from common.objects.store import ObjectStore
from functions.hash.designs.memory import Memory
from functions.hash.designs.refusal import TOO_LARGE_FILE, ImageRefused

HELD_BYTES = 52 << 20
"""Of downloads at the same time: of the 512 MiB of an instance, decoding and the step itself have the rest."""
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A file. file_hash: SHA-256 of its bytes."""

    content: io.BytesIO
    file_hash: str
    size: int


class Downloads:
    """Reads objects; one serves all threads of a process."""

    def __init__(self, objects: ObjectStore, *, largest: int, held: int = HELD_BYTES) -> None:
        """largest, held: bytes."""
        self._objects = objects
        self._largest = largest
        self._memory = Memory(held)

    @contextmanager
    def open(self, name: str, size: int) -> Iterator[Downloaded]:
        """An object of about so many bytes, held for the time of the block.

        Raises ImageRefused (too_large_file), and what the store raises.
        """
        if size > self._largest:
            raise self._too_large(size)
        with self._memory.taken(size):
            yield self._read(name)

    def _read(self, name: str) -> Downloaded:
        content, digest, size = io.BytesIO(), hashlib.sha256(), 0
        with self._objects.open(name) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                if size > self._largest:  # it was replaced after it was looked at
                    raise self._too_large(size)
                digest.update(piece)
                content.write(piece)
        content.seek(0)
        return Downloaded(content, digest.hexdigest(), size)

    def _too_large(self, size: int) -> ImageRefused:
        return ImageRefused(
            f"The file has {size >> 20} MiB; upload_file_mib allows {self._largest >> 20}.",
            reason=TOO_LARGE_FILE,
        )
