"""After the last row: what is gone, customer by customer, and whether so much may change at once.

Nothing is taken for gone unless every row of the source was seen, the read was not filtered, every row of the customer could
be told apart, and every row says whose it is: an order under a blank name may be anybody's.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from common.customers import UNKNOWN
from common.customers.book import CustomerBook
from common.customers.customer import UNKNOWN_POSITION
from common.customers.store import current
from common.database.engine import as_json, call
from common.errors import Refuse
from common.flows.orders import is_baseline
from common.pipeline.flow import Child, Page, Piece
from common.pipeline.item import Claim
from functions.hash.orders.baseline import conclude
from functions.hash.orders.conflicts import keep_conflicts
from functions.hash.orders.guard import is_mass_change
from functions.hash.orders.taken_back import withdraw_taken_back

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from common.services import Services

_COUNTED = """
select declared, (select count(*) from seen where run_id = r.id)
  + (select coalesce(sum(cardinality(snapshot_ids)), 0) from recognised where run_id = r.id) as seen, created_by from runs r where id = %s
"""
_CURSOR = "select cursor from chunks where id = %s"
# A snapshot that is deleted and still has a fingerprint was withdrawn by a rollback: it stays away until the source changes. One
# that is there without a fingerprint was brought back by a rollback after the source had lost it: it stays until the source has it.
# Few orders stand in a source twice: only those are grouped, as grouping all would be half of the work. A row that was recognised
# says what its snapshot says: where it is the only one of its order, it is counted by its id alone, and compared no more.
_SCOPES = """
with known as (
  select id, count(*) as rows from (select unnest(snapshot_ids) as id from recognised where run_id = %s order by 1) as ids group by id
), twice as materialized (
  select key from seen where run_id = %s and key <> '' group by key having count(*) > 1
), read as (
  select scope, key, hash, 1 as rows from seen n where run_id = %s and key <> '' and not exists (select from twice t where t.key = n.key)
  union all
  select scope, key, min(hash), count(*) from seen n where run_id = %s and exists (select from twice t where t.key = n.key)
  group by scope, key
), unkeyed as (
  select scope, count(*) as rows from seen where run_id = %s and key = '' group by scope
), nobodys as (
  select exists (select from seen where run_id = %s and scope in ('', %s)) as are_read
), held as materialized (
  select scope, is_held, rows, case when not is_alike then key end as key, case when not is_alike then hash end as hash from (
    select scope, deleted_at is null as is_held, known.rows, key, considered_hash as hash,
      known.id is not null and deleted_at is null and key not in (select key from read) as is_alike
    from snapshots left join known using (id) where tenant_id = %s and flow = 'orders' and target = 'monday'
      and (considered_hash is not null or deleted_at is not null or known.id is not null or key in (select key from read)) offset 0
  ) as every
), alike as (
  select scope, count(*) as orders, sum(rows) as rows from held where key is null group by scope
), compared as (
  select coalesce(r.scope, h.scope) as scope, key, r.key is not null or h.rows is not null as is_read,
    coalesce(h.is_held, false) as is_held, h.is_held is false as was_deleted,
    coalesce(r.hash = h.hash, r.key is null and h.rows is not null) as is_same, coalesce(r.rows, 0) + coalesce(h.rows, 0) as rows,
    case when r.key is not null or h.rows is null then hashtextextended(r.hash, 0) end as read_part,
    case when r.key is not null or h.rows is null then hashtextextended(h.hash, 0) end as held_part
  from read r full join (select * from held where key is not null) h using (key)
), summed as (
  select scope, sum(rows) as read, count(*) filter (where is_held) as held, count(*) filter (where is_read and is_same) as unchanged,
    count(*) filter (where is_read and not is_held and not was_deleted) as new,
    count(*) filter (where is_read and is_held and not is_same) as changed,
    count(*) filter (where is_read and was_deleted and not is_same) as reappeared,
    count(*) filter (where is_held and not is_read) as missing,
    (array_agg(key) filter (where is_held and not is_read))[1:%s] as missing_keys,
    coalesce(sum(read_part), 0) = coalesce(sum(held_part) filter (where is_held or is_read and was_deleted), 0)
      and count(*) filter (where is_read) = count(*) filter (where is_held or is_read and was_deleted) as same_set
  from compared group by scope
)
select scope, coalesce(s.read, 0) + coalesce(a.rows, 0) + coalesce(u.rows, 0) as read,
  coalesce(s.held, 0) + coalesce(a.orders, 0) as held, coalesce(s.unchanged, 0) + coalesce(a.orders, 0) as unchanged,
  coalesce(s.new, 0) as new, coalesce(s.changed, 0) as changed, coalesce(s.reappeared, 0) as reappeared, coalesce(s.missing, 0) as missing,
  s.missing_keys, u.rows is null and not (select are_read from nobodys) as is_complete,
  coalesce(s.same_set, a.scope is not null) as same_set
from summed s full join alike a using (scope) full join unkeyed u using (scope) order by 1
"""
_KEEP = """
insert into order_scopes (tenant_id, run_id, scope, held, read, unchanged, new, changed, deleted, reappeared, left_alone, complete,
  guarded, overridden_by, same_set)
select %s, %s, x.* from jsonb_to_recordset(cast(%s as jsonb)) as x(scope text, held bigint, read bigint, unchanged bigint, new bigint,
  changed bigint, deleted bigint, reappeared bigint, left_alone bigint, complete boolean, guarded boolean, overridden_by text,
  same_set boolean)
on conflict do nothing
"""
_GONE = """
select s.key, s.target_doc from snapshots s where s.tenant_id = %s and s.flow = 'orders' and s.target = 'monday' and s.scope = %s
  and s.deleted_at is null and s.considered_hash is not null
  and not exists (select from seen n where n.run_id = %s and n.scope = s.scope and n.key = s.key)
  and s.id not in (select unnest(snapshot_ids) from recognised where run_id = %s) order by s.key
"""
_GONE_FEW = """
select s.key, s.target_doc, s.scope from snapshots s where s.tenant_id = %s and s.flow = 'orders' and s.target = 'monday'
  and s.key in (select jsonb_array_elements_text(cast(%s as jsonb))) order by s.scope, s.key
"""
_FEW = 5000  # orders that are gone are told in the page that compares; of more, one customer's in a page
_TELL = (
    "insert into events (tenant_id, stream, step, kind, body) values (%s, %s, 'hash', %s, cast(%s as jsonb))"
)


class Reconcile:
    """The end of reading: one page that compares everything, then one for each customer from whom something is gone."""

    def __init__(self, services: "Services") -> None:
        self._services = services

    def load(self, connection: "Connection", claim: Claim) -> CustomerBook:
        """The customers as of the run's start."""
        return current(connection, claim.run.tenant, claim.run.frozen_at).book

    def read(self, claim: Claim, book: CustomerBook) -> Iterator[Page]:
        """Pages of nothing: all that is needed stands in our own tables, where `settle` finds it."""
        while True:
            yield Page(content=book)

    def settle(self, connection: "Connection", claim: Claim, page: Page) -> Page:
        """The first time, compare; then what is gone of the next customer. Raises Refuse when rows were lost."""
        cursor: Mapping[str, Any] = connection.exec_driver_sql(_CURSOR, (claim.chunk_id,)).scalar_one()
        if "gone" in cursor:
            scope, *rest = cursor["gone"]
            children = _gone(connection, claim, scope, page.content)
            settled = replace(page, children=children, cursor={**cursor, "gone": rest}, last=not rest)
        else:
            settled = _compare(connection, claim, cursor, page.content)
        if settled.last and not settled.cursor.get("adopts"):  # else it tells what of a board the source has
            call(connection, "shelfline_forget_rows_v1", claim.run.id)
        return settled


def _compare(connection: "Connection", claim: Claim, cursor: Mapping[str, Any], book: CustomerBook) -> Page:
    """Figures of every customer, and what is gone of them; where that is much, which of them have lost orders."""
    run = claim.run
    declared, seen, created_by = connection.exec_driver_sql(_COUNTED, (run.id,)).one()
    if declared != seen:
        raise Refuse(
            f"The source has {declared} rows, {seen} were read: nothing is compared. Start the run again.",
            reason="incomplete_read",
        )
    keep_conflicts(connection, run)
    if is_baseline(run.options):
        return _end_baseline(connection, claim, cursor)
    if run.may_write:
        withdraw_taken_back(connection, run)
    rows = _scopes_found(connection, claim)
    scopes = [_scope(dict(row), claim, complete=cursor["complete"], created_by=created_by) for row in rows]
    connection.exec_driver_sql(_KEEP, (run.tenant, run.id, as_json(scopes)))
    _tell(connection, claim, scopes)
    gone = [scope["scope"] for scope in scopes if scope["deleted"]]
    deleted = sum(scope["deleted"] for scope in scopes)
    page = Page(cursor={**cursor, "gone": gone}, declared=declared + deleted, last=not gone)
    if not 0 < deleted <= _FEW:
        return page
    keys = [key for row in rows if row["scope"] in gone for key in row["missing_keys"]]
    return replace(
        page, children=_few_gone(connection, claim, keys, book), cursor={**cursor, "gone": []}, last=True
    )


def _scopes_found(connection: "Connection", claim: Claim) -> Sequence[Mapping[str, Any]]:
    run = claim.run
    return [
        dict(row)
        for row in connection.exec_driver_sql(_SCOPES, (*[run.id] * 6, UNKNOWN, run.tenant, _FEW)).mappings()
    ]


def _end_baseline(connection: "Connection", claim: Claim, cursor: Mapping[str, Any]) -> Page:
    """Nothing is taken for gone at a board; what the boards hold is read by a step that may speak to them."""
    run = claim.run
    if run.may_write:
        conclude(connection, run)
    rows = _scopes_found(connection, claim)
    scopes = [_adopted_scope(row, complete=cursor["complete"]) for row in rows]
    connection.exec_driver_sql(_KEEP, (run.tenant, run.id, as_json(scopes)))
    pieces = [Piece(step="push", phase="adopt", cursor={})] if run.may_write else []
    return Page(cursor={**cursor, "adopts": bool(pieces)}, pieces=pieces, last=True)


def _adopted_scope(row: Mapping[str, Any], *, complete: bool) -> dict[str, Any]:
    complete = complete and row["is_complete"]
    return {
        **row,
        "deleted": 0,
        "left_alone": 0,
        "complete": complete,
        "guarded": False,
        "overridden_by": None,
    }


def _scope(row: Mapping[str, Any], claim: Claim, *, complete: bool, created_by: str) -> dict[str, Any]:
    left_alone = row["missing"] if complete and not row["is_complete"] else 0
    complete = complete and row["is_complete"]
    deleted = row["missing"] if complete else 0
    settings = claim.run.settings
    mass = is_mass_change(
        held=row["held"],
        touched=row["changed"] + deleted,
        most_rows=settings.mass_change_rows,
        most_share=settings.mass_change_share,
    )
    overridden = mass and bool(claim.run.options.get("override_guard"))
    figures = {
        name: row[name] for name in ("scope", "held", "read", "unchanged", "new", "changed", "reappeared")
    }
    return {
        **figures,
        "deleted": deleted,
        "left_alone": left_alone,
        "complete": complete,
        "guarded": mass and not overridden,
        "overridden_by": (created_by or "somebody") if overridden else None,
        "same_set": row["same_set"],
    }


def _tell(connection: "Connection", claim: Claim, scopes: list[dict[str, Any]]) -> None:
    """Events that people look for: customers held back, let pass, or not read completely."""
    for scope in scopes:
        kinds = {
            "mass_change_held": scope["guarded"],
            "mass_change_overridden": scope["overridden_by"],
            "scope_incomplete": not scope["complete"],
        }
        for kind in (kind for kind, holds in kinds.items() if holds):
            connection.exec_driver_sql(_TELL, (claim.run.tenant, claim.run.id, kind, as_json(scope)))


def _gone(connection: "Connection", claim: Claim, scope: str, book: CustomerBook) -> list[Child]:
    rows = connection.exec_driver_sql(_GONE, (claim.run.tenant, scope, claim.run.id, claim.run.id))
    return [_deleted(row, scope, book) for row in rows]


def _few_gone(connection: "Connection", claim: Claim, keys: Sequence[str], book: CustomerBook) -> list[Child]:
    rows = connection.exec_driver_sql(_GONE_FEW, (claim.run.tenant, as_json(list(keys))))
    return [_deleted(row, row.scope, book) for row in rows]


def _deleted(row: Any, scope: str, book: CustomerBook) -> Child:
    data = {"operation": "deleted", "customer": scope, "label": _name(row)}
    return Child(key=row.key, priority=1 - book.find(scope).position / UNKNOWN_POSITION, data=data)


def _name(row: Any) -> str:
    return str((row.target_doc or {}).get("name", row.key))
