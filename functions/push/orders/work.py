"""What is to be pushed: staged changes with what is known of each order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.pipeline.item import Item

if TYPE_CHECKING:
    from sqlalchemy import Connection

TARGET = "monday"

_WORK = """
select s.item_id, coalesce(c.id, 0) as change_id, coalesce(c.state, 'missing') as state, s.operation, c.base_version,
  c.before, c.after, n.target_hash, s.board_id, s.status, s.scope
from order_staging s
left join staged_changes c on c.item_id = s.item_id and c.target = 'monday'
left join snapshots n on n.tenant_id = s.tenant_id and n.flow = 'orders' and n.target = 'monday' and n.key = s.key and n.deleted_at is null
where s.tenant_id = %s and s.item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
"""
# Few effects are under way at any time, so this begins with them.
_EARLIER = """
select i.id as item_id, c.id as change_id, c.state, c.operation, c.base_version, c.before, c.after, c.base_version as target_hash,
  s.board_id, s.status, s.scope
from staged_changes c
join items i on i.tenant_id = c.tenant_id and i.key = c.key
join order_staging s on s.tenant_id = i.tenant_id and s.item_id = i.id
where c.tenant_id = %s and c.target = 'monday' and i.id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
  and c.id in (select e.change_id from effects e where e.tenant_id = c.tenant_id and e.target = 'monday'
               and e.state in ('sent', 'unknown'))
  and not exists (select from staged_changes own where own.item_id = i.id and own.target = 'monday' and own.id = c.id)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushOrder:
    """One order on its way to a board."""

    item: Item
    change_id: int
    state: str
    """Of the change."""
    status: str
    """Of the staged row."""
    operation: str
    """create, update or delete."""
    board: str
    scope: str
    base_version: str | None
    held_version: str | None
    before: Mapping[str, Any] = field(default_factory=dict)
    """What the board was reviewed to hold; empty for nothing."""
    after: Mapping[str, Any] = field(default_factory=dict)
    """What it shall hold; empty for nothing."""
    earlier: tuple["PushOrder", ...] = ()
    """Other changes of the same order, given up since, with writes that may have landed."""

    @property
    def key(self) -> str:
        """The order's UUID."""
        return self.item.key

    @property
    def wanted(self) -> Mapping[str, Any]:
        """What the board may hold besides what was reviewed: what we would write; for a deletion nothing else."""
        return self.after or self.before

    @property
    def has_drifted(self) -> bool:
        """Whether what we know of the board has moved on since the change was staged."""
        return self.base_version != self.held_version

    def line_key(self, size: str) -> str:
        """What a size of the order is known by."""
        return f"{self.key}/{size}"


def load_work(connection: "Connection", tenant: str, items: Sequence[Item]) -> dict[int, PushOrder]:
    """Item id → its order, of those that are staged."""
    by_id = {item.id: item for item in items}
    parameters = (tenant, as_json(list(by_id)))
    rows = connection.exec_driver_sql(_WORK, parameters)
    found = {row.item_id: _order(by_id[row.item_id], row) for row in rows}
    for row in connection.exec_driver_sql(_EARLIER, parameters):
        order = found[row.item_id]
        found[row.item_id] = replace(order, earlier=(*order.earlier, _order(order.item, row)))
    return found


def _order(item: Item, row: Any) -> PushOrder:
    return PushOrder(
        item=item,
        change_id=row.change_id,
        state=row.state,
        status=row.status,
        operation=row.operation,
        board=row.board_id,
        scope=row.scope,
        base_version=row.base_version,
        held_version=row.target_hash,
        before=row.before or {},
        after=row.after or {},
    )
