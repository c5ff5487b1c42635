"""Changes to the targets."""

from collections.abc import Sequence

from common.client.wire import Document, Wire, given


class Changes(Wire):
    """What people approve."""

    def changes(
        self,
        *,
        flow: str | None = None,
        run_id: str | None = None,
        state: str | None = None,
        limit: int = 50,
    ) -> Document:
        """Staged changes with their differences: {"changes": [...]}."""
        return self._get("/changes", flow=flow, run_id=run_id, state=state, limit=limit)

    def approve(
        self, *, ids: Sequence[int] | None = None, run_id: str | None = None, note: str | None = None
    ) -> Document:
        """Let changes be pushed: {approved}. Needs the role approver; Forbidden for one's own."""
        return self._post("/changes/approve", given({"ids": ids, "run_id": run_id, "note": note}))

    def reject(
        self, *, ids: Sequence[int] | None = None, run_id: str | None = None, note: str | None = None
    ) -> Document:
        """Refuse changes: {rejected}. Needs the role approver."""
        return self._post("/changes/reject", given({"ids": ids, "run_id": run_id, "note": note}))
