"""Stage each part as a change a person can review: before, after, what differs, and on which version it rests."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.differences import differences
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services

if TYPE_CHECKING:
    from sqlalchemy import Connection

_BASE = """
select key, target_hash, target_doc from snapshots where tenant_id = %s and flow = 'parts' and target = 'catalog'
  and key in (select jsonb_array_elements_text(cast(%s as jsonb)))
"""


class StageParts(ItemStep):
    """Automated parts are approved as they are, but for a random sample that a person looks at."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> Mapping[str, Any]:
        """What the catalogue holds under each key."""
        keys = as_json([item.key for item in claim.items])
        return {row.key: row for row in connection.exec_driver_sql(_BASE, (claim.run.tenant, keys))}

    def run(self, claim: Claim, items: Sequence[Item], loaded: Mapping[str, Any]) -> Iterable[Outcome]:
        """One staged change for each part that differs from what the catalogue holds."""
        for item in items:
            held = loaded.get(item.key)
            if (
                held and held.target_hash == item.data["document_hash"]
            ):  # another run has just pushed the very same
                yield outcomes.skip(item, "unchanged")
                continue
            change = _change(item, held.target_hash if held else None, held.target_doc if held else None)
            if is_audited(item, claim.run):
                yield outcomes.review(item, "audit_sample").writing(change={**change, "state": "pending"})
            else:
                state = "approved" if claim.run.may_write else "would_push"
                yield outcomes.proceed(item, "approved").writing(change={**change, "state": state})


def is_audited(item: Item, run: Run) -> bool:
    """Whether an automated part falls into the audit sample: drawn by run and key, so that a repeated step draws the same."""
    if not run.may_write or "answer" in item.data:
        return False
    drawn = hashlib.sha256(f"{run.id}:{item.key}".encode()).digest()[:8]
    return int.from_bytes(drawn, "big") / 2**64 < run.settings.audit_sample_rate


def _change(item: Item, base_version: str | None, before: Mapping[str, Any] | None) -> dict[str, Any]:
    after = item.data["document"]
    return {
        "target": "catalog",
        "operation": "update" if before else "create",
        "base_version": base_version,
        "before": before,
        "after": after,
        "diff": differences(before or {}, after),
        "source_system": "manual" if "answer" in item.data else "digikey",
    }
