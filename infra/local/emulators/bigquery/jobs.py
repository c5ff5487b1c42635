# SQL is generated here: names are quoted, values are bound or quoted
"""Jobs as they are recorded. A record is written before the job is answered for, and again in the job's own
transaction.
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.errors import BigQueryError, invalid

KINDS = {"query": "QUERY", "load": "LOAD", "extract": "EXTRACT", "copy": "COPY"}
_TABLE = """
CREATE TABLE IF NOT EXISTS _catalog.jobs (
    project VARCHAR, job_id VARCHAR, created BIGINT, state VARCHAR, record VARCHAR
)"""
_KEY = "project = ? AND job_id = ?"


@dataclass
class Job:
    """One job. `upload` is the file its data was uploaded to, `planted` the error a fault ends it with."""

    project: str
    job_id: str
    created: int
    configuration: dict[str, Any]
    location: str = "US"
    state: str = "PENDING"
    started: int | None = None
    ended: int | None = None
    error: dict[str, Any] | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)
    statistics: dict[str, Any] = field(default_factory=dict)
    upload: str | None = None
    planted: dict[str, Any] | None = None
    attempts: int = 0

    @property
    def kind(self) -> str:
        """Which of query, load, extract or copy it is; anything else is refused."""
        kinds = [name for name in KINDS if name in self.configuration]
        if len(kinds) != 1:
            raise invalid(
                "Required parameter is missing: a job configuration holds one of query, load, extract, copy"
            )
        return kinds[0]

    def __str__(self) -> str:
        return f"{self.project}:{self.location}.{self.job_id}"

    def reference(self) -> dict[str, str]:
        """The JobReference resource."""
        return {"projectId": self.project, "jobId": self.job_id, "location": self.location}

    def resource(self) -> dict[str, Any]:
        """The Job resource."""
        status: dict[str, Any] = {"state": self.state}
        if self.error is not None:
            status["errorResult"] = self.error
        if self.errors:
            status["errors"] = self.errors
        times = {"creationTime": self.created, "startTime": self.started, "endTime": self.ended}
        stamps = {name: str(time) for name, time in times.items() if time is not None}
        return {
            "kind": "bigquery#job",
            "id": str(self),
            "jobReference": self.reference(),
            "configuration": {**self.configuration, "jobType": KINDS[self.kind]},
            "user_email": "local@localhost",
            "status": status,
            "statistics": {**stamps, **self.statistics},
        }

    def fail(self, problem: BigQueryError, ended: int) -> None:
        """End it with an error; what a work reported besides is kept in `errors`."""
        self.state, self.ended = "DONE", ended
        self.error = problem.entry()
        self.errors = [self.error, *problem.details]

    def problem(self) -> BigQueryError | None:
        """Its error as one to raise."""
        if self.error is None:
            return None
        return BigQueryError(self.error["reason"], self.error["message"], location=self.error.get("location"))


@dataclass
class Outcome:
    """What a job that worked leaves behind in its record; `errors` are rows that were left out with leave."""

    statistics: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    configuration: dict[str, Any] = field(default_factory=dict)


class Work(Protocol):
    """What a job does. `execute` may be called again when its transaction lost against another one."""

    @property
    def writes(self) -> bool:
        """Whether it changes a table that others may change too."""
        ...

    def prepare(self) -> None:
        """Everything slow that needs no transaction, e.g. fetching files."""
        ...

    def execute(self, cursor: DuckDBPyConnection) -> Outcome:
        """The work itself, in one transaction with the job's record."""
        ...

    def close(self) -> None:
        """Give back what `prepare` took."""
        ...


class JobStore:
    """The job records in DuckDB; works through the caller's cursor, as the catalogue does."""

    def prepare(self, cursor: DuckDBPyConnection) -> None:
        """Make the table if it is not there."""
        cursor.execute(_TABLE)

    def add(self, cursor: DuckDBPyConnection, job: Job) -> None:
        """Record a new job."""
        values = [job.project, job.job_id, job.created, job.state, json.dumps(asdict(job))]
        cursor.execute("INSERT INTO _catalog.jobs VALUES (?, ?, ?, ?, ?)", values)

    def save(self, cursor: DuckDBPyConnection, job: Job) -> None:
        """Record what has become of a job."""
        values = [job.state, json.dumps(asdict(job)), job.project, job.job_id]
        cursor.execute(f"UPDATE _catalog.jobs SET state = ?, record = ? WHERE {_KEY}", values)

    def find(self, cursor: DuckDBPyConnection, project: str, job_id: str) -> Job | None:
        """One job as last recorded."""
        row = cursor.execute(f"SELECT record FROM _catalog.jobs WHERE {_KEY}", [project, job_id]).fetchone()
        return None if row is None else Job(**json.loads(row[0]))

    def ids(self, cursor: DuckDBPyConnection) -> set[tuple[str, str]]:
        """Project and id of every job there is."""
        return set(cursor.execute("SELECT project, job_id FROM _catalog.jobs").fetchall())

    def delete(self, cursor: DuckDBPyConnection, job: Job) -> None:
        """Forget a job; its results stay until they expire."""
        cursor.execute(f"DELETE FROM _catalog.jobs WHERE {_KEY}", [job.project, job.job_id])

    def newest(self, cursor: DuckDBPyConnection, project: str) -> list[Job]:
        """Every job of a project, the newest first."""
        rows = cursor.execute(
            "SELECT record FROM _catalog.jobs WHERE project = ? ORDER BY created DESC, rowid DESC", [project]
        ).fetchall()
        return [Job(**json.loads(row[0])) for row in rows]

    def unfinished(self, cursor: DuckDBPyConnection) -> list[Job]:
        """Jobs that were not done when the emulator last ended, the oldest first."""
        rows = cursor.execute(
            "SELECT record FROM _catalog.jobs WHERE state <> 'DONE' ORDER BY created, rowid"
        ).fetchall()
        return [Job(**json.loads(row[0])) for row in rows]
