"""Manual tasks."""

from collections.abc import Mapping
from typing import Any

from common.client.wire import Document, Wire, given, part


class Tasks(Wire):
    """What people answer."""

    def tasks(self, *, all: bool = False, limit: int | None = None, **filters: str | None) -> Document:
        """Manual tasks, best priority first: {"tasks": [...], "total": n}.

        filters: flow, state, priority, task_type, run_id, editor, part_number. all: low priority too.
        """
        return self._get("/manual/tasks", all=all or None, limit=limit, **filters)

    def task(self, task_id: str) -> Document:
        """One manual task with its source record and evidence."""
        return self._get(f"/manual/tasks/{part(task_id)}")

    def claim(
        self, editor: str, *, count: int = 1, flow: str | None = None, priority: str | None = None
    ) -> Document:
        """Claim the next open tasks under a lease with a fence: {"tasks": [...]}, empty when none is open."""
        body = {"editor": editor, "count": count, "flow": flow, "priority": priority}
        return self._post("/manual/tasks/claim", given(body))

    def claim_task(self, task_id: str, editor: str) -> Document:
        """Claim one task. Conflict when somebody else has it."""
        return self._post(f"/manual/tasks/{part(task_id)}/claim", {"editor": editor})

    def hand_back(self, task_id: str, *, fence: int, note: str | None = None) -> Document:
        """Give a claimed task back to the queue. Conflict when the claim is not yours any more."""
        return self._post(f"/manual/tasks/{part(task_id)}/hand-back", given({"fence": fence, "note": note}))

    def complete(self, task_id: str, *, fence: int, editor: str, answer: Mapping[str, Any]) -> Document:
        """Answer a claimed task; its item goes on. Conflict when the claim is not yours any more.

        answer: note, source_url, attributes [{name, value, unit}], extras [{name, value}], documents [{url,
        type}], sellers [{name, type}]; at least one of the lists is not empty.
        """
        body = {"fence": fence, "editor": editor, **answer}
        return self._post(f"/manual/tasks/{part(task_id)}/complete", body)

    def validate(self, task_id: str, *, validator: str, notes: str) -> Document:
        """Confirm somebody else's answer. Forbidden for whoever gave it."""
        body = {"validator": validator, "validation_notes": notes}
        return self._post(f"/manual/tasks/{part(task_id)}/validate", body)
