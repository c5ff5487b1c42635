"""Columns: the versioned list of a source's columns that fingerprints cover. A column the source gains counts from the next version on."""

from collections.abc import Sequence

from common.auth.tokens import Role
from common.errors import Conflict, NotFound
from common.flows import flow
from common.interface.desk import Desk, View, rows, tell, texts
from common.pipeline.flow import load

_NEWEST = """
select version, columns from hash_columns where tenant_id = :tenant and flow = :flow order by version desc limit 1
"""
_ADD = """
insert into hash_columns (tenant_id, flow, version, columns, origin, created_by)
select :tenant, :flow, :version, array(select jsonb_array_elements_text(cast(:columns as jsonb))), 'person', :by
on conflict do nothing returning version
"""


class ColumnsView(View):
    """The valid list (version 0: there is none yet), and what the source has more and less than that."""

    flow: str
    version: int
    columns: list[str]
    added: list[str]
    removed: list[str]


class AdoptedColumns(ColumnsView):
    """The list that is valid now. changed: False when the source had just these columns already."""

    changed: bool


class Columns(Desk):
    """The tenant's lists."""

    def show(self, flow_name: str) -> ColumnsView:
        """The valid list beside the source of now. Raises NotFound for a flow that has none."""
        return self._compared(flow_name, self._present(flow_name))

    def adopt(self, flow_name: str) -> AdoptedColumns:
        """Make the source's columns the list, from the next run on.

        What has not changed is held under the new version then, and not pushed. Raises Misconfigured for a source without
        a column that every record needs, Conflict when somebody else was first.
        """
        self.require(Role.APPROVER)
        present = self._present(flow_name)
        before = self._compared(flow_name, present)
        changed = before.version == 0 or bool(before.added or before.removed)
        version = self._add(flow_name, before, present) if changed else before.version
        compared = {"added": before.added, "removed": before.removed}
        return AdoptedColumns(
            flow=flow_name, version=version, columns=sorted(present), changed=changed, **compared
        )

    def _add(self, flow_name: str, before: ColumnsView, present: Sequence[str]) -> int:
        with self.transaction() as connection:
            values = {"version": before.version + 1, "columns": texts(sorted(present))}
            values["by"] = self.principal.name
            if not rows(connection, _ADD, tenant=self.tenant, flow=flow_name, **values):
                raise Conflict("Somebody else has just adopted the columns; look again.")
            body = {"flow": flow_name, "version": before.version + 1, "by": self.principal.name}
            body |= {"added": before.added, "removed": before.removed}
            tell(connection, self.tenant, f"tenant/{self.tenant}", "columns_adopted", body)
        return before.version + 1

    def _present(self, flow_name: str) -> Sequence[str]:
        declared = flow(flow_name)
        if declared.columns is None:
            raise NotFound(
                f"The flow {flow_name} has no list of columns: what it compares is fixed.",
                reason="no_columns",
            )
        present: Sequence[str] = load(declared.columns)(self.services)
        return present

    def _compared(self, flow_name: str, present: Sequence[str]) -> ColumnsView:
        found = self.rows(_NEWEST, flow=flow_name)
        version, columns = (found[0]["version"], found[0]["columns"]) if found else (0, [])
        return ColumnsView(
            flow=flow_name,
            version=version,
            columns=sorted(columns),
            added=sorted(set(present) - set(columns)),
            removed=sorted(set(columns) - set(present)),
        )
