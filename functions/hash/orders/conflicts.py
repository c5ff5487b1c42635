"""Keys that stand more than once in a source, with different content: which row is meant only a person knows."""

from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.pipeline.item import Run
from functions.fetch.parts.source import as_json as problem_json
from functions.hash.orders.refusal import key_not_unique, raw_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

# A row that was recognised has the key and the fingerprint of its snapshot; only one that stands beside others matters here.
_FIND = """
with told as (
  select tenant_id, key, hash, row_number, chunk_id, place from seen where run_id = %s and key <> ''
), beside as materialized (
  select id, tenant_id, key, considered_hash as hash from snapshots
  where tenant_id = %s and flow = 'orders' and target = 'monday' and key in (select key from told)
), every as (
  select * from told
  union all
  select b.tenant_id, b.key, b.hash, x.row_number, k.chunk_id, k.place from recognised k
  cross join unnest(k.snapshot_ids, k.row_numbers) x(id, row_number) join beside b using (id) where k.run_id = %s
)
insert into order_conflicts (tenant_id, run_id, key, row_numbers)
select tenant_id, %s, key, array_agg(row_number order by chunk_id, row_number) from every
group by tenant_id, key having count(distinct hash) > 1 on conflict do nothing
"""
_DOUBLED = """
select i.id, c.key, i.data, c.row_numbers from order_conflicts c
join items i on i.run_id = c.run_id and i.key like c.key || '~%%' and i.reason = 'duplicate_in_source' and i.state = 'skipped'
where c.run_id = %s order by i.id
"""
# A row of which the first of its key was taken for the order, and it for the same once more.
_REJECT = """
with told as (
  select * from jsonb_to_recordset(cast(%s as jsonb)) as x(id bigint, key text, row_number bigint, problems jsonb, raw jsonb)
), rejected as (
  update items i set state = 'rejected', outcome = 'reject', reason = 'key_not_unique' from told t
  where i.id = t.id and i.state = 'skipped' returning i.id, i.tenant_id, i.run_id, i.step, t.key, t.row_number, t.problems, t.raw
), counted as (
  insert into run_counts (tenant_id, run_id, skipped, rejected)
  select tenant_id, run_id, -count(*), count(*) from rejected group by tenant_id, run_id
), heard as (
  insert into events (tenant_id, stream, item_id, step, kind, body)
  select tenant_id, run_id, id, step, 'reject', '{"reason": "key_not_unique", "state": "rejected"}' from rejected
)
insert into quarantine (tenant_id, flow, run_id, source, row_number, key, problems, raw)
select tenant_id, 'orders', run_id, 'pipeline', row_number, key, problems, raw from rejected
on conflict (tenant_id, flow, source, md5(raw::text)) where state = 'open' do nothing
"""


def keep_conflicts(connection: "Connection", run: Run) -> None:
    """Note the keys, and reject those of their rows that were taken for a repetition; the others end at decide."""
    connection.exec_driver_sql(_FIND, (run.id, run.tenant, run.id, run.id))
    doubled = [_row(row) for row in connection.exec_driver_sql(_DOUBLED, (run.id,))]
    if doubled:
        connection.exec_driver_sql(_REJECT, (as_json(doubled),))


def _row(row: Any) -> dict[str, Any]:
    customer, number = row.data["customer"], row.data["row"]
    problem = problem_json(key_not_unique(customer, row.row_numbers))
    told = [{**problem, "row": number, "customer": customer}]
    return {
        "id": row.id,
        "key": row.key,
        "row_number": number,
        "problems": told,
        "raw": raw_of(row.data),
    }
