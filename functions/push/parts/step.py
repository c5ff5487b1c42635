"""Push parts: into the catalogue tables, in the transaction that records it; then, once for the run, into BigQuery."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.database.engine import as_json
from common.pipeline import outcome as outcomes
from common.pipeline.flow import ItemStep
from common.pipeline.item import Claim, Item, Run
from common.pipeline.outcome import Outcome
from common.services import Services
from functions.push.parts.catalogue import apply_changes
from functions.push.parts.warehouse import WarehouseLoad

if TYPE_CHECKING:
    from sqlalchemy import Connection

_CHANGES = """
select c.item_id, c.id, c.state, c.base_version, s.target_hash
from staged_changes c
left join snapshots s on s.tenant_id = c.tenant_id and s.flow = 'parts' and s.target = 'catalog' and s.key = c.key
where c.item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint) and c.target = 'catalog'
"""


@dataclass(frozen=True, slots=True)
class StagedChange:
    """What was reviewed, and what the catalogue holds now."""

    id: int
    state: str
    base_version: str | None
    held_version: str | None

    @property
    def has_drifted(self) -> bool:
        """Whether the catalogue has moved on since the change was staged."""
        return self.base_version != self.held_version


class PushParts(ItemStep):
    """The catalogue first, in chunks; the load into BigQuery behind a barrier, one for the run."""

    def __init__(self, services: Services) -> None:
        self._load_into_warehouse = WarehouseLoad(services)

    def load(self, connection: "Connection", claim: Claim) -> Mapping[int, StagedChange]:
        """The staged change of each item."""
        rows = connection.exec_driver_sql(_CHANGES, (as_json([item.id for item in claim.items]),))
        return {row[0]: StagedChange(*row[1:]) for row in rows}

    def run(
        self, claim: Claim, items: Sequence[Item], loaded: Mapping[int, StagedChange]
    ) -> Iterable[Outcome]:
        """Each part as it was reviewed, or not at all."""
        if claim.phase == "bigquery":
            yield from self._load_into_warehouse.run(
                claim, items, {i: change.id for i, change in loaded.items()}
            )
            return
        for item in items:
            yield _verdict(item, claim.run, loaded.get(item.id))

    def apply(self, connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
        """Write the catalogue and its snapshots."""
        pushed = [outcome.writes["push"] for outcome in recorded if "push" in outcome.writes]
        conflicts = [outcome.writes["conflict"] for outcome in recorded if "conflict" in outcome.writes]
        apply_changes(connection, run, pushed, conflicts)


def _verdict(item: Item, run: Run, change: StagedChange | None) -> Outcome:
    if not run.may_write:
        return outcomes.done(item, "would_push")
    if change is None or change.state not in ("approved", "applied"):
        return outcomes.skip(item, "superseded")
    if change.state == "approved" and change.has_drifted:
        drifted = outcomes.review(item, "conflict").writing(conflict={"change_id": change.id})
        return drifted.telling(base_version=change.base_version, held_version=change.held_version)
    on_its_way = outcomes.proceed(item, "in_catalogue", to="push", phase="bigquery")
    if change.state == "applied":  # the catalogue may hold a newer version by now
        return on_its_way
    row = {"change_id": change.id, "key": item.key, **item.data["document"]}
    row |= {
        "document": item.data["document"],
        "provenance": item.data["provenance"],
        "source_hash": item.data["source_hash"],
    }
    row |= {"content_hash": item.data["document_hash"], "hash_version": item.data["hash_version"]}
    return on_its_way.writing(push=row)
