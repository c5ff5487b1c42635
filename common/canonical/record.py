"""The fingerprint of a record over a declared list of columns."""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

import orjson

from common.canonical.value import PLAIN, canonical_bytes, encode, write

HASH_VERSION: int = 1
"""The version new fingerprints are made with. It is raised when the notation of any value changes."""

_KNOWN_VERSIONS = frozenset({1})


class RecordHasher:
    """Fingerprints records over one list of columns: SHA-256, as 64 hexadecimal digits.

    The version and the names of the columns are part of what is hashed, so fingerprints made over different
    columns never compare equal; the order in which the columns are listed does not matter.
    Raises ValueError for a version this release does not know, for no column at all and for one listed twice.
    """

    def __init__(self, columns: Iterable[str], version: int = HASH_VERSION) -> None:
        if version not in _KNOWN_VERSIONS:
            raise ValueError(f"Hash version {version} is unknown here; known: {sorted(_KNOWN_VERSIONS)}.")
        self.version = version
        self.columns = tuple(sorted(columns))
        if not self.columns or len(set(self.columns)) != len(self.columns):
            raise ValueError("A fingerprint needs at least one column, and each only once.")
        self._take = _taker(self.columns)
        self._start = hashlib.sha256(canonical_bytes([version, self.columns]) + b"\n")

    def __call__(self, record: Mapping[str, Any]) -> str:
        """The fingerprint of `record`; a column it lacks counts as None. Raises as `canonical_bytes` does."""
        try:
            values = self._take(record)
        except KeyError:
            values = [record.get(column) for column in self.columns]
        return self.of_written(_row_bytes(values))

    def of_written(self, values: bytes) -> str:
        """The fingerprint of a record that was written by the caller: for large tables, where each step counts.

        values: in the order of `columns`, one canonical JSON array, as `canonical_bytes` of the list gives it.
        """
        digest = self._start.copy()
        digest.update(values)
        return digest.hexdigest()


def record_hash(record: Mapping[str, Any], columns: Sequence[str], version: int = HASH_VERSION) -> str:
    """The fingerprint of `record` over `columns` only. For many rows make one `RecordHasher` and call it."""
    return _hasher(tuple(columns), version)(record)


@lru_cache(maxsize=64)
def _hasher(columns: tuple[str, ...], version: int) -> RecordHasher:
    return RecordHasher(columns, version)


def _taker(columns: tuple[str, ...]) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    take = itemgetter(*columns)
    return take if len(columns) > 1 else lambda record: (take(record),)


def _row_bytes(values: Sequence[Any]) -> bytes:
    if PLAIN.issuperset(map(type, values)):
        try:
            written = orjson.dumps(values)
        except TypeError:  # a number over 64 bits or a lone surrogate: the long way writes or names it
            written = b"\xff"
        if written.isascii():
            return written
    return write([encode(value) for value in values])
