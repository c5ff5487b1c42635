"""What is to be pushed: approved changes, and what our tables know of each design."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from common.canonical import record_hash
from common.database.engine import as_json
from common.pipeline.item import Item

if TYPE_CHECKING:
    from sqlalchemy import Connection

TARGET = "etsy"

_WORK = """
select c.item_id, c.id as change_id, c.state, c.operation, c.before, c.after, c.approved_by, d.item_id as owner,
  l.listing_id as listed
from staged_changes c
join items i on i.tenant_id = c.tenant_id and i.id = c.item_id
left join designs d on d.tenant_id = c.tenant_id and d.id = cast(i.data->>'design_id' as uuid)
left join listings l on l.tenant_id = c.tenant_id and l.design_id = d.id and l.platform = 'etsy' and l.state = 'draft'
where c.tenant_id = %s and c.target = 'etsy' and c.item_id in (select jsonb_array_elements_text(cast(%s as jsonb))::bigint)
"""
_BY_ITSELF = "automatic"


@dataclass(frozen=True, kw_only=True)
class PushDesign:
    """One design on its way to a shop."""

    item: Item
    change_id: int
    state: str
    """Of the change."""
    operation: str
    """create or delete."""
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    """{"sku", "listing": fields of the draft, "images": [{"object", "name", "rank", "alt_text", "media_type"}]}"""
    is_approved_by_a_person: bool = False
    """Whether somebody has seen the change and wants it all the same."""
    is_taken_over: bool = False
    """Whether a later upload has taken the design up."""
    listed: str | None = None
    """The id of the whole listing that is known of the design."""

    @property
    def key(self) -> str:
        """What the listing is known by: the design's id."""
        return str(self.item.data["design_id"])

    @property
    def document(self) -> Mapping[str, Any]:
        """What stands at Etsy, or is to stand there."""
        return self.after or self.before

    @cached_property
    def content_hash(self) -> str:
        """Of everything that is to stand at Etsy. A picture that was stored anew is the same picture."""
        images = [
            {name: value for name, value in each.items() if name != "generation"}
            for each in self.after["images"]
        ]
        return record_hash({**self.after, "images": images}, sorted(self.after))

    def image_key(self, rank: int) -> str:
        """What an image of the listing is known by."""
        return f"{self.key}/image/{rank}"


def load_work(connection: "Connection", tenant: str, items: Sequence[Item]) -> dict[int, PushDesign]:
    """Item id → its design, of those with a change."""
    by_id = {item.id: item for item in items}
    rows = connection.exec_driver_sql(_WORK, (tenant, as_json(list(by_id))))
    return {row.item_id: _design(by_id[row.item_id], row) for row in rows}


def _design(item: Item, row: Any) -> PushDesign:
    return PushDesign(
        item=item,
        change_id=row.change_id,
        state=row.state,
        operation=row.operation,
        before=row.before or {},
        after=row.after or {},
        is_approved_by_a_person=row.approved_by not in (None, _BY_ITSELF),
        is_taken_over=row.operation == "create" and row.owner not in (None, item.id),
        listed=row.listed,
    )
