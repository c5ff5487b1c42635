"""Jobs without a server: their one transaction, their end after crashes, their ids."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest
from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.catalog import Catalog
from infra.local.emulators.bigquery.database import Database
from infra.local.emulators.bigquery.discovery import discovery_document
from infra.local.emulators.bigquery.errors import BigQueryError
from infra.local.emulators.bigquery.jobs import Job, JobStore, Outcome
from infra.local.emulators.bigquery.runner import JobRunner
from infra.local.emulators.bigquery.server import OPERATIONS


@dataclass
class FakeWork:
    """A work that does what it is told."""

    do: Callable[[DuckDBPyConnection], None] = lambda cursor: None
    writes: bool = False
    closed: list[bool] = field(default_factory=list)

    def prepare(self) -> None:
        pass

    def execute(self, cursor: DuckDBPyConnection) -> Outcome:
        self.do(cursor)
        return Outcome({"query": {"statementType": "SELECT"}})

    def close(self) -> None:
        self.closed.append(True)


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "jobs.duckdb")
    with database.transaction(writer=True) as cursor:
        Catalog(lambda: 0).prepare(cursor)
        JobStore().prepare(cursor)
        cursor.execute("CREATE TABLE effects (n BIGINT)")
    yield database
    database.close()


def _job(job_id: str = "j") -> Job:
    return Job("p", job_id, 1, {"query": {"query": "SELECT 1"}})


def _run(database: Database, work: FakeWork, job: Job) -> Job:
    runner = JobRunner(database, JobStore(), lambda job: work, lambda: 5)
    runner.submit(job)
    runner.finished(job).result(10)
    runner.close()
    return runner.get(job.project, job.job_id)


def _effects(database: Database) -> list[tuple[int]]:
    with database.cursor() as cursor:
        return cursor.execute("SELECT n FROM effects").fetchall()


def test_the_effect_and_the_record_of_a_job_are_one(fresh: Database) -> None:
    def insert_then_break(cursor: DuckDBPyConnection) -> None:
        cursor.execute("INSERT INTO effects VALUES (1)")
        raise BigQueryError("invalid", "broken")

    work = FakeWork(insert_then_break)
    job = _run(fresh, work, _job())
    assert (job.state, job.error) == ("DONE", {"reason": "invalid", "message": "broken"})
    assert _effects(fresh) == []
    assert work.closed == [True]


def test_a_work_that_lost_against_another_is_tried_again(fresh: Database) -> None:
    tries = []

    def lose_twice(cursor: DuckDBPyConnection) -> None:
        cursor.execute("INSERT INTO effects VALUES (1)")
        tries.append(1)
        if len(tries) < 3:
            raise duckdb.TransactionException("conflict")

    assert _run(fresh, FakeWork(lose_twice), _job()).error is None
    assert _effects(fresh) == [(1,)]


def test_a_defect_of_the_emulator_is_an_internal_error(
    fresh: Database, caplog: pytest.LogCaptureFixture
) -> None:
    def defect(cursor: DuckDBPyConnection) -> None:
        raise KeyError("oops")

    job = _run(fresh, FakeWork(defect), _job())
    assert job.error is not None
    assert job.error["reason"] == "internalError"
    assert "KeyError" in caplog.text


def test_an_id_is_taken_even_after_its_job_was_deleted(fresh: Database) -> None:
    runner = JobRunner(fresh, JobStore(), lambda job: FakeWork(), lambda: 5)
    job = _job()
    runner.submit(job)
    runner.finished(job).result(10)
    runner.delete(runner.get("p", "j"))
    with pytest.raises(BigQueryError, match="Not found: Job"):
        runner.get("p", "j")
    with pytest.raises(BigQueryError, match="Already Exists: Job"):
        runner.submit(_job())
    runner.close()


def test_an_unfinished_job_runs_again_and_gives_up_after_three_crashes(fresh: Database) -> None:
    fresh_jobs = [_job("again"), _job("hopeless")]
    fresh_jobs[1].attempts = 2
    with fresh.transaction(writer=False) as cursor:
        for job in fresh_jobs:
            JobStore().add(cursor, job)
    runner = JobRunner(fresh, JobStore(), lambda job: FakeWork(), lambda: 5)
    runner.resume()
    runner.finished(fresh_jobs[0]).result(10)
    runner.close()
    assert runner.get("p", "again").error is None
    assert (runner.get("p", "hopeless").error or {})["reason"] == "backendError"


def test_a_job_that_is_cancelled_before_it_begins_does_nothing(fresh: Database) -> None:
    gate, begun = threading.Event(), threading.Event()

    def hold(cursor: DuckDBPyConnection) -> None:
        begun.set()
        assert gate.wait(10)

    works = {
        "first": FakeWork(hold),
        "second": FakeWork(lambda cursor: cursor.execute("INSERT INTO effects VALUES (2)")),
    }
    runner = JobRunner(fresh, JobStore(), lambda job: works[job.job_id], lambda: 5, threads=1)
    first, second = _job("first"), _job("second")
    runner.submit(first)
    assert begun.wait(10)
    runner.submit(second)
    assert runner.get("p", "second").state == "PENDING"
    runner.cancel("p", "second")
    gate.set()
    runner.finished(second).result(10)
    runner.close()
    assert (runner.get("p", "second").error or {})["reason"] == "stopped"
    assert _effects(fresh) == []


def test_a_job_that_is_cut_by_a_clean_stop_runs_again(fresh: Database) -> None:
    begun = threading.Event()

    def long(cursor: DuckDBPyConnection) -> None:
        begun.set()
        cursor.execute(
            "SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE a.range * b.range = 7"
        )

    runner = JobRunner(fresh, JobStore(), lambda job: FakeWork(long), lambda: 5)
    runner.submit(_job("long"))
    assert begun.wait(10)
    runner.close()
    again = JobRunner(fresh, JobStore(), lambda job: FakeWork(), lambda: 5)
    again.resume()
    again.finished(_job("long")).result(10)
    again.close()
    assert (again.get("p", "long").state, again.get("p", "long").error) == ("DONE", None)


@pytest.mark.parametrize("configuration", [{}, {"model": {}}, {"query": {}, "load": {}}])
def test_a_job_of_no_kind_or_of_two_is_refused(configuration: dict[str, object]) -> None:
    with pytest.raises(BigQueryError, match="one of query, load, extract, copy"):
        _ = Job("p", "j", 1, configuration).kind


def test_the_discovery_document_names_every_method_that_is_served() -> None:
    document = discovery_document("http://127.0.0.1:1/", OPERATIONS)
    methods = {
        f"{r}.{m}": body for r, found in document["resources"].items() for m, body in found["methods"].items()
    }
    assert set(methods) == {operation.name for operation in OPERATIONS}
    table = methods["tables.get"]
    assert table["path"] == "projects/{+projectId}/datasets/{+datasetId}/tables/{+tableId}"
    assert table["parameterOrder"] == ["projectId", "datasetId", "tableId"]
    assert methods["jobs.insert"]["supportsMediaUpload"] is True
