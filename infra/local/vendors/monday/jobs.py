"""Ingest jobs: begun by a mutation, fed by an upload, worked through slice by slice beside other calls.

A slice, what became of its rows and the job's progress are one transaction, so a job that is cut short by a
kill goes on after a restart with the next row.
"""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from infra.local.vendors.monday import problems
from infra.local.vendors.monday.imports import Import
from infra.local.vendors.monday.limits import Limits
from infra.local.vendors.monday.store import RowOutcome, Store
from infra.local.vendors.monday.uploads import InvalidUpload, read_upload, report_of
from infra.local.vendors.monday.workspace import Workspace

_URL_LIFETIME = 600  # seconds
_SLICE = 100
_ENDED = ("COMPLETED", "FAILED", "REJECTED")


@dataclass(frozen=True)
class IngestRules:
    """What jobs are held to."""

    most_rows: int = 10_000
    most_bytes: int = 150 * 1024 * 1024
    per_hour: int = 19_000
    """Items made or changed by all jobs in an hour."""
    seconds: float = 0.5
    """Time of the shared clock that passes between an upload and the first row."""


@dataclass
class Job:
    """One job, as it is kept."""

    id: str
    board_id: str
    group_id: str
    match_column_id: str | None
    behaviour: str | None
    uploaded: float | None = None
    """When, in seconds since the epoch."""
    status: str = "UPLOAD_PENDING"
    counts: dict[str, int] = field(default_factory=dict)
    next_row: int = 1
    admitted: bool = False
    """Whether the file was found good and its rows were counted against the hour."""
    failure_reason: str | None = None
    failure_message: str | None = None


class IngestJobs:
    """The jobs of the account."""

    def __init__(
        self,
        store: Store,
        workspace: Workspace,
        limits: Limits,
        folder: Path,
        now: Callable[[], float],
        key: bytes,
        rules: IngestRules,
        planned_failure: Callable[[str], int | None],
    ) -> None:
        """`key` signs URLs; `planned_failure` gives the row before which a planted fault ends a job."""
        self._store, self._workspace, self._limits, self._now = store, workspace, limits, now
        self._folder, self._key, self._rules = folder, key, rules
        self._planned_failure = planned_failure
        self._jobs = {job["id"]: Job(**job) for job in store.jobs()}
        self._begun: list[Job] = []
        self._tasks: set[asyncio.Task[None]] = set()

    # --- what mutations and queries ask ----------------------------------------------------------------------

    def begin(
        self, board_id: str, group_id: str, on_match: dict[str, Any] | None, base_url: str
    ) -> dict[str, str]:
        """A job that waits for its upload; kept when the call's transaction is."""
        board = self._workspace.board(board_id)
        if group_id not in board.groups:
            raise problems.not_found("Group", group_id)
        match = on_match or {}
        column_id = match.get("match_column_id")
        if column_id is not None and column_id not in board.columns:
            raise problems.invalid_column_id(column_id, board_id)
        job = Job(secrets.token_hex(12), board_id, group_id, column_id, match.get("behaviour"))
        self._jobs[job.id] = job
        self._begun.append(job)
        return {"job_id": job.id, "upload_url": self._url(base_url, "uploads", job.id)}

    def write_begun(self) -> None:
        """Write the jobs of this call, inside its transaction."""
        for job in self._begun:
            self._store.write_job(job.id, asdict(job))
        self._begun.clear()

    def status(self, job_id: str, base_url: str) -> dict[str, Any]:
        """How far a job is; the report's URL lives ten minutes from now."""
        job = self._jobs.get(job_id)
        if job is None:
            raise problems.not_found("Job", job_id)
        submitted = job.counts.get("submitted", 0)
        ended = job.status in _ENDED
        return {
            "status": job.status,
            "counts": job.counts,
            "progress_percentage": 100 if ended else 100 * (job.next_row - 1) // max(1, submitted),
            "failure_reason": job.failure_reason,
            "failure_message": job.failure_message,
            "fully_imported": job.status == "COMPLETED",
            "report_created": ended,
            "report_url": self._url(base_url, "reports", job.id) if ended else None,
        }

    # --- what the URLs serve ---------------------------------------------------------------------------------

    def allows(self, kind: str, job_id: str, expires: str, signature: str) -> bool:
        """Whether a URL is ours and still alive."""
        good = hmac.compare_digest(signature.encode(), self._signature(kind, job_id, expires).encode())
        return good and job_id in self._jobs and self._now() < float(expires)

    def upload(self, job_id: str, content: bytes) -> None:
        """Take the file and begin; a second upload of the same job changes nothing."""
        job = self._jobs[job_id]
        if job.status != "UPLOAD_PENDING":
            return
        self._file(job).parent.mkdir(parents=True, exist_ok=True)
        self._file(job).write_bytes(content)
        job.status, job.uploaded = "PROCESSING", self._now()
        self._write(job)
        self._run(job)

    def report(self, job_id: str) -> bytes:
        """What became of each row, as CSV."""
        return report_of(self._store.job_rows(job_id))

    # --- the work --------------------------------------------------------------------------------------------

    def resume(self) -> None:
        """Go on with what a restart cut short."""
        for job in self._jobs.values():
            if job.status == "PROCESSING":
                self._run(job)

    async def close(self) -> None:
        """Stop working; what is unfinished goes on after a restart."""
        for task in tuple(self._tasks):
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _run(self, job: Job) -> None:
        task = asyncio.create_task(self._work(job))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, job: Job) -> None:
        while self._now() < (job.uploaded or 0) + self._rules.seconds:
            await asyncio.sleep(0.01)
        run = self._begun_import(job)
        fails_before = self._planned_failure(job.board_id)
        while run is not None and job.status == "PROCESSING":
            rows = run.upload.rows[job.next_row - 1 : job.next_row - 1 + _SLICE]
            if fails_before is not None:
                rows = rows[: max(0, fails_before - job.next_row)]
            if rows:
                self._take_slice(job, run, rows)
            elif job.next_row <= len(run.upload.rows):
                self._end(job, "FAILED", "INTERNAL_ERROR", "An internal error occurred")
            else:
                self._end(job, "COMPLETED")
            await asyncio.sleep(0)

    def _begun_import(self, job: Job) -> Import | None:
        """The import of a file that is good and fits; None when the job was rejected."""
        board = self._workspace.board(job.board_id)
        content = self._file(job).read_bytes()
        if len(content) > self._rules.most_bytes:
            self._end(job, "REJECTED", "FILE_TOO_LARGE", f"The file has {len(content)} bytes")
            return None
        try:
            upload = read_upload(content, board, job.match_column_id, self._rules.most_rows)
        except InvalidUpload as error:
            self._end(job, "REJECTED", "INVALID_UPLOAD", str(error))
            return None
        run = Import(self._workspace, board, job.group_id, upload, job.match_column_id, job.behaviour)
        return run if job.admitted or self._admit(job, run) else None

    def _admit(self, job: Job, run: Import) -> bool:
        """Whether board and account have room for all of it."""
        rows = len(run.upload.rows)
        if not run.fits():
            self._end(job, "REJECTED", "BOARD_CAPACITY_EXCEEDED", "The board has no room for these items")
            return False
        if not self._limits.ingest(rows, self._rules.per_hour):
            self._end(job, "REJECTED", "ACCOUNT_CAPACITY_EXCEEDED", "The hour's items are used up")
            return False
        job.admitted = True
        job.counts = dict.fromkeys(("invalid", "skipped", "created", "updated", "failed"), 0)
        job.counts["submitted"] = rows
        self._write(job)
        return True

    def _take_slice(self, job: Job, run: Import, rows: list[list[str]]) -> None:
        outcomes: list[RowOutcome] = []
        for number, row in enumerate(rows, job.next_row):
            outcome, item_id, message = run.row(row)
            job.counts[outcome] += 1
            outcomes.append((job.id, number, outcome, item_id, message))
        job.next_row += len(rows)
        self._write(job, outcomes)

    def _end(self, job: Job, status: str, reason: str | None = None, message: str | None = None) -> None:
        job.status, job.failure_reason, job.failure_message = status, reason, message
        self._write(job)

    def _write(self, job: Job, rows: list[RowOutcome] | None = None) -> None:
        with self._store.transaction():
            self._store.write_changes(self._workspace.taken())
            self._store.write_job(job.id, asdict(job), rows or ())
            self._store.write_facts({"budgets": self._limits.facts()})

    # --- files and URLs --------------------------------------------------------------------------------------

    def _file(self, job: Job) -> Path:
        return self._folder / "uploads" / f"{job.id}.csv"

    def _url(self, base_url: str, kind: str, job_id: str) -> str:
        expires = f"{self._now() + _URL_LIFETIME:.3f}"
        signature = self._signature(kind, job_id, expires)
        return f"{base_url}/{kind}/{job_id}?expires={expires}&signature={signature}"

    def _signature(self, kind: str, job_id: str, expires: str) -> str:
        return hmac.new(self._key, f"{kind}/{job_id}/{expires}".encode(), hashlib.sha256).hexdigest()
