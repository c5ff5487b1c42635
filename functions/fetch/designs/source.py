"""The uploads that a run answers for, cut into pieces that are read by wake-ups of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.errors import NotFound
from common.pipeline.flow import Page, Piece
from common.pipeline.item import Claim
from common.services import Services
from common.settings.designs import DesignSettings
from functions.fetch.designs.pieces import pieces_of
from functions.fetch.designs.rollback import RollbackSource

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MEBIBYTE = 1 << 20
# A session belongs to the first run that takes it up: two runs never answer for the same files. One that was cancelled, or has
# failed, before it had taken any file in answers for none.
_TAKE = """
update upload_sessions s set run_id = %s where s.tenant_id = %s and s.state = 'closed' and (cast(%s as text) is null or s.id::text = %s)
  and (s.run_id is null or exists (select from runs r where r.id = s.run_id and r.state in ('cancelled', 'failed'))
    and not exists (select from items i where i.run_id = s.run_id))
"""
# In mode TEST nothing is taken: the files stay for a run that does something with them.
_FILES = """
select f.id, f.size from upload_files f join upload_sessions s on s.tenant_id = f.tenant_id and s.id = f.session_id
where f.tenant_id = %s and (cast(%s as text) is null or s.id::text = %s)
  and (s.run_id = %s or (%s and s.state = 'closed' and s.run_id is null))
order by f.id
"""
_SESSION = "select state, run_id from upload_sessions where tenant_id = %s and id::text = %s"
# What runs in mode TEST have left to compare with is of no use once they have ended.
_FORGET_TRIALS = """
with ended as (
  delete from designs d where d.tenant_id = %s and d.trial <> '' and not exists (
    select from runs r where r.id = d.trial and r.state in ('pending', 'running', 'cancelling')) returning d.id)
delete from design_hashes h where h.tenant_id = %s and h.design_id in (select id from ended)
"""


@dataclass(frozen=True)
class Taken:
    """What a run answers for. files: (id, bytes)."""

    files: Sequence[tuple[int, int]]
    session: Any = None
    """The session that was asked for, None where it does not exist."""


class DesignUploads:
    """Declares the pieces of the uploads that a run takes up."""

    def __init__(self, services: Services) -> None:
        self._rollback = RollbackSource()

    def load(self, connection: "Connection", claim: Claim) -> Any:
        """The files; the run takes their sessions, so that no other does."""
        run, session = claim.run, claim.run.options.get("session")
        if "rollback_of" in run.options:
            return self._rollback.load(connection, claim)
        connection.exec_driver_sql(_FORGET_TRIALS, (run.tenant, run.tenant))
        if run.may_write:
            connection.exec_driver_sql(_TAKE, (run.id, run.tenant, session, session))
        values = (run.tenant, session, session, run.id, not run.may_write)
        files = [(row.id, row.size) for row in connection.exec_driver_sql(_FILES, values)]
        found = connection.exec_driver_sql(_SESSION, (run.tenant, session)).one_or_none() if session else None
        return Taken(files, found)

    def read(self, claim: Claim, taken: Any) -> Iterator[Page]:
        """One page of pieces. Raises NotFound for a session that there is not, or that is still open."""
        if "rollback_of" in claim.run.options:
            yield from self._rollback.read(claim, taken)
            return
        if "session" in claim.run.options and not taken.files:
            raise _nothing(claim, taken.session)
        settings = DesignSettings.of(claim.run.settings)
        most_bytes, most_files = settings.upload_piece_mib * _MEBIBYTE, settings.upload_piece_files
        if claim.run.settings.use_integrated:
            most_bytes, most_files = (
                sum(size for _, size in taken.files) + 1,
                claim.run.settings.max_batch_size,
            )
        pieces = pieces_of(taken.files, most_bytes=most_bytes, most_files=most_files)
        yield Page(
            pieces=[
                Piece(step="fetch", phase="files", cursor={"first": piece.first, "last": piece.last})
                for piece in pieces
            ],
            declared=len(taken.files),
            last=True,
        )


def _nothing(claim: Claim, session: Any) -> NotFound:
    asked = claim.run.options["session"]
    if session is None:
        return NotFound(f"There is no upload {asked}.", reason="unknown_upload")
    if session.run_id and session.run_id != claim.run.id:
        return NotFound(f"The run {session.run_id} answers for the upload {asked}.", reason="upload_taken")
    return NotFound(f"The upload {asked} is {session.state}, and has no files.", reason="empty_upload")
