"""The staging tables: rows of customers' batches, written set by set."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json, call
from common.flows import flow
from common.pipeline.item import Run

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ORDERS = """
insert into order_staging (tenant_id, run_id, item_id, scope, key, operation, board_id, order_number, document, document_hash, lines_total,
  source_hash, hash_version)
select %s, %s, x.* from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, scope text, key text, operation text, board_id text,
  order_number text, document jsonb, document_hash text, lines_total bigint, source_hash text, hash_version integer)
on conflict (tenant_id, item_id) do update set status = 'PENDING', operation = excluded.operation, board_id = excluded.board_id,
  document = excluded.document, document_hash = excluded.document_hash, lines_total = excluded.lines_total, error = null,
  updated_at = shelfline_now()
"""
_NO_LINES = """
delete from order_line_staging where tenant_id = %s
  and item_id in (select x.item_id from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint))
"""
_LINES = """
insert into order_line_staging (tenant_id, item_id, size, quantity, operation)
select %s, x.item_id, l.size, l.quantity, l.operation from jsonb_to_recordset(cast(%s as jsonb)) as x(item_id bigint, lines jsonb),
  jsonb_to_recordset(x.lines) as l(size text, quantity bigint, operation text)
"""
_BATCHES = """
insert into order_batches (tenant_id, run_id, scope, kind)
select %s, %s, x.scope, case when coalesce(s.held, 0) = 0 then 'FULL_BATCH' else 'CUSTOMER_DELTA' end
from (select jsonb_array_elements_text(cast(%s as jsonb)) as scope) x
left join order_scopes s on s.tenant_id = %s and s.run_id = %s and s.scope = x.scope
on conflict (tenant_id, run_id, scope) do nothing
"""
_WRITTEN = """
select c.id from staged_changes c
where c.item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint) and c.target = 'monday'
  and exists (select from effects e where e.tenant_id = c.tenant_id and e.target = c.target and e.change_id = c.id)
  and not exists (select from effects e where e.tenant_id = c.tenant_id and e.target = c.target and e.change_id = c.id
                  and e.state in ('sent', 'unknown'))
"""
_ANEW = "update staged_changes set id = default where id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)"


def decide_anew(connection: "Connection", tenant: str, items: Sequence[int]) -> None:
    """Give the changes of these items new numbers, where something was written of them, or tried to be.

    The ledger keeps what was done under the old number, so that a write which was refused may be tried again, and one that
    was done may be done differently. Where something is still under way, the number stays until that has ended.
    """
    written = connection.exec_driver_sql(_WRITTEN, (as_json(list(items)),)).scalars().all()
    if written:
        call(connection, "shelfline_drop_planned_v1", tenant, list(written))
        connection.exec_driver_sql(_ANEW, (as_json(list(written)),))


def board_lane(board: str) -> str:
    """The lane of a board: one chunk at a time, because monday.com must not be written to concurrently."""
    return f"orders/monday/{board}"


def stage_rows(connection: "Connection", run: Run, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write staged orders with their lines, open their customers' batches, and want each batch checked."""
    if not rows:
        return
    document = as_json(list(rows))
    scopes = sorted({row["scope"] for row in rows})
    connection.exec_driver_sql(_BATCHES, (run.tenant, run.id, as_json(scopes), run.tenant, run.id))
    decide_anew(connection, run.tenant, [row["item_id"] for row in rows])
    connection.exec_driver_sql(_ORDERS, (run.tenant, run.id, document))
    connection.exec_driver_sql(_NO_LINES, (run.tenant, document))
    connection.exec_driver_sql(_LINES, (run.tenant, document))
    for board in sorted({row["board_id"] for row in rows}):
        call(connection, "shelfline_set_lane_v1", run.tenant, board_lane(board), 1)
    for scope in scopes:
        want_phase(connection, run, "stage", "batch", scope)
    want_phase(connection, run, "stage", "fit", "all")


def want_phase(connection: "Connection", run: Run, step: str, phase: str, scope: str) -> None:
    """Have a phase over a customer's batch run once what is before it has ended, unless it is wanted already."""
    barrier = flow(run.flow).barriers[f"{step}/{phase}"]
    wanted = {"tenant": run.tenant, "run": run.id, "step": step, "phase": phase, "cursor": {"scope": scope}}
    lane = f"orders/{phase}/{scope}"
    call(connection, "shelfline_want_phase_v1", {**wanted, "lane": lane, "barrier": barrier})
