"""How much there is to push: staged changes, counted by board and group."""

from typing import TYPE_CHECKING, Any

from functions.push.monday.budget import ACCOUNT
from functions.push.orders.plan import Work

if TYPE_CHECKING:
    from sqlalchemy import Connection

_COUNTS = """
with chosen as (
  select c.operation, i.data->>'board' as board, coalesce(c.after, c.before)->>'group' as title, c.before, c.after,
    case when c.operation = 'delete' then 0 else (
      select count(*) from jsonb_each(coalesce(c.before->'lines', '{{}}')) b full join jsonb_each(c.after->'lines') a using (key)
      where a.value is distinct from b.value) end as lines
  from staged_changes c join items i on i.id = c.item_id {chunks}
  where c.tenant_id = :tenant and c.flow = 'orders' and c.target = 'monday' and {condition}
), groups as (
  select distinct board_id as board, document->>'group' as title from orders where tenant_id = :tenant and deleted_at is null
)
select board, title as "group", count(*) filter (where operation = 'create') as creates,
  count(*) filter (where operation = 'update') as updates, count(*) filter (where operation = 'delete') as archives,
  sum(lines)::bigint as lines,
  count(*) filter (where operation = 'update' and (before->'values' <> after->'values' or before->'name' <> after->'name')) as changes,
  count(*) filter (where operation = 'update' and before->'group' <> after->'group') as moves,
  bool_or(operation <> 'delete') and not exists (
    select from groups g where g.board = chosen.board and g.title = chosen.title) as is_new_group
from chosen group by 1, 2 order by 1, 2
"""
_STAGED = _COUNTS.format(chunks="", condition="c.state in ('pending', 'approved')")
_WOULD = _COUNTS.format(chunks="", condition="c.run_id = :run and c.state = 'would_push'")
_AT_THE_GATE = _COUNTS.format(
    chunks="join chunks k on k.id = i.chunk_id and k.state = 'blocked' and k.step = 'push'",
    condition="c.run_id = :run and c.state = 'approved'",
)
_HELD = "select board_id, count(*) from orders where tenant_id = :tenant and deleted_at is null group by 1"
_USED = """
select coalesce((select r.used from shelfline_refreshed_quota_v1(:tenant, :account, 'day', shelfline_now()) r), 0)
"""


def staged(connection: "Connection", tenant: str) -> list[Work]:
    """All that is staged, approved or not, and not pushed yet."""
    return _work(connection, _STAGED, tenant)


def tried(connection: "Connection", tenant: str, run_id: str) -> list[Work]:
    """What a run in mode TEST would have pushed."""
    return _work(connection, _WOULD, tenant, run=run_id)


def at_the_gate(connection: "Connection", tenant: str, run_id: str) -> list[Work]:
    """What of a run is about to be pushed, and has not begun."""
    return _work(connection, _AT_THE_GATE, tenant, run=run_id)


def held_items(connection: "Connection", tenant: str) -> dict[str, int]:
    """Board → active items of ours."""
    return {row[0]: row[1] for row in _execute(connection, _HELD, tenant=tenant)}


def used_today(connection: "Connection", tenant: str) -> float:
    """Calls of the account that today has seen."""
    return float(_execute(connection, _USED, tenant=tenant, account=ACCOUNT).scalar() or 0)


def _work(connection: "Connection", statement: str, tenant: str, **values: Any) -> list[Work]:
    rows = _execute(connection, statement, tenant=tenant, **values).mappings()
    return [Work(**row) for row in rows]


def _execute(connection: "Connection", statement: str, **values: Any) -> Any:
    from sqlalchemy import text

    return connection.execute(text(statement), values)
