"""What came of pushed orders, written set by set in the transaction that records them."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.pipeline.item import Run
from common.pipeline.outcome import Outcome
from functions.stage.orders.staging import decide_anew, want_phase

if TYPE_CHECKING:
    from sqlalchemy import Connection

_APPLIED = """
update staged_changes c set state = 'applied', applied_at = shelfline_now(), inverse = x.inverse
from jsonb_to_recordset(cast(%s as jsonb)) as x(change_id bigint, inverse jsonb)
where c.id = x.change_id and c.state in ('approved', 'cancelled')
"""
_SUCCEEDED = """
update order_staging s set status = 'API_SUCCESS', monday_item_id = x.monday_item_id, error = null, updated_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, monday_item_id text)
where s.tenant_id = %s and s.item_id = x.item_id and s.status in ('PENDING', 'API_FAILED')
"""
_LINES = """
update order_line_staging l set status = 'API_SUCCESS', monday_subitem_id = y.id
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, lines jsonb), jsonb_to_recordset(x.lines) as y(size text, id text)
where l.tenant_id = %s and l.item_id = x.item_id and l.size = y.size
"""
_FAILED = """
update order_staging s set status = 'API_FAILED', error = x.error, updated_at = shelfline_now()
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, error text)
where s.tenant_id = %s and s.item_id = x.item_id and s.status = 'PENDING'
"""
_NOT_NOW = """
update staged_changes c set state = 'failed', error = x.error from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, error text)
where c.item_id = x.item_id and c.target = 'monday' and c.state = 'approved'
"""
_CONFLICTS = """
update staged_changes c set state = 'pending', approved_at = null, approved_by = null, review_note = 'the board has moved on',
  before = x.before, error = x.drift::text,
  base_version = (select n.target_hash from snapshots n where n.tenant_id = c.tenant_id and n.flow = 'orders' and n.target = 'monday'
                  and n.key = c.key and n.deleted_at is null)
from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, before jsonb, drift jsonb)
where c.item_id = x.item_id and c.target = 'monday'
"""


def record(connection: "Connection", run: Run, recorded: Sequence[Outcome]) -> None:
    """Write it all, and have the customers' batches promoted."""
    pushed, failed = _rows(recorded, "pushed"), _rows(recorded, "failed")
    if pushed:
        document = as_json(pushed)
        connection.exec_driver_sql(_APPLIED, (document,))
        connection.exec_driver_sql(_SUCCEEDED, (document, run.tenant))
        connection.exec_driver_sql(_LINES, (document, run.tenant))
    if failed:
        document = as_json(failed)
        connection.exec_driver_sql(_FAILED, (document, run.tenant))
        connection.exec_driver_sql(_NOT_NOW, (document,))
    if conflicts := _rows(recorded, "conflict"):
        connection.exec_driver_sql(_CONFLICTS, (as_json(conflicts),))
        decide_anew(connection, run.tenant, [row["item_id"] for row in conflicts])
    for scope in sorted({row["scope"] for row in (*pushed, *failed)}):
        want_phase(connection, run, "push", "promote", scope)


def _rows(recorded: Sequence[Outcome], writer: str) -> list[Mapping[str, Any]]:
    return [outcome.writes[writer] for outcome in recorded if writer in outcome.writes]
