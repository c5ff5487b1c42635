"""Uploads: announce files, send them straight to storage or through us, and say when that was all.

What was read before is not asked for again: a file is known by the SHA-256 of its bytes. Such a file counts as sent, so
that the run tells what became of it.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, BinaryIO
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from common.auth.tokens import Role
from common.database.engine import as_json
from common.errors import Conflict, NotFound, Usage
from common.interface.configuration import Configuration
from common.interface.desk import Desk, View, rows
from common.interface.runs import Runs
from common.settings.designs import DesignSettings
from common.uploads.choices import Choices
from common.uploads.estimate import estimated_seconds
from common.uploads.file_name import shown_name

FLOW = "designs"
ANY_TYPE = "application/octet-stream"
"""The media type of a file of which nobody has said another."""
MEDIA_TYPE = re.compile(r"^[A-Za-z0-9_.+-]{1,100}/[A-Za-z0-9_.+-]{1,100}$")
"""What goes into a header that is signed."""
LONGEST_NAME = 4096
"""Characters of a file's name that are looked at."""
MOST_ANNOUNCED = 500
"""Files of one announcement: each is given an address to send to, and signing them takes its time."""
_MEBIBYTE = 1 << 20
_SIGNED_FOR = timedelta(hours=1)

_OPEN = """
insert into upload_sessions (tenant_id, is_reference, choices, created_by) values (:tenant, :reference, cast(:choices as jsonb), :by)
returning id
"""
_SESSION = "select * from upload_sessions where tenant_id = :tenant and id = :id"
_LOCKED = f"{_SESSION} for update"
# What was read before is taken from where it lies; the newest of several.
_ANNOUNCE = """
insert into upload_files (tenant_id, session_id, number, filename, size, media_type, object_name, file_hash, content_hash, is_read,
  state, problem)
select :tenant, :id, :before + x.place, x.filename, x.size, x.media_type,
  coalesce(known.object_name, :prefix || to_char(:before + x.place, 'fm000000')), x.file_hash, known.content_hash,
  known.object_name is not null, case when known.object_name is not null then 'stored' when x.problem is not null then 'missing'
  else 'expected' end, x.problem
from jsonb_to_recordset(cast(:files as jsonb)) as x(place integer, filename text, size bigint, media_type text, file_hash text,
  problem text)
left join lateral (select f.object_name, f.content_hash from upload_files f where f.tenant_id = :tenant and f.file_hash = x.file_hash
  and f.size = x.size and f.is_read and f.state = 'stored' order by f.id desc limit 1) known on true
order by x.place returning number, filename, size, media_type, object_name, state, problem
"""
_COUNT = "select count(*) as files from upload_files where tenant_id = :tenant and session_id = :id"
_ANNOUNCED = (
    "update upload_sessions set announced_at = shelfline_now() where tenant_id = :tenant and id = :id"
)
_FILE = "select * from upload_files where tenant_id = :tenant and session_id = :id and number = :number"
_FILES = "select * from upload_files where tenant_id = :tenant and session_id = :id order by number"
_STORED = """
update upload_files f set state = x.state, size = x.size, file_hash = coalesce(x.file_hash, f.file_hash), problem = x.problem
from jsonb_to_recordset(cast(:files as jsonb)) as x(number integer, state text, size bigint, file_hash text, problem text)
where f.tenant_id = :tenant and f.session_id = :id and f.number = x.number and f.state = 'expected'
"""
_CLOSE = """
update upload_sessions set state = 'closed', closed_at = shelfline_now() where tenant_id = :tenant and id = :id and state = 'open'
"""


class NewFile(BaseModel):
    """A file that a client is about to send. sha256: of its bytes, 64 hexadecimal digits; what is known is not asked for again."""

    model_config = ConfigDict(extra="forbid")

    filename: str = Field(max_length=LONGEST_NAME)
    size: int = Field(ge=0)
    media_type: str = Field(default=ANY_TYPE, pattern=MEDIA_TYPE.pattern)
    sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{64}$")


class SendTo(View):
    """The request that sends one file: exactly this method, address and headers, until it expires."""

    method: str
    url: str = Field(repr=False)
    headers: dict[str, str]


class AnnouncedFile(View):
    """send: None when nothing is to be sent, because it is known already or too large (`problem` says so)."""

    number: int
    filename: str
    known: bool
    problem: str | None
    send: SendTo | None


class UploadStarted(View):
    """estimated_time: seconds, an estimate before anything was measured."""

    session_id: UUID
    estimated_time: float
    total_size_mb: float
    file_count: int
    files: list[AnnouncedFile]


class UploadEnded(View):
    """run_id: the run that answers for the files; None where it was left to the next run of the flow."""

    session_id: UUID
    run_id: str | None
    stored: int
    missing: int


@dataclass(frozen=True, slots=True)
class _Limits:
    file_bytes: int
    request_bytes: int
    session_files: int


class Uploads(Desk):
    """The tenant's uploads."""

    def start(
        self,
        files: Sequence[NewFile],
        *,
        choices: Choices | None = None,
        reference: bool = False,
        session_id: UUID | None = None,
        sign: bool = True,
    ) -> UploadStarted:
        """Announce files, in a session of their own or one that is open; how each is to be sent.

        reference: only index them. Raises Usage for too many files, NotFound for an unknown session, Conflict for one that
        has ended.
        """
        self.require(Role.OPERATOR)
        limits = self._limits()
        if not files or len(files) > MOST_ANNOUNCED:
            raise Usage(
                f"Announce 1 to {MOST_ANNOUNCED} files at once; go on with session_id.", reason="bad_number"
            )
        with self.transaction() as connection:
            session = session_id or self._opened(connection, choices or Choices(), reference)
            self._open_session(connection, session)
            before = rows(connection, _COUNT, tenant=self.tenant, id=session)[0]["files"]
            if before + len(files) > limits.session_files:
                raise Usage(
                    f"An upload has at most {limits.session_files} files (upload_session_files).",
                    reason="too_many_files",
                )
            rows(connection, _ANNOUNCED, tenant=self.tenant, id=session)
            announced = rows(
                connection,
                _ANNOUNCE,
                tenant=self.tenant,
                id=session,
                before=before,
                prefix=self._prefix(session),
                files=as_json([_row(place, file, limits) for place, file in enumerate(files, 1)]),
            )
        sizes = [row["size"] for row in announced if row["state"] == "expected"]
        return UploadStarted(
            session_id=session,
            estimated_time=round(estimated_seconds(sum(sizes), len(sizes)), 1),
            total_size_mb=round(sum(row["size"] for row in announced) / _MEBIBYTE, 3),
            file_count=len(announced),
            files=[self._announced(row, limits, sign=sign) for row in announced],
        )

    def receive(self, session_id: UUID, number: int, stream: BinaryIO) -> None:
        """Store one announced file that came through us. The stream can seek; it is read in pieces."""
        self.require(Role.OPERATOR)
        found = self.rows(_FILE, id=session_id, number=number)
        if not found:
            raise NotFound(f"The upload has no file {number}.", reason="unknown_file")
        row = found[0]
        if row["state"] != "expected":
            return
        digest, size = _digest(stream)
        self.services.objects.put(row["object_name"], stream, content_type=row["media_type"])
        stored = {"number": number, "state": "stored", "size": size, "file_hash": digest, "problem": None}
        self.rows(_STORED, id=session_id, files=as_json([stored]))

    def finish(self, session_id: UUID, *, run: bool = True) -> UploadEnded:
        """All has been sent: what is there is taken, what is not is told. Said twice it changes nothing.

        run: start the run that answers for the files; else the next run of the flow takes them up. Raises NotFound, and
        Conflict for a session that was given up.
        """
        self.require(Role.OPERATOR)
        session = self._session(session_id)
        if session["state"] == "open":
            self._settle(session_id)
            session = self._session(session_id)
        if session["state"] == "abandoned":
            raise Conflict(
                "The upload was closed because nothing came for long; send its files in another one.",
                reason="upload_abandoned",
            )
        states = [row["state"] for row in self._files(session_id)]
        return UploadEnded(
            session_id=session_id,
            run_id=session["run_id"] or (self._run(session_id, len(states)) if run else None),
            stored=states.count("stored"),
            missing=states.count("missing"),
        )

    def check_request(self, sizes: Sequence[int]) -> None:
        """Raise Usage when files of so many bytes are too much for one request."""
        limits = self._limits()
        if sum(sizes) > limits.request_bytes:
            raise Usage(
                f"Files of one request have at most {limits.request_bytes // _MEBIBYTE} MiB (upload_request_mib); "
                "announce them with POST /designs/start-upload and send each to the address it gets.",
                reason="request_too_large",
            )

    def _run(self, session_id: UUID, files: int) -> str:
        """The one run of a session: its id is made of the session's, so that a second start finds it taken."""
        runs, run_id = Runs(self.services, self.principal), f"{FLOW}_{session_id}"
        settings = {} if self._is_spread(files) else {"use_integrated": True}
        try:
            return runs.start(FLOW, options={"session": str(session_id)}, settings=settings, run_id=run_id)
        except Conflict:
            return run_id

    def _is_spread(self, files: int) -> bool:
        settings = self._settings()
        return (
            bool(settings.use_comprehensive_workflow) and files >= settings.comprehensive_workflow_min_files
        )

    def _settle(self, session_id: UUID) -> None:
        """Look what has come of the announced files, and close the session.

        Files are looked up under the lock: none that is announced meanwhile is left without an answer.
        """
        there = {stored.name: stored for stored in self.services.objects.list(self._prefix(session_id))}
        with self.transaction() as connection:
            if rows(connection, _LOCKED, tenant=self.tenant, id=session_id)[0]["state"] != "open":
                return
            files = rows(connection, _FILES, tenant=self.tenant, id=session_id)
            expected = [row for row in files if row["state"] == "expected"]
            settled = [_settled(row, there.get(row["object_name"])) for row in expected]
            rows(connection, _STORED, tenant=self.tenant, id=session_id, files=as_json(settled))
            rows(connection, _CLOSE, tenant=self.tenant, id=session_id)

    def _opened(self, connection: Any, choices: Choices, reference: bool) -> UUID:
        said = {"reference": reference, "choices": as_json(choices.as_json()), "by": self.principal.name}
        opened: UUID = rows(connection, _OPEN, tenant=self.tenant, **said)[0]["id"]
        return opened

    def _open_session(self, connection: Any, session_id: UUID) -> None:
        found = rows(connection, _LOCKED, tenant=self.tenant, id=session_id)
        if not found:
            raise _unknown(session_id)
        if found[0]["state"] != "open":
            raise Conflict("The upload has ended; start another one.", reason="upload_ended")

    def _session(self, session_id: UUID) -> Mapping[str, Any]:
        found = self.rows(_SESSION, id=session_id)
        if not found:
            raise _unknown(session_id)
        return found[0]

    def _files(self, session_id: UUID) -> list[dict[str, Any]]:
        return self.rows(_FILES, id=session_id)

    def _announced(self, row: Mapping[str, Any], limits: _Limits, *, sign: bool) -> AnnouncedFile:
        send = None
        if sign and row["state"] == "expected":
            signed = self.services.objects.signed_upload_url(
                row["object_name"],
                content_type=row["media_type"],
                expires=_SIGNED_FOR,
                max_size=limits.file_bytes,
            )
            send = SendTo(method=signed.method, url=signed.url, headers=dict(signed.headers))
        return AnnouncedFile(
            number=row["number"],
            filename=row["filename"],
            known=row["state"] == "stored",
            problem=row["problem"],
            send=send,
        )

    def _prefix(self, session_id: UUID) -> str:
        return f"designs/uploads/{self.tenant}/{session_id}/"

    def _limits(self) -> _Limits:
        settings = self._settings()
        return _Limits(
            file_bytes=settings.upload_file_mib * _MEBIBYTE,
            request_bytes=settings.upload_request_mib * _MEBIBYTE,
            session_files=settings.upload_session_files,
        )

    def _settings(self) -> DesignSettings:
        return DesignSettings.of(Configuration(self.services, self.principal).resolved(FLOW, None))


def _row(place: int, file: NewFile, limits: _Limits) -> dict[str, Any]:
    return {
        "place": place,
        "filename": shown_name(file.filename),
        "size": file.size,
        "media_type": file.media_type,
        "file_hash": file.sha256,
        "problem": "too_large" if file.size > limits.file_bytes else None,
    }


def _settled(row: Mapping[str, Any], stored: Any) -> dict[str, Any]:
    if stored is None:
        return {"number": row["number"], "state": "missing", "size": row["size"], "problem": "not_uploaded"}
    # What the client says of it is not believed before it is read; only then is it known by its hash.
    return {"number": row["number"], "state": "stored", "size": stored.size, "problem": None}


def _digest(stream: BinaryIO) -> tuple[str, int]:
    """SHA-256 and size of what a stream holds; it stands at its beginning afterwards."""
    stream.seek(0)
    digest, size = hashlib.sha256(), 0
    while piece := stream.read(_MEBIBYTE):
        digest.update(piece)
        size += len(piece)
    stream.seek(0)
    return digest.hexdigest(), size


def _unknown(session_id: UUID) -> NotFound:
    return NotFound(f"There is no upload {session_id}.", reason="unknown_upload")
