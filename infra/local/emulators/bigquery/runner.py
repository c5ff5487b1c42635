"""Runs jobs in threads. A job's effect and its record are one transaction: after a crash there are both or
neither.

A job that a crash interrupted is run again at the next start, as nothing of it was committed; one that has
brought the emulator down three times ends with backendError instead.
"""

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.errors import BigQueryError, duplicate, not_found
from infra.local.emulators.bigquery.jobs import Job, JobStore, Outcome, Work
from infra.local.emulators.bigquery.translation import explain

_MAX_RUNS = 3
_MAX_CONFLICTS = 20
_REMEMBERED = 1_000  # jobs that are done and need not be read again
_LAST_MOMENT = 2.0  # seconds a running job has to end when the emulator is closed
_LOG = logging.getLogger(__name__)


@dataclass
class _Active:
    """A job that is not done yet. `finished` is set after its last record is committed."""

    job: Job
    finished: "Future[None]" = field(default_factory=Future)
    cursor: DuckDBPyConnection | None = None
    cancelled: bool = False


class _Interrupted(Exception):
    """The emulator closes; the job's record still says that it has to be run."""


class JobRunner:
    """Takes jobs, runs them, and knows those that still run.

    make_work: turns a job into what it does. milliseconds: virtual time.
    """

    def __init__(
        self,
        database: Database,
        store: JobStore,
        make_work: Callable[[Job], Work],
        milliseconds: Callable[[], int],
        *,
        threads: int = 16,
    ) -> None:
        self._database = database
        self._store = store
        self._make_work = make_work
        self._milliseconds = milliseconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="job")
        self._lock = threading.Lock()
        self._active: dict[tuple[str, str], _Active] = {}
        self._done_jobs: OrderedDict[tuple[str, str], Job] = OrderedDict()
        self._ids: set[tuple[str, str]] = set()
        self._closing = False

    def resume(self) -> None:
        """Run again what the last process did not finish."""
        with self._database.cursor() as cursor:
            self._ids = self._store.ids(cursor)
            jobs = self._store.unfinished(cursor)
        for job in jobs:
            job.attempts += 1
            if job.attempts >= _MAX_RUNS:
                job.fail(
                    BigQueryError("backendError", "The job was interrupted too often"), self._milliseconds()
                )
            with self._database.transaction(writer=False) as cursor:
                self._store.save(cursor, job)
            if job.state != "DONE":
                self._start(job)

    def submit(self, job: Job) -> None:
        """Record a job and start it; reason "duplicate" when the id was ever used before."""
        job.kind  # noqa: B018  # refuses a job of no kind before anything is recorded
        key = (job.project, job.job_id)
        with self._lock:
            if key in self._ids:
                raise duplicate(f"Job {job}")
            self._ids.add(key)
        with self._database.transaction(writer=False) as cursor:
            self._store.add(cursor, job)
        self._start(job)

    def known(self, project: str, job_id: str) -> bool:
        """Whether the id was ever used."""
        return (project, job_id) in self._ids

    def get(self, project: str, job_id: str) -> Job:
        """A job as it is now; reason "notFound" if there is none."""
        active = self._active.get((project, job_id))
        if active is not None:
            return active.job
        if (job := self._done_jobs.get((project, job_id))) is not None:
            return job
        with self._database.cursor() as cursor:
            job = self._store.find(cursor, project, job_id)
        if job is None:
            raise not_found(f"Job {project}:US.{job_id}")
        return job

    def finished(self, job: Job) -> "Future[None]":
        """A future that is done when the job is."""
        active = self._active.get((job.project, job.job_id))
        if active is not None:
            return active.finished
        done: Future[None] = Future()
        done.set_result(None)
        return done

    def cancel(self, project: str, job_id: str) -> Job:
        """Ask a job to stop; one that is done stays as it is."""
        job = self.get(project, job_id)
        active = self._active.get((project, job_id))
        if active is not None:
            active.cancelled = True
            if active.cursor is not None:
                active.cursor.interrupt()
        return job

    def delete(self, job: Job) -> None:
        """Forget a job that is done; its id stays taken until the next start."""
        with self._database.transaction(writer=False) as cursor:
            self._store.delete(cursor, job)
        self._done_jobs.pop((job.project, job.job_id), None)

    def close(self) -> None:
        """Give running jobs a moment to end; the others are run at the next start."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        running = [active for active in list(self._active.values()) if active.job.state == "RUNNING"]
        wait([active.finished for active in running], timeout=_LAST_MOMENT)
        self._closing = True
        for active in running:
            if active.cursor is not None:
                active.cursor.interrupt()
        self._pool.shutdown(wait=True)

    def _start(self, job: Job) -> None:
        active = _Active(job)
        self._active[job.project, job.job_id] = active
        self._pool.submit(self._run, active)

    def _run(self, active: _Active) -> None:
        job = active.job
        job.state, job.started = "RUNNING", self._milliseconds()
        try:
            self._work(active)
        except _Interrupted:
            active.finished.set_result(None)
            return
        except BigQueryError as problem:
            self._fail(job, problem)
        except Exception as problem:
            _LOG.exception("job %s broke", job)
            self._fail(job, BigQueryError("internalError", f"The local emulator broke: {problem!r}"))
        if job.upload is not None:
            Path(job.upload).unlink(missing_ok=True)
        self._remember(job)
        self._active.pop((job.project, job.job_id), None)
        active.finished.set_result(None)

    def _remember(self, job: Job) -> None:
        with self._lock:
            self._done_jobs[job.project, job.job_id] = job
            if len(self._done_jobs) > _REMEMBERED:
                self._done_jobs.popitem(last=False)

    def _work(self, active: _Active) -> None:
        if active.job.planted is not None:
            raise BigQueryError(active.job.planted["reason"], active.job.planted["message"])
        work = self._make_work(active.job)
        try:
            work.prepare()
            for conflicts in range(_MAX_CONFLICTS + 1):
                try:
                    return self._attempt(active, work)
                except duckdb.TransactionException:
                    if conflicts == _MAX_CONFLICTS:
                        raise
        finally:
            work.close()
        return None

    def _attempt(self, active: _Active, work: Work) -> None:
        job = active.job
        try:
            with self._database.transaction(writer=work.writes) as cursor:
                active.cursor = cursor
                if active.cancelled:
                    raise _stopped()
                outcome = work.execute(cursor)
                done = self._done(job, outcome)
                self._store.save(cursor, done)
            active.job.__dict__.update(done.__dict__)
        except duckdb.InterruptException as problem:
            if self._closing and not active.cancelled:
                raise _Interrupted from problem
            raise _stopped() from problem
        except duckdb.TransactionException:
            raise
        except duckdb.OutOfMemoryException as problem:
            raise BigQueryError(
                "resourcesExceeded", f"Resources exceeded during query execution: {problem}"
            ) from problem
        except duckdb.Error as problem:
            raise explain(problem, job.configuration.get("query", {}).get("query", "")) from problem
        finally:
            active.cursor = None

    def _done(self, job: Job, outcome: Outcome) -> Job:
        """A copy of the job as it will be, for the record; the job itself changes once that is committed."""
        done = Job(**job.__dict__)
        done.state, done.ended = "DONE", self._milliseconds()
        done.statistics, done.errors = outcome.statistics, outcome.errors
        done.configuration = {**job.configuration, **outcome.configuration}
        return done

    def _fail(self, job: Job, problem: BigQueryError) -> None:
        failed = Job(**job.__dict__)
        failed.fail(problem, self._milliseconds())
        with self._database.transaction(writer=False) as cursor:
            self._store.save(cursor, failed)
        job.__dict__.update(failed.__dict__)


def _stopped() -> BigQueryError:
    return BigQueryError("stopped", "Job execution was cancelled: User requested cancellation")
