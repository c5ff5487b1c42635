"""How far an upload is: counted from what is recorded of its files, weighed by their bytes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from common.errors import NotFound
from common.interface.desk import Desk, View
from common.interface.uploads import FLOW
from common.uploads.estimate import estimated_seconds

STEPS = (
    "checking duplicates",
    "processing and formatting",
    "creating mockups",
    "uploading to Etsy",
)
_ENOUGH = 0.05  # of the work: from there on, what was measured says more than the formula

# passed: how many of the four steps a file has behind it. A picture and its mockups are recorded together.
# An upload may have ten thousand files, and its watchers ask often: Postgres counts.
_TALLY = """
select count(*) as files, count(*) filter (where passed = 4) as done, coalesce(sum(size), 0)::bigint as size,
  coalesce(sum(greatest(size, 1) * passed)::float8 / nullif(sum(greatest(size, 1)) * 4, 0), 1) as share,
  min(passed) filter (where passed < 4) as behind, (array_agg(filename order by number) filter (where passed < 4))[1] as current
from (
  select f.number, f.filename, f.size,
    case when f.state = 'missing' or i.state in ('done', 'skipped', 'rejected', 'failed', 'cancelled', 'manual') then 4
      when i.state = 'waiting' and i.step = 'decide' then 4
      when i.step = 'push' then 3 when i.step = 'stage' then 1 else 0 end as passed
  from upload_files f
  left join items i on i.run_id = :run and i.tenant_id = f.tenant_id and i.key = f.session_id || '/' || f.number
  where f.tenant_id = :tenant and f.session_id = :id
) x
"""
_SESSION = """
select s.state, s.run_id, r.id as known_run, r.state as run_state, shelfline_now() as now,
  extract(epoch from coalesce(r.wall_settled_at, clock_timestamp()) - r.wall_created_at)::float8 as elapsed
from upload_sessions s left join runs r on r.tenant_id = s.tenant_id and r.id = coalesce(s.run_id, :run)
where s.tenant_id = :tenant and s.id = :id
"""


class UploadProgress(View):
    """Times are seconds; progress_percent is weighed by bytes; file_progress: {done, total}."""

    session_id: UUID
    run_id: str | None
    state: str
    """uploading, running, waiting (for a person or a quota), or how the run has ended."""
    step: int
    """1 to 4; 0 while files are still being sent."""
    total_steps: int
    message: str
    progress_percent: float
    elapsed_time: float
    estimated_total_time: float
    remaining_time: float
    file_progress: dict[str, int]
    current_file: str | None
    timestamp: datetime

    @property
    def is_over(self) -> bool:
        """Whether nothing more will change by itself."""
        return self.state in ("completed", "failed", "cancelled", "waiting", "abandoned")


class UploadProgresses(Desk):
    """How far the tenant's uploads are."""

    def look(self, session_id: UUID) -> UploadProgress:
        """Where an upload stands now. Raises NotFound."""
        found = self.rows(_SESSION, id=session_id, run=f"{FLOW}_{session_id}")
        if not found:
            raise NotFound(f"There is no upload {session_id}.", reason="unknown_upload")
        session = found[0]
        [tally] = self.rows(_TALLY, id=session_id, run=session["known_run"])
        return _progress(session_id, session, tally)


def _progress(session_id: UUID, session: Mapping[str, Any], tally: Mapping[str, Any]) -> UploadProgress:
    share, elapsed = float(tally["share"]), float(session["elapsed"] or 0)
    whole = _whole_time(elapsed, share, tally)
    step = _step(session, tally)
    return UploadProgress(
        session_id=session_id,
        run_id=session["known_run"],
        state=_state(session),
        step=step,
        total_steps=len(STEPS),
        message=STEPS[step - 1] if step else "receiving files",
        progress_percent=round(100 * share, 1),
        elapsed_time=round(elapsed, 1),
        estimated_total_time=round(whole, 1),
        remaining_time=round(max(whole - elapsed, 0), 1),
        file_progress={"done": tally["done"], "total": tally["files"]},
        current_file=tally["current"],
        timestamp=session["now"],
    )


def _whole_time(elapsed: float, share: float, tally: Mapping[str, Any]) -> float:
    if share >= 1:
        return elapsed
    if share > _ENOUGH and elapsed:
        return elapsed / share
    return max(estimated_seconds(tally["size"], tally["files"]), elapsed)


def _step(session: Mapping[str, Any], tally: Mapping[str, Any]) -> int:
    """The step of the file that is furthest behind; the last when there is none."""
    if session["known_run"] is None:
        return 0
    return len(STEPS) if tally["behind"] is None else int(tally["behind"]) + 1


def _state(session: Mapping[str, Any]) -> str:
    if session["known_run"] is None:
        return "abandoned" if session["state"] == "abandoned" else "uploading"
    state: str = session["run_state"]
    return "running" if state in ("pending", "running", "cancelling") else state
