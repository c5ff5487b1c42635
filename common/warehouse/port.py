"""The port to a data warehouse: one dataset of tables, queried and loaded by named jobs.

A job has an id that the caller chooses. Starting the same job twice starts it once, so a step that was
interrupted starts it again without a thought, and any process can read the job's result by its id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from common.errors import ShelflineError

Rows = list[dict[str, Any]]
"""Rows by column name: str, int, float, bool, bytes, Decimal, date, aware datetime, list, dict, None."""


class Disposition(StrEnum):
    """What a load does with the rows that are in the table."""

    APPEND = "WRITE_APPEND"
    REPLACE = "WRITE_TRUNCATE"
    ONLY_IF_EMPTY = "WRITE_EMPTY"


class JobState(StrEnum):
    """How far a job is."""

    PENDING = "PENDING"
    RUNNING = "RUNNING"
    DONE = "DONE"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table. type: BigQuery's name, e.g. "INT64"; mode: NULLABLE, REQUIRED or REPEATED."""

    name: str
    type: str
    mode: str = "NULLABLE"
    fields: tuple["Column", ...] = ()
    """The columns inside a RECORD."""
    description: str = ""
    """What people call it or should know of it; a load that makes or replaces a table writes it."""


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A table as it is now.

    rows: None where they are not stored in it (a view, an external table); rows streamed in the last minutes may be
    missing, so this says how large the table is, not how many rows a query will give.
    kind: TABLE, VIEW, MATERIALIZED_VIEW, EXTERNAL or SNAPSHOT.
    modified: when its rows or columns last changed, to the millisecond.
    """

    rows: int | None
    columns: tuple[Column, ...]
    kind: str
    modified: datetime


@dataclass(frozen=True, slots=True)
class QueryPage:
    """Some rows of a result. next_page_token: None after the last; total_rows: of the whole result."""

    rows: Rows
    next_page_token: str | None
    total_rows: int


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it is now.

    error: why it failed, None while it runs or when it did well.
    output_rows: rows that a load wrote, a statement changed or an export wrote; None where that has no
    meaning.
    """

    id: str
    state: JobState
    error: ShelflineError | None = field(default=None, compare=False)
    output_rows: int | None = None


class Warehouse(Protocol):
    """One dataset. A table is named alone ("parts") or with its dataset ("staging.parts"), in SQL too.

    A failure never looks like "no rows". Every method may raise

    Misconfigured: a table or dataset does not exist, the SQL is wrong, we may not; the message names it. Reason
    "no_snapshot": a table cannot be read as of the time that was asked for.
    Unavailable: no answer, or not now; whether the job started is not known, so start it again by the same
    id.
    """

    def start_query(self, job_id: str, sql: str, parameters: Mapping[str, object]) -> None:
        """Start a query that runs by itself. A job of this id that was started before is left alone.

        An `export data` statement is a query too (`common.warehouse.export` makes one); see `job` for its end.
        parameters: `@name` in the SQL -> its value; the type is inferred, see `common.warehouse.parameters`.
        """
        ...

    def query_page(self, job_id: str, page_token: str | None, page_size: int) -> QueryPage:
        """A page of the result of a query that any process started. Kept for about a day after it ran.

        Raises:
            Retry: the job still runs; look again after `after` seconds.
            NotFound: there is no such job, or its result has expired: start the query anew by a new id.
        """
        ...

    def load_objects(
        self,
        job_id: str,
        table: str,
        uris: Sequence[str],
        schema: Sequence[Column] | None = None,
        disposition: Disposition = Disposition.APPEND,
    ) -> None:
        """Start a load of objects ("gs://bucket/name") with one JSON document a line into a table.

        All objects or none are loaded, and once: a job of this id that was started before is left alone. See
        `job` and `finished` for its end. With a schema the table is made if it is missing; Disposition.REPLACE puts
        rows and schema in the place of those that are there, in one moment.
        """
        ...

    def load_rows(
        self,
        job_id: str,
        table: str,
        rows: Sequence[Mapping[str, object]],
        schema: Sequence[Column] | None = None,
        disposition: Disposition = Disposition.APPEND,
    ) -> int:
        """Load rows that fit in memory, wait for the end, and answer how many rows the load wrote.

        Raises:
            Refuse: a row does not fit the table.
            Retry: the load still runs; call again with the same id.
        """
        ...

    def job(self, job_id: str) -> Job | None:
        """The job of this id, None if there is none."""
        ...

    def finished(self, job_id: str, patience: float) -> Job:
        """The job once it is done and did well, waited for at most `patience` seconds.

        Raises:
            Retry: it still runs.
            NotFound: there is no such job.
            ShelflineError: what it failed with.
        """
        ...

    def table(self, table: str) -> TableFacts:
        """Size, columns and age of a table or view. Raises Misconfigured, reason "no_table", if there is none."""
        ...

    def table_exists(self, table: str) -> bool:
        """Whether there is such a table."""
        ...

    def ensure_table(self, table: str, schema: Sequence[Column]) -> None:
        """Make a table if it is missing; one that exists is left as it is."""
        ...

    def execute(self, sql: str, parameters: Mapping[str, object], job_id: str | None = None) -> int:
        """Run a statement to its end; answers the rows it changed, 0 for one that changes none.

        job_id: with one, a statement that was started before is waited for and not run again.

        Raises:
            Retry: it still runs after the time this waits; call again with the same `job_id`.
        """
        ...

    def dry_run(self, sql: str, parameters: Mapping[str, object]) -> int:
        """Check a query without running it; answers the bytes that it would read."""
        ...
