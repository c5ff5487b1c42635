"""What a set of rows says that the snapshots do not: one COPY and one join."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from common.database.array import array
from common.database.copy import cell, copy_lines
from common.database.engine import as_json, call
from common.pipeline.item import Claim
from functions.hash.orders.digests import DIGEST_BYTES
from functions.hash.orders.rows import RawRows, ReadRow

if TYPE_CHECKING:
    from sqlalchemy import Connection

TARGET = "monday"

# One row of `seen` for each row of the source, readable or not: that is how a complete read is proved.
_SEEN = ("tenant_id", "run_id", "chunk_id", "place", "row_number", "key", "hash", "scope", "digest")

_HELD = "select reltuples from pg_class where oid = 'snapshots'::regclass"
# Rows of one chunk have ascending places, so that a segment is a range of them. The planner knows nothing of rows that were
# written a moment ago: how the snapshots are found is said to it by `offset 0` and `order by`, which it does not look through.
_DELTAS = """
select n.place,
  case when s.key is null then 'new' when s.deleted_at is not null then 'reappeared' else 'changed' end as operation,
  case when s.hash_version <> %s and s.considered_hash is not null then s.hash_version end as held_version,
  s.considered_hash as held_hash
from (
  select place, key, hash from seen where run_id = %s and chunk_id = %s and place > %s and key <> '' {order}
) n left join (
  select key, considered_hash, hash_version, deleted_at from snapshots
  where tenant_id = %s and flow = 'orders' and target = 'monday' {whole}
) s on s.key = n.key
where s.key is null or s.considered_hash is distinct from n.hash or s.hash_version <> %s
order by 1
"""
_ONE_BY_ONE = _DELTAS.format(order="order by key", whole="")
_ALL_AT_ONCE = _DELTAS.format(order="", whole="offset 0")
_REMEMBERS = "select exists (select from row_digests where tenant_id = %s)"
_NULL = cell(None)
_NO_DIGEST = bytes(DIGEST_BYTES)  # that no row has
_LOOK_UP = 20  # a snapshot found by its key costs as much as so many that are read one after the other
_STAMP = """
update snapshots s set considered_hash = x.hash, hash_version = %s from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, hash text)
where s.tenant_id = %s and s.flow = 'orders' and s.target = 'monday' and s.key = x.key
"""
_AS_HELD = """
update seen n set hash = x.held from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, hash text, held text)
where n.run_id = %s and n.chunk_id = %s and n.key = x.key and n.hash = x.hash
"""


@dataclass(frozen=True, slots=True)
class Delta:
    """A row that is new, changed, or back."""

    row: ReadRow
    operation: str
    held_version: int | None
    """The version that the snapshot was made under, where it is another one: compare under that."""
    held_hash: str | None


def remembers(connection: "Connection", tenant: str) -> bool:
    """Whether any row of the tenant can be recognised."""
    return bool(connection.exec_driver_sql(_REMEMBERS, (tenant,)).scalar_one())


def recognise(connection: "Connection", claim: Claim, raw: RawRows, done: int) -> RawRows:
    """Keep which of these rows look as they did when they were last found unchanged, and answer all others.

    done: rows of the object before these.
    """
    digests = b"".join([digest or _NO_DIGEST for digest in raw.digests])
    others = call(
        connection,
        "shelfline_recognise_rows_v1",
        *(claim.run.tenant, claim.run.id, claim.chunk_id, done, digests, array(raw.numbers)),
    )
    return raw.only([place - 1 for place in sorted(others or ())])


def remember(connection: "Connection", claim: Claim, done: int) -> None:
    """Recognise these rows from now on, those that say what is held. In mode TEST no snapshot moves, not even in this."""
    if claim.run.may_write:
        version = int(claim.cursor["hash_version"])
        values = (claim.run.tenant, claim.run.id, claim.chunk_id, done, version)
        call(connection, "shelfline_remember_digests_v1", *values)


def find_deltas(connection: "Connection", claim: Claim, read: Sequence[ReadRow], done: int) -> list[Delta]:
    """Keep what was read, and answer what of it differs from what is held, in the order of the source.

    done: rows of the object before the segment.
    """
    if not read:
        return []
    version = int(claim.cursor["hash_version"])
    keep_seen(connection, claim, read)
    held = connection.exec_driver_sql(_HELD).scalar_one()
    values = (version, claim.run.id, claim.chunk_id, done, claim.run.tenant, version)
    statement = _ALL_AT_ONCE if len(read) * _LOOK_UP > held else _ONE_BY_ONE
    at = {row.place: row for row in read}
    rows = connection.exec_driver_sql(statement, values)
    return [Delta(at[row.place], row.operation, row.held_version, row.held_hash) for row in rows]


def keep_seen(connection: "Connection", claim: Claim, read: Sequence[ReadRow]) -> None:
    """Keep that these rows were read."""
    copy_lines(connection, "seen", _SEEN, _lines(claim, read))


def stamp(connection: "Connection", claim: Claim, same: Sequence[Delta], version: int) -> None:
    """Hold these rows under the present version from now on: they have not changed, only what is looked at has.

    In mode TEST no snapshot moves; the rows then count as what they are held as, so that the run sees no change either.
    """
    if not same:
        return
    rows = as_json(
        [{"key": delta.row.key, "hash": delta.row.hash, "held": delta.held_hash} for delta in same]
    )
    if claim.run.may_write:
        connection.exec_driver_sql(_STAMP, (version, rows, claim.run.tenant))
    else:
        connection.exec_driver_sql(_AS_HELD, (rows, claim.run.id, claim.chunk_id))


def _lines(claim: Claim, read: Sequence[ReadRow]) -> Iterator[str]:
    # Ids and fingerprints need no escaping, and a customer is written once: this is done for every row of the source.
    start = "\t".join(map(cell, (claim.run.tenant, claim.run.id, claim.chunk_id)))
    scopes = {customer: cell(customer) for customer in {row.customer for row in read}}
    for row in read:
        told = f"{row.key}\t{row.hash}\t{scopes[row.customer]}\t{_digest(row)}"
        yield f"{start}\t{row.place}\t{row.number}\t{told}\n"


def _digest(row: ReadRow) -> str:
    """As COPY reads bytes."""
    return f"\\\\x{row.digest.hex()}" if row.digest else _NULL
