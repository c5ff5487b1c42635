"""How an upload is cut: into pieces of about so many bytes, in its own order."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class UploadedPiece:
    """Files next to each other. first, last: their ids, both counted."""

    first: int
    last: int
    files: int


def pieces_of(
    files: Iterable[tuple[int, int]], *, most_bytes: int, most_files: int
) -> Iterator[UploadedPiece]:
    """Pieces of files (id, bytes) in the order of their ids. A file that is too large by itself is a piece by itself."""
    ids: list[int] = []
    taken = 0
    for number, size in files:
        if ids and (taken + size > most_bytes or len(ids) == most_files):
            yield UploadedPiece(ids[0], ids[-1], len(ids))
            ids, taken = [], 0
        ids.append(number)
        taken += size
    if ids:
        yield UploadedPiece(ids[0], ids[-1], len(ids))
