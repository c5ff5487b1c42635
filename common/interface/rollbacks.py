"""Rollbacks: what a run has pushed is undone by a run of its own, staged and checked like any other."""

from typing import Any

from common.auth.tokens import Role
from common.errors import Conflict, NotFound, Usage
from common.flows import flow
from common.interface.desk import Desk, single
from common.interface.runs import Runs

_OPTION = "rollback_of"
_ENDED = frozenset({"completed", "failed", "cancelled", "waiting"})
_PUSHED = (
    "select count(*) from staged_changes where tenant_id = :tenant and run_id = :run and state = 'applied'"
)


class Rollbacks(Desk):
    """The tenant's rollbacks."""

    def start(self, run_id: str, *, mode: str | None = None) -> str:
        """Start the run that undoes another; its id. mode: TEST says what it would do.

        Raises NotFound for an unknown run and for one that has pushed nothing, Usage for a flow whose runs cannot be
        undone, Conflict while the run is not over.
        """
        self.require(Role.APPROVER)
        runs = Runs(self.services, self.principal)
        undone = runs.get(run_id)
        if _OPTION not in flow(undone.flow).options:
            raise Usage(
                f"Runs of {undone.flow} cannot be rolled back; correct the records at their source and run it again.",
                reason="no_rollback",
            )
        if undone.state not in _ENDED:
            raise Conflict(
                f"{run_id} is not over yet; wait for its end, or `shelfline cancel {run_id}` first.",
                reason="run_not_over",
            )
        self._check_pushed(run_id)
        settings: dict[str, Any] = {"mode": mode} if mode else {}
        return runs.start(undone.flow, options={_OPTION: run_id}, settings=settings, parent=run_id)

    def _check_pushed(self, run_id: str) -> None:
        with self.transaction() as connection:
            if not single(connection, _PUSHED, tenant=self.tenant, run=run_id):
                raise NotFound(f"{run_id} has pushed nothing that could be undone.", reason="nothing_to_undo")
