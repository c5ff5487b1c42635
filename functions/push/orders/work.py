"""What is to be pushed: staged changes with what is known of each order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from common.database.engine import as_json
from common.pipeline.item import Item

if TYPE_CHECKING:
    from sqlalchemy import Connection

TARGET = "monday"

_WORK = """
select s.item_id, coalesce(c.id, 0) as change_id, coalesce(c.state, 'missing') as state, s.operation, c.base_version,
  c.before, c.after, n.target_hash, s.board_id, s.status, s.scope,
  (select coalesce(jsonb_object_agg(l.size, l.operation), '{}') from order_line_staging l
   where l.tenant_id = s.tenant_id and l.item_id = s.item_id) as lines,
  (select coalesce(jsonb_object_agg(l.size, l.monday_subitem_id), '{}') from order_lines l
   where l.tenant_id = s.tenant_id and l.key = s.key) as subitems
from order_staging s
left join staged_changes c on c.item_id = s.item_id and c.target = 'monday'
left join snapshots n on n.tenant_id = s.tenant_id and n.flow = 'orders' and n.target = 'monday' and n.key = s.key and n.deleted_at is null
where s.tenant_id = %s and s.item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
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
    after: Mapping[str, Any] = field(default_factory=dict)
    lines: Mapping[str, str] = field(default_factory=dict)
    """Size → create, update, keep or archive."""
    subitems: Mapping[str, str] = field(default_factory=dict)
    """Size → the subitem that holds it."""

    @property
    def key(self) -> str:
        """The order's UUID."""
        return self.item.key

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
    rows = connection.exec_driver_sql(_WORK, (tenant, as_json(list(by_id))))
    return {row.item_id: _order(by_id[row.item_id], row) for row in rows}


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
        lines=row.lines,
        subitems=row.subitems,
    )
