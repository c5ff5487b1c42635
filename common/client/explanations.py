"""What happened, and what would."""

from collections.abc import Mapping
from typing import Any

from common.client.wire import LONG_SECONDS, Document, Wire, given, listed


class Explanations(Wire):
    """Stories of items, checked chains, decisions made again."""

    def timeline(self, item: int) -> Document:
        """All that happened to one item: {item, events, decision, manual_tasks, changes, effects}."""
        return self._get(f"/items/{item}/timeline")

    def timeline_of_key(self, key: str, *, flow: str) -> Document:
        """The same over all runs of a natural key, newest first: {"timelines": [...]}.

        For parts a bare part number will do as key.
        """
        return listed("timelines", self._call("GET", "/timeline", query={"flow": flow, "key": key}))

    def verify(self, run_id: str | None = None) -> Document:
        """Check the event chains of a run, or of the tenant: {streams, blocks, events, faults}."""
        return self._get("/verify", LONG_SECONDS, run_id=run_id)

    def what_if(
        self,
        flow: str,
        settings: Mapping[str, Any],
        *,
        since_days: int | None = None,
        limit: int | None = None,
    ) -> Document:
        """Decide past items again under other settings, to see: {decisions, changed, by, examples}."""
        body = given({"flow": flow, "settings": settings, "since_days": since_days, "limit": limit})
        return self._post("/what-if", body, seconds=LONG_SECONDS)
