"""Changes that wait for an approval, and that the source has taken back meanwhile."""

from typing import TYPE_CHECKING

from common.pipeline.item import Run
from common.pipeline.writers import withdraw_changes
from functions.hash.orders.deltas import TARGET

if TYPE_CHECKING:
    from sqlalchemy import Connection

# Of a rollback the source is no judge: it says what was before.
_TAKEN_BACK = """
select c.key from staged_changes c
join runs r on r.id = c.run_id and not r.options ? 'rollback_of'
join snapshots s on s.tenant_id = c.tenant_id and s.flow = 'orders' and s.target = c.target and s.key = c.key
where c.tenant_id = %s and c.flow = 'orders' and c.target = %s and c.state = 'pending' and c.run_id <> %s
  and s.deleted_at is null and s.considered_hash is not null
  and (s.id in (select unnest(snapshot_ids) from recognised where run_id = %s)
    or exists (select from seen n where n.run_id = %s and n.key = c.key and n.hash = s.considered_hash))
"""


def withdraw_taken_back(connection: "Connection", run: Run) -> None:
    """End the changes of orders that the source has as the boards have them: approved, they would make that worse."""
    values = (run.tenant, TARGET, run.id, run.id, run.id)
    keys = connection.exec_driver_sql(_TAKEN_BACK, values).scalars().all()
    withdraw_changes(connection, run, TARGET, keys, f"the source has taken it back, as run {run.id} found")
