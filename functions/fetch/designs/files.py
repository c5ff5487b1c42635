"""The files of one piece of an upload, as items."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from common.pipeline.flow import Child, Page
from common.pipeline.item import Claim
from common.services import Services

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FILES = """
select f.*, s.choices, s.is_reference from upload_files f
join upload_sessions s on s.tenant_id = f.tenant_id and s.id = f.session_id
where f.tenant_id = %s and f.id between %s and %s and (s.run_id = %s or (%s and s.state = 'closed' and s.run_id is null))
  and (cast(%s as text) is null or s.id::text = %s)
order by f.id
"""
_ADVICE = {
    "not_uploaded": "The file did not arrive; upload it again.",
    "too_large": "The file is larger than upload_file_mib allows; scale the picture down.",
}


class UploadedFiles:
    """Reads one piece."""

    def __init__(self, services: Services) -> None:
        pass

    def load(self, connection: "Connection", claim: Claim) -> Sequence[Any]:
        """The files with what was chosen for them."""
        run, cursor, session = claim.run, claim.cursor, claim.run.options.get("session")
        values = (run.tenant, cursor["first"], cursor["last"], run.id, not run.may_write, session, session)
        return connection.exec_driver_sql(_FILES, values).all()

    def read(self, claim: Claim, files: Sequence[Any]) -> Iterator[Page]:
        """One page: a piece is small enough."""
        yield Page(children=[_child(row) for row in files], to="hash", last=True)


def _child(row: Any) -> Child:
    data = {
        "file": row.id,
        "session": str(row.session_id),
        "filename": row.filename,
        "object": row.object_name,
        "size": row.size,
        "media_type": row.media_type,
        "choices": row.choices,
        "reference": row.is_reference,
    }
    if row.state == "stored":
        return Child(key=key_of(row.session_id, row.number), row=row.number, data=data)
    problem = {"column": "file", "reason": row.problem, "detail": _ADVICE.get(row.problem, "")}
    raw = {"file": row.filename, "size": row.size}
    return Child(key=key_of(row.session_id, row.number), row=row.number, problems=[problem], raw=raw)


def key_of(session: object, number: int) -> str:
    """The key of an uploaded file: its place in its upload. What it shows is known by its content, once it was read."""
    return f"{session}/{number}"
