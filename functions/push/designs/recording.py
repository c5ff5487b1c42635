"""What came of pushed designs, written in the transaction that records it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.pipeline.item import Run
from common.pipeline.outcome import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection

_APPLIED = """
update staged_changes c set state = 'applied', applied_at = shelfline_now(), inverse = x.inverse
from jsonb_to_recordset(cast(%s as jsonb)) as x(change_id bigint, inverse jsonb)
where c.id = x.change_id and c.state in ('approved', 'cancelled')
"""
_LISTINGS = """
insert into listings as l (tenant_id, design_id, listing_id, state, sku, run_id, url)
select %s, x.design, x.listing_id, x.state, x.sku, %s, 'https://www.etsy.com/listing/' || x.listing_id
from jsonb_to_recordset(cast(%s as jsonb)) as x(design uuid, listing_id text, state text, sku text)
on conflict (tenant_id, design_id, platform) do update set listing_id = excluded.listing_id, state = excluded.state, sku = excluded.sku,
  run_id = excluded.run_id, url = excluded.url, deleted_at = case when excluded.state = 'deleted' then shelfline_now() end,
  listed_at = case when excluded.state = 'draft' then shelfline_now() else l.listed_at end
"""
_DESIGNS = """
update designs d set state = case x.state when 'draft' then 'listed' else 'withdrawn' end, updated_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(design uuid, state text) where d.tenant_id = %s and d.id = x.design
"""
_FAILED = """
update staged_changes c set state = 'failed', error = x.error from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, error text)
where c.item_id = x.item_id and c.target = 'etsy' and c.state = 'approved'
"""
# A person is asked about what was refused: once there is an answer it is tried again.
_TOLD = """
update effects e set state = 'dropped' from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint)
where e.tenant_id = %s and e.target = 'etsy' and e.item_id = x.item_id and e.state = 'refused'
"""
_SUPERSEDED = """
update staged_changes c set state = 'superseded', review_note = 'another upload has listed the design'
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint) where c.item_id = x.item_id and c.target = 'etsy'
"""
_CONFLICTS = """
update staged_changes c set state = 'pending', approved_at = null, approved_by = null, error = x.drift::text,
  review_note = 'the listing has moved on'
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, drift jsonb) where c.item_id = x.item_id and c.target = 'etsy'
"""


def record(connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
    """Write it all."""
    if pushed := _rows(recorded, "pushed"):
        document = as_json(pushed)
        connection.exec_driver_sql(_APPLIED, (document,))
        connection.exec_driver_sql(_LISTINGS, (run.tenant, run.id, document))
        connection.exec_driver_sql(_DESIGNS, (document, run.tenant))
    if failed := _rows(recorded, "failed"):
        connection.exec_driver_sql(_FAILED, (as_json(failed),))
        connection.exec_driver_sql(_TOLD, (as_json(failed), run.tenant))
    if superseded := _rows(recorded, "superseded"):
        connection.exec_driver_sql(_SUPERSEDED, (as_json(superseded),))
    if conflicts := _rows(recorded, "conflict"):
        connection.exec_driver_sql(_CONFLICTS, (as_json(conflicts),))


def _rows(recorded: Sequence[Outcome], writer: str) -> list[Mapping[str, Any]]:
    return [outcome.writes[writer] for outcome in recorded if writer in outcome.writes]
