"""Records on their way in."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common.client.wire import LONG_SECONDS, Document, Wire, given, object_of, opened_file, part


class Records(Wire):
    """Files into a source, and records that could not be read."""

    def quarantine(
        self,
        *,
        flow: str | None = None,
        run_id: str | None = None,
        state: str | None = None,
        limit: int = 50,
    ) -> Document:
        """Records that could not be read, the newest first: {"rows": [...]}.

        state: open (without saying so), replayed or all. limit: 1 to 500.
        """
        return self._get("/quarantine", flow=flow, run_id=run_id, state=state, limit=limit)

    def mend(self, row: int, raw: Mapping[str, Any]) -> Document:
        """Put a corrected record in the place of a row's `raw`; `replay` then takes it up."""
        return object_of(self._call("PATCH", f"/quarantine/{row}", {"raw": raw}))

    def replay(self, flow: str, *, ids: Sequence[int] | None = None, run_id: str | None = None) -> Document:
        """Start a run over the rows that can be read now: {run_id, replayed, still_bad}."""
        return self._post("/quarantine/replay", given({"flow": flow, "ids": ids, "run_id": run_id}))

    def load(self, flow: str, file: Path, *, mapping: Path | None = None, baseline: bool = False) -> Document:
        """Load a CSV or JSON file into a flow's source: {read, loaded, rejected, problems, notices, run_id, ...}.

        mapping: a JSON file that says which foreign column is which. baseline: the run `run_id` adopts what was loaded,
        and what the targets hold of it, without pushing. Raises Usage when a file cannot be read.
        """
        query = {"baseline": "true"} if baseline else None
        opened = {"file": opened_file(file)}
        try:
            if mapping:
                opened["mapping"] = opened_file(mapping)
            files = {name: (Path(handle.name).name, handle) for name, handle in opened.items()}
            path = f"/load/{part(flow)}"
            return object_of(self._call("POST", path, query=query, files=files, seconds=LONG_SECONDS))
        finally:
            for handle in opened.values():
                handle.close()
