"""The near-duplicate index in Postgres; how it works stands in `0003_designs_index.sql`.

A million designs take 230 MiB of rows and up to 640 MiB of indexes. A look-up among them takes 0.3 ms within 5 bits and some
milliseconds within 20, asked for in batches: `docs/near-duplicates.md` has the figures, `make bench` measures them.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from common.database.engine import as_json, call
from functions.hash.designs.all_pairs import pairs_by
from functions.hash.designs.dealing import dealt
from functions.hash.designs.near_duplicates import Comparison, HashedDesign, Near, Verdict, ordered

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from sqlalchemy import Connection

_SEARCHES = {256: "shelfline_near_designs_v1", 64: "shelfline_near_small_designs_v1"}
_NEAR = "select * from {}(%s, %s, cast(%s as jsonb), %s, %s, %s, %s)"
_FORGET = "delete from design_hashes where tenant_id = %s and design_id = any(cast(%s as uuid[]))"
_DECIDE = """
insert into duplicate_verdicts (tenant_id, low_hash, high_hash, verdict, decided_by) values (%s, %s, %s, %s, %s)
on conflict (tenant_id, low_hash, high_hash) do update
set verdict = excluded.verdict, decided_by = excluded.decided_by, decided_at = excluded.decided_at
"""
_VERDICT = "select verdict from duplicate_verdicts where tenant_id = %s and low_hash = %s and high_hash = %s"
_EVERY = """
select design_id, content_hash, cast({phash} as text), cast({dhash} as text) from design_hashes
where tenant_id = %s and hash_version = %s and not is_flat order by design_id
"""
_DIFFERENT = (
    "select low_hash, high_hash from duplicate_verdicts where tenant_id = %s and verdict = 'different'"
)


class PostgresNearDuplicates:
    """`NearDuplicates` of a tenant and a version of its hashes, inside a transaction."""

    def __init__(self, connection: "Connection", tenant: str, version: int) -> None:
        self._connection = connection
        self._tenant, self._version = tenant, version

    def index(self, designs: Sequence[HashedDesign]) -> None:
        """See NearDuplicates. Raises DataRefused when a content hash is none."""
        rows = [_stored(design) for design in designs]
        call(self._connection, "shelfline_index_designs_v1", self._tenant, self._version, rows)

    def near(self, designs: Sequence[HashedDesign], by: Comparison, *, most: int = 100) -> list[Near]:
        """See NearDuplicates."""
        asked = [row for design in designs if not design.is_flat for row in _asked(design, by)]
        if not asked:
            return []
        values = (as_json(asked), by.rule, by.phash_within, by.dhash_within, most)
        statement = _NEAR.format(_SEARCHES[by.bits])
        found = self._connection.exec_driver_sql(statement, (self._tenant, self._version, *values))
        return [_near(row) for row in found]

    def every_pair(self, by: Comparison) -> list[tuple[UUID, UUID]]:
        """See NearDuplicates. All hashes are compared in this process: some 200 bytes of it a design."""
        small = "_small" if by.bits == 64 else ""
        statement = _EVERY.format(phash=f"phash{small}", dhash=f"dhash{small}")
        rows = self._connection.exec_driver_sql(statement, (self._tenant, self._version)).all()
        if not rows:
            return []
        different = set(map(tuple, self._connection.exec_driver_sql(_DIFFERENT, (self._tenant,))))
        found = pairs_by(by, _packed([row[2] for row in rows]), _packed([row[3] for row in rows]))
        pairs = ((rows[one], rows[other]) for one, other in found.tolist())
        return [(one[0], other[0]) for one, other in pairs if _both(one[1], other[1]) not in different]

    def forget(self, designs: Sequence[UUID]) -> None:
        """See NearDuplicates."""
        self._connection.exec_driver_sql(_FORGET, (self._tenant, [str(design) for design in designs]))

    def decide(self, one: str, other: str, verdict: Verdict, *, by: str) -> None:
        """See NearDuplicates."""
        self._connection.exec_driver_sql(_DECIDE, (self._tenant, *ordered(one, other), verdict, by))

    def verdict(self, one: str, other: str) -> Verdict | None:
        """See NearDuplicates."""
        found = self._connection.exec_driver_sql(_VERDICT, (self._tenant, *ordered(one, other)))
        return cast(Verdict | None, found.scalar())


def _stored(design: HashedDesign) -> Mapping[str, object]:
    return {
        "design": str(design.design),
        "content": design.content_hash,
        "phash": dealt(design.hashes.phash, 256),
        "dhash": dealt(design.hashes.dhash, 256),
        "phash_small": dealt(design.hashes.phash_small, 64),
        "dhash_small": dealt(design.hashes.dhash_small, 64),
        "flat": design.is_flat,
    }


def _asked(design: HashedDesign, by: Comparison) -> list[Mapping[str, object]]:
    named = {"design": str(design.design), "content": design.content_hash}
    rows: list[Mapping[str, object]] = []
    for variant, hashes in design.ways():
        phash, dhash = by.of(hashes)
        rows.append(
            {**named, "variant": variant, "phash": dealt(phash, by.bits), "dhash": dealt(dhash, by.bits)}
        )
    return rows


def _near(row: Any) -> Near:
    return Near(
        design=row.design,
        other=row.other,
        other_content_hash=row.other_content,
        variant=row.variant,
        phash_distance=row.phash_distance,
        dhash_distance=row.dhash_distance,
        verdict=row.verdict,
        matches=row.matches,
    )


def _packed(written: Sequence[str]) -> "NDArray[np.uint8]":
    """Hashes that are written in binary digits, each as a row of bytes."""
    import numpy as np

    digits = np.frombuffer("".join(written).encode(), np.uint8) - ord("0")
    return np.packbits(digits.reshape(len(written), -1), axis=1)


def _both(one: str, other: str) -> tuple[str, str]:
    return min(one, other), max(one, other)
