"""Runs of flows."""

from collections.abc import Mapping
from typing import Any

from common.client.wire import Document, Wire, given, part


class Runs(Wire):
    """Starting runs, and looking at them."""

    def run(
        self,
        flow: str,
        *,
        limit: int | None = None,
        mode: str | None = None,
        settings: Mapping[str, Any] | None = None,
        options: Mapping[str, Any] | None = None,
        run_id: str | None = None,
        tenant: str | None = None,
    ) -> Document:
        """Start a run: {run_id, flow, state, status_url}. Needs the role operator.

        settings: by name, for this run only. options: the flow's own, such as `part_numbers`. tenant: only
        to be sure: the token's tenant is what counts, another one is refused.
        """
        body = {"flow": flow, "limit": limit, "mode": mode, "settings": settings, "options": options}
        return self._post("/runs", given(body | {"run_id": run_id, "tenant": tenant}))

    def status(self, run_id: str) -> Document:
        """One run: its state, what holds it, its figures and its report."""
        return self._get(f"/runs/{part(run_id)}")

    def runs(self, *, flow: str | None = None, limit: int = 20) -> Document:
        """The newest runs: {"runs": [...]}, each as `status` has it."""
        return self._get("/runs", flow=flow, limit=limit)

    def cancel(self, run_id: str) -> Document:
        """Cancel a run: {run_id, cancelled}; False when it had ended before."""
        return self._post(f"/runs/{part(run_id)}/cancel")

    def retry(self, run_id: str, *, step: str | None = None, reason: str | None = None) -> Document:
        """Try the failed items of a run again: {run_id, retried}.

        step: where to begin; None for where each failed. reason: only those that failed for it.
        """
        return self._post(f"/runs/{part(run_id)}/retry", given({"step": step, "reason": reason}))

    def rollback(self, run_id: str, *, mode: str | None = None) -> Document:
        """Undo what a run has pushed, by a run of its own: {run_id, flow, state, status_url}. Needs the role approver.

        Raises Usage for a flow whose runs cannot be undone, Conflict while the run is not over, NotFound when it has
        pushed nothing.
        """
        return self._post(f"/runs/{part(run_id)}/rollback", given({"mode": mode}))

    def items(
        self,
        run_id: str,
        *,
        state: str | None = None,
        reason: str | None = None,
        limit: int = 100,
        after: str | None = None,
    ) -> Document:
        """A page of a run's items: {"items": [...], "next": cursor or None}."""
        return self._get(f"/runs/{part(run_id)}/items", state=state, reason=reason, limit=limit, after=after)
