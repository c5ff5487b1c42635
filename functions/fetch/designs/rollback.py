"""Undoing what a run has listed: the drafts that it has made are deleted, by changes that are staged like any other."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from common.errors import NotFound
from common.pipeline.flow import Child, Page
from common.pipeline.item import Claim

if TYPE_CHECKING:
    from sqlalchemy import Connection

# What the run is known to have made and is still there, also where it never became whole. A design that a later run has listed
# again is that run's to undo.
_MADE = """
select i.key, d.id, d.filename, o.remote_id as listing_id, l.sku from effects e
join remote_objects o on o.tenant_id = e.tenant_id and o.target = e.target and o.key = e.key and o.remote_id = e.remote_id
  and o.deleted_at is null
join items i on i.tenant_id = e.tenant_id and i.id = e.item_id
join designs d on d.tenant_id = e.tenant_id and d.id::text = e.key
left join listings l on l.tenant_id = d.tenant_id and l.design_id = d.id and l.listing_id = o.remote_id
where e.tenant_id = %s and e.run_id = %s and e.target = 'etsy' and e.operation = 'create' and e.parent is null
  and e.state = 'confirmed' and i.state not in ('ready', 'recorded', 'waiting', 'manual')
order by e.id desc
"""


class RollbackSource:
    """The listings of a run as records of another."""

    def load(self, connection: "Connection", claim: Claim) -> Sequence[Any]:
        """The listings, newest first."""
        undone = claim.run.options["rollback_of"]
        return connection.exec_driver_sql(_MADE, (claim.run.tenant, undone)).all()

    def read(self, claim: Claim, listed: Sequence[Any]) -> Iterator[Page]:
        """One page of children that go straight to staging. Raises NotFound when there is nothing to undo."""
        if not listed:
            undone = claim.run.options["rollback_of"]
            raise NotFound(f"No draft of the run {undone} is left to be deleted.", reason="nothing_to_undo")
        children = [_child(row, number) for number, row in enumerate(listed, 1)]
        yield Page(children=children, declared=len(listed), last=True, to="stage")


def _child(row: Any, number: int) -> Child:
    data = {
        "operation": "delete",
        "design_id": str(row.id),
        "filename": row.filename,
        "before": {"listing_id": int(row.listing_id), "sku": row.sku},
    }
    return Child(key=row.key, row=number, data=data)
