"""Resumable uploads: sessions that outlive connections and the emulator itself.

What a session has acknowledged is in its row: bytes of the file behind `persisted` are not yet, or no
longer, valid and are cut off before the next chunk is written. Unless it is the last, a chunk counts only
in whole blocks of 256 KiB (https://cloud.google.com/storage/docs/performing-resumable-uploads), also when
its connection was cut.
"""

import contextlib
import json
import os
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, BinaryIO

from infra.local.clock import SharedClock

from . import errors
from .checksums import Digests, Expected
from .content import ContentFiles
from .index import Index
from .objects import Objects
from .preconditions import Preconditions
from .records import Address, Draft, ObjectRecord

BLOCK = 256 * 1024
_LIFETIME = 7 * 24 * 3600.0  # seconds
_READ_AT_ONCE = 1 << 20


@dataclass(frozen=True)
class UploadRequest:
    """What a session was begun with; the preconditions are decided when it ends."""

    address: Address
    writable: dict[str, Any]
    preconditions: Preconditions
    expected: Expected
    length_range: tuple[int, int] | None = None

    @classmethod
    def parse(cls, text: str) -> "UploadRequest":
        """From the text `dump` made."""
        fields = json.loads(text)
        limits = fields["length_range"]
        return cls(
            Address(**fields["address"]),
            fields["writable"],
            Preconditions(**fields["preconditions"]),
            Expected(**fields["expected"]),
            (limits[0], limits[1]) if limits else None,
        )

    def dump(self) -> str:
        """As text, for the row."""
        return json.dumps(asdict(self))

    def check_length(self, size: int) -> None:
        """Raise 400 if the object would be shorter or longer than a signed URL allows."""
        shortest, longest = self.length_range or (0, size)
        if size < shortest:
            raise errors.body_too_small(shortest)
        if size > longest:
            raise errors.body_too_large(longest)


@dataclass(frozen=True)
class Session:
    """One upload. persisted: bytes acknowledged; finished: the object it became, None while it is open."""

    id: str
    file: str
    persisted: int
    request: UploadRequest
    finished: ObjectRecord | None


class Chunk:
    """Takes the bytes of one request; to be used by one thread at a time, and closed."""

    def __init__(self, stream: BinaryIO, start: int) -> None:
        self._stream = stream
        self._stream.truncate(start)
        self._stream.seek(start)
        self.end = start

    def write(self, data: bytes) -> None:
        """Append these bytes."""
        view = memoryview(data)
        while view:
            view = view[self._stream.write(view) :]
        self.end += len(data)

    def close(self) -> None:
        """Put the bytes safely on disk."""
        with self._stream:
            os.fsync(self._stream.fileno())


class Sessions:
    """All resumable uploads, open or finished within the last week."""

    def __init__(self, index: Index, content: ContentFiles, objects: Objects, clock: SharedClock) -> None:
        self._index = index
        self._content = content
        self._objects = objects
        self._clock = clock

    def begin(self, request: UploadRequest) -> Session:
        """Begin an upload; raises at once what would forbid its end now."""
        self._objects.check_target(request.address, request.preconditions)
        session = Session(uuid.uuid4().hex, self._content.new_name(), 0, request, None)
        self._content.path(session.file).touch()
        row = (session.id, self._clock.timestamp(), session.file, 0, request.dump(), None)
        self._index.rows("INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?)", row)
        return session

    def get(self, session_id: str) -> Session:
        """The session; raises 404 if there is none, or it is older than a week."""
        statement = "SELECT id, file, persisted, request, finished FROM sessions WHERE id = ? AND begun > ?"
        rows = self._index.rows(statement, (session_id, self._clock.timestamp() - _LIFETIME))
        if not rows:
            raise errors.upload_missing()
        name, file, persisted, request, finished = rows[0]
        record = ObjectRecord(**json.loads(finished)) if finished else None
        return Session(name, file, persisted, UploadRequest.parse(request), record)

    def chunk(self, session: Session) -> Chunk:
        """A place for the bytes that follow those acknowledged."""
        return Chunk(self._content.path(session.file).open("r+b", buffering=0), session.persisted)

    def keep(self, session: Session, chunk: Chunk, *, last: bool) -> int:
        """Acknowledge what a chunk has brought, whole blocks only unless it is the last; the bytes kept."""
        chunk.close()
        kept = chunk.end if last else chunk.end - chunk.end % BLOCK
        kept = max(kept, session.persisted)
        self._index.rows("UPDATE sessions SET persisted = ? WHERE id = ?", (kept, session.id))
        return kept

    def finish(self, session: Session, size: int, expected: Expected) -> ObjectRecord:
        """Turn an upload of `size` bytes into the object; a failure ends the session."""
        try:
            session.request.check_length(size)
            digests = self._digests(session.file, size)
            session.request.expected.merged(expected).check(digests)
            draft = Draft(
                session.request.address,
                session.file,
                size,
                digests.crc32c,
                digests.md5,
                session.request.writable,
            )
            return self._objects.commit(
                draft, session.request.preconditions, lambda record: self._close(session.id, record)
            )
        except errors.StorageError:
            self.cancel(session.id)
            raise

    def cancel(self, session_id: str) -> None:
        """Forget a session and its bytes; raises 404."""
        session = self.get(session_id)
        self._index.rows("DELETE FROM sessions WHERE id = ?", (session_id,))
        if session.finished is None:
            self._content.remove(session.file)

    def expire(self) -> int:
        """Forget the sessions older than a week; how many that were."""
        statement = "SELECT id, file, finished FROM sessions WHERE begun <= ?"
        old = self._index.rows(statement, (self._clock.timestamp() - _LIFETIME,))
        for session_id, file, finished in old:
            self._index.rows("DELETE FROM sessions WHERE id = ?", (session_id,))
            if finished is None:
                self._content.remove(file)
        return len(old)

    def files(self) -> set[str]:
        """The content files that open sessions need."""
        return {row[0] for row in self._index.rows("SELECT file FROM sessions WHERE finished IS NULL")}

    def _close(self, session_id: str, record: ObjectRecord) -> None:
        statement = "UPDATE sessions SET finished = ? WHERE id = ?"
        self._index.rows(statement, (json.dumps(asdict(record)), session_id))

    def _digests(self, file: str, size: int) -> Digests:
        """Read the file once more: a hash's inner state cannot outlive the process, the file does."""
        digests = Digests()
        with contextlib.closing(self._content.open(file)) as stream:
            while block := stream.read(min(_READ_AT_ONCE, size - digests.size)):
                digests.update(block)
        return digests


def length_range(headers: Mapping[str, str]) -> tuple[int, int] | None:
    """`x-goog-content-length-range: 1,5000000`: the size a signed upload must have, both ends included."""
    given = headers.get("x-goog-content-length-range")
    if given is None:
        return None
    try:
        shortest, longest = (int(part) for part in given.split(","))
    except ValueError:
        raise errors.invalid(
            "x-goog-content-length-range must be two numbers with a comma between."
        ) from None
    return shortest, longest
