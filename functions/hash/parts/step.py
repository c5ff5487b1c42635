"""Fingerprint what the catalogue would hold, and stop what it holds already."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from common.canonical import HASH_VERSION, RecordHasher
from common.database.engine import as_json
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from functions.hash.parts.document import DOCUMENT_COLUMNS, document

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HELD = """
select s.key, s.target_hash, s.hash_version, s.columns, s.target_doc from snapshots s
where s.tenant_id = %s and s.flow = 'parts' and s.target = 'catalog'
  and s.key in (select jsonb_array_elements_text(cast(%s as jsonb)))
"""
_ANSWERS = """
select t.key, t.answer from manual_tasks t where t.tenant_id = %s and t.flow = 'parts' and t.state = 'completed'
  and t.answer is not null and t.key in (select jsonb_array_elements_text(cast(%s as jsonb))) order by t.completed_at, t.id
"""
_SEEN_AGAIN = """
update snapshots s set considered_hash = x.source_hash, considered_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, source_hash text)
where s.tenant_id = %s and s.flow = 'parts' and s.target = 'catalog' and s.key = x.key
"""


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the parts of a chunk, by key."""

    held: Mapping[str, Any]
    """The snapshot of what the catalogue holds."""
    answers: dict[str, list[Mapping[str, Any]]] = field(default_factory=dict)
    """What people said in tasks they have completed, the newest last."""


class HashParts(ItemStep):
    """Skips a part whose document is the one the catalogue holds."""

    def __init__(self, services: Services) -> None:
        self._hasher = RecordHasher(DOCUMENT_COLUMNS, HASH_VERSION)

    def load(self, connection: "Connection", claim: Claim) -> Known:
        """What the catalogue holds under each key, and what people have said of it."""
        keys = as_json([item.key for item in claim.items])
        rows = connection.exec_driver_sql(_HELD, (claim.run.tenant, keys))
        known = Known({row.key: row for row in rows})
        for key, answer in connection.exec_driver_sql(_ANSWERS, (claim.run.tenant, keys)):
            known.answers.setdefault(key, []).append(answer)
        return known

    def run(self, claim: Claim, items: Sequence[Item], loaded: Known) -> Iterable[Outcome]:
        """Each part goes on with its document and hash, or is skipped as unchanged."""
        for item in items:
            built, provenance = document(item.data, loaded.answers.get(item.key, ()))
            fingerprint = self._hasher(built)
            if self._holds(loaded.held.get(item.key), built, fingerprint):
                yield outcomes.skip(item, "unchanged").writing(
                    seen={"key": item.key, "source_hash": item.data["source_hash"]}
                )
                continue
            data = {
                "document": built,
                "provenance": provenance,
                "document_hash": fingerprint,
                "hash_version": HASH_VERSION,
            }
            yield outcomes.proceed(item, "changed" if item.key in loaded.held else "new", data=data)

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """An unchanged part was looked at all the same: it is fresh from now on."""
        rows = [outcome.writes["seen"] for outcome in recorded if "seen" in outcome.writes]
        if rows and run.may_write:
            connection.exec_driver_sql(_SEEN_AGAIN, (as_json(rows), run.tenant))

    def _holds(self, held: Any, built: Mapping[str, Any], fingerprint: str) -> bool:
        """Compared under the version and columns that the snapshot was taken with: a newer version changes no record by itself."""
        if held is None or held.target_hash is None:
            return False
        if held.hash_version == HASH_VERSION and tuple(held.columns) == DOCUMENT_COLUMNS:
            return bool(held.target_hash == fingerprint)
        return bool(RecordHasher(held.columns, held.hash_version)(built) == held.target_hash)
