"""Objects: their rows, and every change to them, each decided and made in one transaction."""

import json
from collections.abc import Callable, Mapping
from dataclasses import astuple, replace
from typing import Any, BinaryIO

from infra.local.clock import SharedClock

from . import errors
from .buckets import Buckets
from .content import ContentFiles
from .index import Index
from .merge_patch import merge
from .names import check_object_name
from .preconditions import Preconditions
from .records import WRITABLE, Address, Draft, ObjectRecord, rfc3339, writable_part

_COLUMNS = (
    "bucket, name, generation, metageneration, size, crc32c, md5, components, "
    "created, updated, file, writable"
)
_SELECT_ONE = f"SELECT {_COLUMNS} FROM objects WHERE bucket = ? AND name = ?"
_SCAN = (
    f"SELECT {_COLUMNS} FROM objects WHERE bucket = ? AND name >= ? "
    "AND (? IS NULL OR name < ?) ORDER BY name LIMIT ?"
)
_PUT = f"INSERT OR REPLACE INTO objects ({_COLUMNS}) VALUES ({', '.join('?' * 12)})"
_ANYTHING = Preconditions()


class Objects:
    """All live objects."""

    def __init__(self, index: Index, content: ContentFiles, buckets: Buckets, clock: SharedClock) -> None:
        self._index = index
        self._content = content
        self._buckets = buckets
        self._clock = clock

    def find(self, bucket: str, name: str) -> ObjectRecord | None:
        """The live object of that name, if there is one."""
        rows = self._index.rows(_SELECT_ONE, (bucket, name))
        return _record(rows[0]) if rows else None

    def get(
        self, address: Address, preconditions: Preconditions = _ANYTHING, *, reading: bool = True
    ) -> ObjectRecord:
        """The object; raises 404 for a missing bucket, object or generation, then 412 (304 for a read)."""
        self._buckets.get(address.bucket)
        live = self.find(address.bucket, address.name)
        if live is None or address.generation not in (None, live.generation):
            raise errors.object_missing(address.bucket, address.name)
        preconditions.check(live, reading=reading)
        return live

    def open(
        self, address: Address, preconditions: Preconditions = _ANYTHING, *, reading: bool = True
    ) -> tuple[ObjectRecord, BinaryIO]:
        """The object and its bytes, which the caller closes; they stay those of this generation."""
        with self._index.snapshot():
            record = self.get(address, preconditions, reading=reading)
            return record, self._content.open(record.file)

    def scan(self, bucket: str, start: str, end: str | None, limit: int) -> list[ObjectRecord]:
        """Up to `limit` objects in the order of their names, from `start` (included) to `end` (excluded)."""
        rows = self._index.rows(_SCAN, (bucket, start, end, end, limit))
        return [_record(row) for row in rows]

    def files(self) -> set[str]:
        """The content files that objects need."""
        return {row[0] for row in self._index.rows("SELECT file FROM objects")}

    def commit(
        self,
        draft: Draft,
        preconditions: Preconditions,
        within: Callable[[ObjectRecord], None] | None = None,
    ) -> ObjectRecord:
        """Make a draft the live object, in place of the one before; its content file is removed if that
        fails.

        within: called with the new object inside the same transaction, to write what must become true with
        it.
        """
        try:
            with self._index.transaction():
                previous = self.check_target(draft.address, preconditions)
                record = self._new_record(draft)
                self._put(record)
                if within is not None:
                    within(record)
        except BaseException:
            self._content.remove(draft.file)
            raise
        if previous is not None:
            self._content.remove(previous.file)
        return record

    def check_target(self, address: Address, preconditions: Preconditions) -> ObjectRecord | None:
        """The object that a write would replace; raises what forbids the write."""
        check_object_name(address.name)
        self._buckets.get(address.bucket)
        live = self.find(address.bucket, address.name)
        preconditions.check(live)
        return live

    def delete(self, address: Address, preconditions: Preconditions) -> None:
        """Delete the object; raises 404 and 412."""
        with self._index.transaction():
            live = self.get(address, preconditions, reading=False)
            self._index.rows(
                "DELETE FROM objects WHERE bucket = ? AND name = ?", (address.bucket, address.name)
            )
        self._content.remove(live.file)

    def change(
        self,
        address: Address,
        changes: Mapping[str, Any],
        preconditions: Preconditions,
        *,
        overwrite: bool = False,
    ) -> ObjectRecord:
        """Merge `changes` into what the caller may set (null removes), or put them in its place."""
        writable_part(changes)  # refuses what is not covered
        wanted = {name: changes[name] for name in WRITABLE if name in changes}
        with self._index.transaction():
            live = self.get(address, preconditions, reading=False)
            changed = replace(
                live,
                writable=merge({} if overwrite else live.writable, wanted),
                metageneration=live.metageneration + 1,
                updated=rfc3339(self._clock.now()),
            )
            self._put(changed)
        return changed

    def copy(
        self,
        source: Address,
        destination: Address,
        resource: Mapping[str, Any],
        source_preconditions: Preconditions,
        preconditions: Preconditions,
    ) -> ObjectRecord:
        """Copy an object with its settings, or with those of `resource` if it has any."""
        wanted = writable_part(resource)
        with self._index.snapshot():
            original = self.get(source, source_preconditions, reading=False)
            file = self._content.duplicate(original.file)
        draft = Draft(
            destination,
            file,
            original.size,
            original.crc32c,
            original.md5,
            wanted or original.writable,
            original.components,
        )
        return self.commit(draft, preconditions)

    def _new_record(self, draft: Draft) -> ObjectRecord:
        now = self._clock.now()
        stamp = rfc3339(now)
        return ObjectRecord(
            bucket=draft.address.bucket,
            name=draft.address.name,
            generation=self._next_generation(int(now.timestamp() * 1_000_000)),
            metageneration=1,
            size=draft.size,
            crc32c=draft.crc32c,
            md5=draft.md5,
            components=draft.components,
            created=stamp,
            updated=stamp,
            file=draft.file,
            writable=draft.writable,
        )

    def _next_generation(self, microseconds: int) -> int:
        """Virtual time in microseconds, but always greater than any generation given before."""
        statement = "UPDATE last_generation SET value = max(value + 1, ?) RETURNING value"
        return int(self._index.rows(statement, (microseconds,))[0][0])

    def _put(self, record: ObjectRecord) -> None:
        row = (*astuple(record)[:-1], json.dumps(record.writable))
        self._index.rows(_PUT, row)


def _record(row: tuple[Any, ...]) -> ObjectRecord:
    return ObjectRecord(*(*row[:-1], json.loads(row[-1])))
