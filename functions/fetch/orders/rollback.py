"""Undoing what a run has pushed: its applied changes the other way round, staged and pushed like any other."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from common.errors import NotFound
from common.pipeline.flow import Child, Page
from common.pipeline.item import Claim

if TYPE_CHECKING:
    from sqlalchemy import Connection

_APPLIED = """
select c.key, c.operation, c.before, o.scope, o.board_id, n.considered_hash, n.hash_version,
  coalesce(c.after->>'name', c.before->>'name') as name, c.id < l.newest as is_overtaken
from staged_changes c
join orders o on o.tenant_id = c.tenant_id and o.key = c.key
join (select key, max(id) as newest from staged_changes
      where tenant_id = %s and flow = 'orders' and target = 'monday' and state = 'applied' group by key) l on l.key = c.key
left join snapshots n on n.tenant_id = c.tenant_id and n.flow = 'orders' and n.target = 'monday' and n.key = c.key
where c.tenant_id = %s and c.run_id = %s and c.flow = 'orders' and c.target = 'monday' and c.state = 'applied' order by c.id desc
"""
_INVERSE = {"create": "deleted", "update": "changed", "delete": "reappeared"}
_PAGE = 1000


class RollbackSource:
    """The applied changes of a run as records of another: what was made is archived, what was changed is set back."""

    def load(self, connection: "Connection", claim: Claim) -> list[Any]:
        """The changes, newest first."""
        undone = claim.run.options["rollback_of"]
        return list(connection.exec_driver_sql(_APPLIED, (claim.run.tenant, claim.run.tenant, undone)).all())

    def read(self, claim: Claim, applied: Sequence[Any]) -> Iterator[Page]:
        """Pages of children that go straight to staging. Raises NotFound when there is nothing to undo."""
        if not applied:
            undone = claim.run.options["rollback_of"]
            raise NotFound(
                f"The run {undone} has pushed nothing that could be undone.", reason="nothing_to_undo"
            )
        done = int(claim.cursor.get("row", 0))
        while done < len(applied):
            rows = applied[done : done + _PAGE]
            children = [_child(row, done + place) for place, row in enumerate(rows, 1)]
            done += len(rows)
            yield Page(
                children=children,
                cursor={"row": done},
                declared=len(applied),
                last=done >= len(applied),
                to="stage",
            )


def _child(row: Any, number: int) -> Child:
    # The source's fingerprint stays: what was undone is not pushed again until the source says something new.
    data = {
        "operation": _INVERSE[row.operation],
        "customer": row.scope,
        "label": row.name,
        "board": row.board_id,
        "source_hash": row.considered_hash,
        "hash_version": row.hash_version or 0,
    }
    if row.is_overtaken:
        # A later run has pushed it again: a person says whether that is to be undone with it.
        data |= {"guarded": True, "review": "changed_since"}
    if row.operation != "create":
        data["document"] = row.before
    return Child(key=row.key, row=number, data=data)
