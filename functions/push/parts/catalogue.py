"""The catalogue tables of the parts flow, written set by set: natural keys and upserts, so that a repeat changes nothing."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.canonical import HASH_VERSION
from common.database.array import array
from common.database.engine import as_json
from common.errors import Retry
from common.pipeline.item import Run
from functions.fetch.parts.key import folded
from functions.hash.parts.document import DOCUMENT_COLUMNS

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Held until the end of the transaction: whoever would supersede one of these changes meanwhile waits, and finds it applied.
_LOCK_CHANGES = """
select 1 from staged_changes c where c.id in (select x.change_id from jsonb_to_recordset(cast(%s as jsonb)) as x(change_id bigint))
order by c.id for update
"""
# Superseded or cancelled since it was looked at, or resting on a version that the catalogue has left.
_MOVED = """
select count(*) from jsonb_to_recordset(cast(%s as jsonb)) as x(change_id bigint)
join staged_changes c on c.id = x.change_id
left join snapshots s on s.tenant_id = c.tenant_id and s.flow = 'parts' and s.target = 'catalog' and s.key = c.key
where c.state not in ('approved', 'applied') or c.state = 'approved' and s.target_hash is distinct from c.base_version
"""
_LOCK = """
select 1 from snapshots s where s.tenant_id = %s and s.flow = 'parts' and s.target = 'catalog'
  and s.key in (select x.key from jsonb_to_recordset(cast(%s as jsonb)) as x(key text)) order by s.key for update
"""
_MANUFACTURERS = """
insert into manufacturers (tenant_id, key, name)
select distinct on (x.maker_key) %s, x.maker_key, x.manufacturer
from jsonb_to_recordset(cast(%s as jsonb)) as x(maker_key text, manufacturer text) where x.maker_key <> ''
order by x.maker_key on conflict (tenant_id, key) do nothing
"""
# Of several spellings the same one wins, whichever part comes first: one in mixed case if there is one, then by code point.
_SPELLINGS = """
update manufacturers m set name = x.manufacturer
from (select distinct on (maker_key) maker_key, manufacturer
      from jsonb_to_recordset(cast(%s as jsonb)) as r(maker_key text, manufacturer text)
      order by maker_key, manufacturer in (upper(manufacturer), lower(manufacturer)), manufacturer collate "C") x
where m.tenant_id = %s and m.key = x.maker_key and m.alias_of is null
  and (x.manufacturer in (upper(x.manufacturer), lower(x.manufacturer)), x.manufacturer collate "C")
    < (m.name in (upper(m.name), lower(m.name)), m.name collate "C")
"""
_CATEGORIES = """
insert into categories (tenant_id, parent_id, path, depth, name, full_name)
select distinct on (level.full_name) %s,
  (select p.id from categories p where p.tenant_id = %s and p.full_name = level.parent),
  level.path, level.depth, level.name, level.full_name
from jsonb_to_recordset(cast(%s as jsonb)) as level(path jsonb, depth integer, name text, full_name text, parent text)
where level.depth = %s order by level.full_name on conflict (tenant_id, full_name) do nothing
"""
_PARTS = """
insert into parts (tenant_id, key, part_number, manufacturer_id, category_id, source_product_id, description, lifecycle_status,
  provenance, content_hash, hash_version, enriched_at)
select %s, x.key, x.part_number, m.id, c.id, x.product_id, x.description, x.lifecycle_status, x.provenance, x.content_hash,
  x.hash_version, shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, part_number text, maker_key text, full_category text, product_id text,
  description text, lifecycle_status text, provenance jsonb, content_hash text, hash_version integer)
left join manufacturers m on m.tenant_id = %s and m.key = x.maker_key
left join categories c on c.tenant_id = %s and c.full_name = x.full_category
order by x.key
on conflict (tenant_id, key) do update set part_number = excluded.part_number, manufacturer_id = excluded.manufacturer_id,
  category_id = excluded.category_id, source_product_id = excluded.source_product_id, description = excluded.description,
  lifecycle_status = excluded.lifecycle_status, provenance = excluded.provenance, content_hash = excluded.content_hash,
  hash_version = excluded.hash_version, enriched_at = excluded.enriched_at, updated_at = shelfline_now(),
  version = parts.version + case when parts.content_hash = excluded.content_hash then 0 else 1 end
returning id, key
"""
_CLEAR = """
delete from {table} t using parts p
where p.id = t.part_id and p.tenant_id = %s and p.key in (select jsonb_array_elements_text(cast(%s as jsonb)))
"""
_LISTS: Mapping[str, str] = {
    "part_attributes": """
insert into part_attributes (tenant_id, part_id, name, value_text, value_number, unit, source, source_url)
select %s, p.id, e->>'name', e->>'value', case when e->>'value' ~ '^-?[0-9]{1,30}([.][0-9]{1,30})?$' then (e->>'value')::numeric end,
  e->>'unit', coalesce(o->>'source', o->>'editor', 'bigquery'), o->>'source_url'
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, attributes jsonb, provenance jsonb)
  join parts p on p.tenant_id = %s and p.key = x.key,
  jsonb_array_elements(x.attributes) e, lateral (select x.provenance->'attributes'->(e->>'name') as o) origin
""",
    "part_documents": """
insert into part_documents (tenant_id, part_id, url, type, description, source)
select %s, p.id, e->>'url', e->>'type', e->>'description', coalesce(x.provenance->'documents'->(e->>'url')->>'source', 'bigquery')
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, documents jsonb, provenance jsonb)
  join parts p on p.tenant_id = %s and p.key = x.key,
  jsonb_array_elements(x.documents) e
""",
    "part_sellers": """
insert into part_sellers (tenant_id, part_id, name, type, offer, source)
select %s, p.id, e->>'name', e->>'type', e->'offer', coalesce(x.provenance->'sellers'->(e->>'name')->>'source', 'bigquery')
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, sellers jsonb, provenance jsonb)
  join parts p on p.tenant_id = %s and p.key = x.key,
  jsonb_array_elements(x.sellers) e
""",
    "part_extras": """
insert into part_extras (tenant_id, part_id, name, value, source, source_url)
select %s, p.id, e->>'name', e->>'value', coalesce(o->>'source', 'bigquery'), o->>'source_url'
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, extras jsonb, provenance jsonb)
  join parts p on p.tenant_id = %s and p.key = x.key,
  jsonb_array_elements(x.extras) e, lateral (select x.provenance->'extras'->(e->>'name') as o) origin
""",
}
_SNAPSHOTS = """
insert into snapshots (tenant_id, flow, target, key, considered_hash, target_hash, target_doc, hash_version, columns, considered_at,
  confirmed_at)
select %s, 'parts', 'catalog', x.key, x.source_hash, x.content_hash, x.document, %s, cast(%s as text[]), shelfline_now(), shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(key text, source_hash text, content_hash text, document jsonb) order by x.key
on conflict (tenant_id, flow, target, key) do update set considered_hash = excluded.considered_hash, target_hash = excluded.target_hash,
  target_doc = excluded.target_doc, hash_version = excluded.hash_version, columns = excluded.columns,
  considered_at = excluded.considered_at, confirmed_at = excluded.confirmed_at
"""
# The inverse is what the catalogue held: it is stored in the same transaction that overwrites it.
_APPLIED = """
update staged_changes c set state = 'applied', applied_at = shelfline_now(), inverse = coalesce(c.before, 'null')
from jsonb_to_recordset(cast(%s as jsonb)) as x(change_id bigint) where c.id = x.change_id and c.state = 'approved'
"""
_CONFLICTS = """
update staged_changes c set state = 'conflict' from jsonb_to_recordset(cast(%s as jsonb)) as x(change_id bigint)
where c.id = x.change_id and c.state = 'approved'
"""


def apply_changes(
    connection: "Connection",
    run: Run,
    pushed: Sequence[Mapping[str, Any]],
    conflicts: Sequence[Mapping[str, Any]],
) -> None:
    """Write these reviewed parts, and mark those that rest on a version the catalogue has left.

    Raises Retry when the catalogue or a change moved between the check and this transaction: the check is made again.
    """
    if conflicts:
        connection.exec_driver_sql(_CONFLICTS, (as_json(list(conflicts)),))
    if not pushed:
        return
    rows = as_json([_flat(row) for row in pushed])
    connection.exec_driver_sql(_LOCK_CHANGES, (rows,))
    connection.exec_driver_sql(_LOCK, (run.tenant, rows))
    if connection.exec_driver_sql(_MOVED, (rows,)).scalar():
        raise Retry("The catalogue or the change moved while it was written.", reason="drifted", after=0)
    _write_parts(connection, run, rows, pushed)
    columns = array(DOCUMENT_COLUMNS)
    connection.exec_driver_sql(_SNAPSHOTS, (run.tenant, HASH_VERSION, columns, rows))
    connection.exec_driver_sql(_APPLIED, (rows,))


def _write_parts(connection: "Connection", run: Run, rows: str, pushed: Sequence[Mapping[str, Any]]) -> None:
    connection.exec_driver_sql(_MANUFACTURERS, (run.tenant, rows))
    connection.exec_driver_sql(_SPELLINGS, (rows, run.tenant))
    levels = _levels(pushed)
    for depth in sorted({level["depth"] for level in levels}):
        at_depth = as_json([level for level in levels if level["depth"] == depth])
        connection.exec_driver_sql(_CATEGORIES, (run.tenant, run.tenant, at_depth, depth))
    connection.exec_driver_sql(_PARTS, (run.tenant, rows, run.tenant, run.tenant))
    keys = as_json([row["key"] for row in pushed])
    for table, statement in _LISTS.items():
        connection.exec_driver_sql(_CLEAR.format(table=table), (run.tenant, keys))
        connection.exec_driver_sql(statement, (run.tenant, rows, run.tenant))


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row,
        "maker_key": folded(row["manufacturer"] or ""),
        "full_category": " > ".join(row["category_path"]),
    }


def _levels(pushed: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every category on the way to those of these parts, once."""
    levels: dict[str, dict[str, Any]] = {}
    for row in pushed:
        path = row["category_path"]
        for depth in range(1, len(path) + 1):
            full_name = " > ".join(path[:depth])
            parent = " > ".join(path[: depth - 1])
            levels[full_name] = {
                "path": path[:depth],
                "depth": depth,
                "name": path[depth - 1],
                "full_name": full_name,
            }
            levels[full_name]["parent"] = parent
    return list(levels.values())
