"""What decisions on pictures rest on, read from our tables: the design of each content, and what each design looks like."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from common.database.engine import as_json
from common.pipeline.item import Claim
from functions.decide.designs.policy import LooksLike
from functions.hash.designs.keep_best import Copy, best_first
from functions.hash.designs.remember import trial_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Of a run in mode TEST its own rows count beside those that stay.
_DESIGNS = """
select d.* from designs d where d.tenant_id = %s and d.trial in ('', %s)
  and d.content_hash in (select jsonb_array_elements_text(cast(%s as jsonb))) order by d.trial
"""
_PAIRS = """
select p.own, p.variant, p.phash_distance, p.dhash_distance, o.*, v.verdict,
  coalesce(i.state not in ('done', 'skipped', 'rejected', 'failed', 'cancelled'), false) as is_alive
from (
  select design_id as own, other_id as other, variant, phash_distance, dhash_distance from design_matches
  where tenant_id = %s and design_id in (select jsonb_array_elements_text(cast(%s as jsonb))::uuid)
  union all
  select other_id, design_id, variant, phash_distance, dhash_distance from design_matches
  where tenant_id = %s and other_id in (select jsonb_array_elements_text(cast(%s as jsonb))::uuid)
) p
join designs d on d.tenant_id = %s and d.id = p.own
join designs o on o.tenant_id = %s and o.id = p.other and o.is_active and o.trial in ('', %s)
left join items i on i.tenant_id = o.tenant_id and i.id = o.item_id
left join duplicate_verdicts v on v.tenant_id = d.tenant_id and v.low_hash = least(d.content_hash, o.content_hash)
  and v.high_hash = greatest(d.content_hash, o.content_hash)
order by p.own, least(p.phash_distance, p.dhash_distance), o.file_id
"""


@dataclass(frozen=True)
class Pair:
    """A design and another that it looks like. row: the other, with the distances in bits."""

    row: Any
    looks: LooksLike

    def as_json(self) -> dict[str, Any]:
        """The other as a person is shown it."""
        row = self.row
        return {
            "design": str(row.id),
            "filename": row.filename,
            "object": row.object_name,
            "state": row.state,
            "size": [row.width, row.height],
            "variant": row.variant,
            "phash_distance": row.phash_distance,
            "dhash_distance": row.dhash_distance,
        }


@dataclass(frozen=True)
class Known:
    """What is known of the pictures of a chunk."""

    designs: Mapping[str, Any]
    """By content hash."""
    pairs: Mapping[UUID, Sequence[Pair]] = field(default_factory=dict)
    """By design, the nearest first."""


def known_of(connection: "Connection", claim: Claim) -> Known:
    """What is known of the items of a claim."""
    tenant, trial = claim.run.tenant, trial_of(claim.run)
    contents = as_json(sorted({item.data["content_hash"] for item in claim.items}))
    found = connection.exec_driver_sql(_DESIGNS, (tenant, trial, contents)).all()
    designs: dict[str, Any] = {}
    for row in found:
        designs.setdefault(row.content_hash, row)
    ids = as_json([str(row.id) for row in designs.values()])
    files = {row.id: row.file_id for row in designs.values()}
    pairs: dict[UUID, list[Pair]] = {}
    values = (tenant, ids, tenant, ids, tenant, tenant, trial)
    told: set[tuple[UUID, UUID]] = set()  # two that were indexed together have found each other
    for row in connection.exec_driver_sql(_PAIRS, values):
        if (row.own, row.id) not in told:
            told.add((row.own, row.id))
            pairs.setdefault(row.own, []).append(_pair(row, files[row.own]))
    return Known(designs, pairs)


def best_of(design: Any, pairs: Sequence[Pair]) -> str:
    """The id of the one to keep of a design and those it looks like: a suggestion."""
    return best_first([_copy(design), *(_copy(pair.row) for pair in pairs)])[0].design


def _pair(row: Any, own_file: int) -> Pair:
    looks = LooksLike(
        state=row.state, is_earlier=row.file_id < own_file, is_alive=row.is_alive, verdict=row.verdict
    )
    return Pair(row, looks)


def _copy(row: Any) -> Copy:
    since: datetime = row.created_at
    return Copy(
        design=str(row.id),
        width=row.width,
        height=row.height,
        has_alpha=row.has_alpha,
        size=row.size,
        since=since,
    )
