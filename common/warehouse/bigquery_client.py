"""BigQuery through its own client."""

from __future__ import annotations

import io
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent import futures
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from common.errors import Conflict, Misconfigured, NotFound, Retry, ShelflineError
from common.once import Once
from common.recent import Recent
from common.warehouse import encoding, errors
from common.warehouse.parameters import infer
from common.warehouse.port import Column, Disposition, Job, JobState, QueryPage, Rows, TableFacts

if TYPE_CHECKING:
    from google.cloud.bigquery import Client, QueryJobConfig, Table

_TIMEOUT = 60.0  # seconds for one request
_NOT_STORED = frozenset({"VIEW", "EXTERNAL"})
_NO_LOADERS: Mapping[str, str] = {}


class BigQueryWarehouse:
    """A Warehouse on one dataset of BigQuery.

    location: where the dataset is; jobs run and are looked up there. "" for the US multi-region.
    endpoint: URL of a local service, which is called without credentials; "" for the real one.
    page_patience, patience: seconds to wait for a job, for `query_page` and for what runs to its end.
    retry_for: seconds that the client asks again by itself; a longer outage is the caller's to wait for.
    loaded_by: table -> flow whose `shelfline load` fills it; for messages.
    """

    def __init__(
        self,
        *,
        project: str,
        dataset: str,
        location: str = "",
        endpoint: str = "",
        page_patience: float = 2.0,
        patience: float = 60.0,
        retry_for: float = 20.0,
        loaded_by: Mapping[str, str] = _NO_LOADERS,
    ) -> None:
        self._dataset = f"{project}.{dataset}"
        self._project = project
        self._page_patience = page_patience
        self._patience = patience
        self._retry_for = retry_for
        self._loaded_by = loaded_by
        self._client = Once(lambda: _client(project, location, endpoint))
        # A result never changes, so knowing its columns saves two requests a page.
        self._results: Recent[str, Table] = Recent(64)

    def start_query(self, job_id: str, sql: str, parameters: Mapping[str, object]) -> None:
        """See Warehouse.start_query."""
        self._begin_query(job_id, sql, self._config(parameters))

    def query_page(self, job_id: str, page_token: str | None, page_size: int) -> QueryPage:
        """See Warehouse.query_page. One request a page, and two before a process' first page of a job."""
        table = self._results.get(job_id)
        if table is None:
            table = self._result_table(job_id)
            self._results.put(job_id, table)
        with self._translated():
            iterator = self._client().list_rows(
                table, page_token=page_token, page_size=page_size, **self._call_options()
            )
            rows = _rows(iterator)
        return QueryPage(rows, iterator.next_page_token, int(iterator.total_rows or 0))

    def load_objects(
        self,
        job_id: str,
        table: str,
        uris: Sequence[str],
        schema: Sequence[Column] | None = None,
        disposition: Disposition = Disposition.APPEND,
    ) -> None:
        """See Warehouse.load_objects."""
        with self._translated(), _started_once():
            job = self._client().load_table_from_uri(
                list(uris),
                self._table(table),
                job_id=job_id,
                job_config=_load_config(schema, disposition),
                **self._call_options(),
            )
            self._raise_failure(job)

    def load_rows(
        self,
        job_id: str,
        table: str,
        rows: Sequence[Mapping[str, object]],
        schema: Sequence[Column] | None = None,
        disposition: Disposition = Disposition.APPEND,
    ) -> int:
        """See Warehouse.load_rows. The rows travel as one upload."""
        body = encoding.json_lines(rows)
        with self._translated(), _started_once():
            self._client().load_table_from_file(
                io.BytesIO(body),
                self._table(table),
                size=len(body),
                num_retries=min(2, int(self._retry_for)),  # each waits a second or more
                job_id=job_id,
                job_config=_load_config(schema, disposition),
                timeout=_TIMEOUT,
            )
        return _output_rows(self._finished(job_id, self._patience)) or 0

    def job(self, job_id: str) -> Job | None:
        """See Warehouse.job."""
        job = self._look_up(job_id)
        if job is None:
            return None
        return Job(job_id, JobState(job.state), self._failure(job), _output_rows(job))

    def finished(self, job_id: str, patience: float) -> Job:
        """See Warehouse.finished."""
        job = self._finished(job_id, patience)
        return Job(job_id, JobState.DONE, None, _output_rows(job))

    def table(self, table: str) -> TableFacts:
        """See Warehouse.table. A missing dataset is reason "no_dataset"."""
        with self._translated():
            found = self._client().get_table(self._table(table), **self._call_options())
        return TableFacts(
            rows=None if found.table_type in _NOT_STORED else int(found.num_rows or 0),
            columns=tuple(encoding.column(field) for field in found.schema),
            kind=found.table_type,
            modified=found.modified,
        )

    def table_exists(self, table: str) -> bool:
        """See Warehouse.table_exists. A missing dataset is an error and not "no"."""
        try:
            self.table(table)
        except Misconfigured as error:
            if error.reason == "no_table":
                return False
            raise
        return True

    def ensure_table(self, table: str, schema: Sequence[Column]) -> None:
        """See Warehouse.ensure_table."""
        from google.cloud.bigquery import Table

        with self._translated():
            wanted = Table(self._table(table), schema=[encoding.field(column) for column in schema])
            self._client().create_table(wanted, exists_ok=True, **self._call_options())

    def execute(self, sql: str, parameters: Mapping[str, object], job_id: str | None = None) -> int:
        """See Warehouse.execute."""
        job_id = job_id or f"shelfline-{uuid.uuid4()}"
        self._begin_query(job_id, sql, self._config(parameters))
        return _output_rows(self._finished(job_id, self._patience)) or 0

    def dry_run(self, sql: str, parameters: Mapping[str, object]) -> int:
        """See Warehouse.dry_run."""
        config = self._config(parameters)
        config.dry_run, config.use_query_cache = True, False
        job = self._begin_query(f"shelfline-{uuid.uuid4()}", sql, config)
        return int(job.total_bytes_processed or 0)

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if client := self._client.take():
            client.close()  # type: ignore[no-untyped-call]

    def _begin_query(self, job_id: str, sql: str, config: QueryJobConfig) -> Any:
        """Start a query job; the job, or None if it was started before."""
        job = None
        with self._translated(), _started_once():
            # The client's own repeating would need an id of its own choice.
            job = self._client().query(
                sql, job_config=config, job_id=job_id, job_retry=None, **self._call_options()
            )
            self._raise_failure(job)
        return job

    def _config(self, parameters: Mapping[str, object]) -> QueryJobConfig:
        from google.cloud.bigquery import QueryJobConfig

        named = [encoding.query_parameter(parameter) for parameter in infer(parameters)]
        return QueryJobConfig(query_parameters=named, default_dataset=self._dataset)

    def _result_table(self, job_id: str) -> Table:
        """The temporary table with a query's result, its columns known."""
        job = self._finished(job_id, self._page_patience)
        if job.job_type != "query" or job.destination is None:
            raise NotFound(f"the BigQuery job {job_id} has no rows to read", reason="no_result")
        try:
            with self._translated():
                return self._client().get_table(job.destination, **self._call_options())
        except Misconfigured as error:
            if error.reason not in ("no_table", "no_dataset"):
                raise
            raise NotFound(
                f"the result of the BigQuery job {job_id} has expired; start the query anew",
                reason="no_result",
            ) from error

    def _look_up(self, job_id: str) -> Any:
        """The client's job of this id, None if there is none."""
        try:
            with self._translated():
                return self._client().get_job(job_id, **self._call_options())
        except NotFound:
            return None

    def _finished(self, job_id: str, patience: float) -> Any:
        """The client's job once it is done, waited for at most `patience` seconds."""
        job = self._known(job_id)
        if job.state != JobState.DONE:
            self._wait(job, patience)
            job = self._known(job_id)
        if job.state != JobState.DONE:
            raise Retry(f"the BigQuery job {job_id} still runs", reason="job_running", after=2.0)
        return job

    def _known(self, job_id: str) -> Any:
        """The client's job of this id, as it is now."""
        job = self._look_up(job_id)
        if job is None:
            raise NotFound(f"there is no BigQuery job {job_id}; start it anew", reason="no_job")
        self._raise_failure(job)
        return job

    def _wait(self, job: Any, patience: float) -> None:
        """Wait for a job to end, or for `patience` seconds. What it failed with, the job itself tells afterwards."""
        from google.api_core.exceptions import GoogleAPICallError

        with self._translated(), suppress(futures.TimeoutError, GoogleAPICallError):
            if job.job_type == "query":
                self._wait_for_query(job, patience)
            else:
                job.result(timeout=patience, retry=self._call_options()["retry"])

    def _wait_for_query(self, job: Any, patience: float) -> None:
        """Ask for a query's result without rows, which the service answers once there is one or the time is over.

        The client's own `result` cannot be told how long that may take, and its futures look at the job in intervals.
        """
        end = time.monotonic() + patience
        while (left := end - time.monotonic()) > 0:
            answer = self._client()._get_query_results(
                job.job_id, timeout_ms=int(left * 1000), location=job.location, **self._call_options()
            )
            if answer.complete:
                return

    def _table(self, name: str) -> str:
        return f"{self._project}.{name}" if "." in name else f"{self._dataset}.{name}"

    def _raise_failure(self, job: Any) -> None:
        """A job can be refused in the very answer that says it was made."""
        if failure := self._failure(job):
            raise failure

    def _failure(self, job: Any) -> ShelflineError | None:
        return errors.from_job(job.error_result, self._loaded_by) if job.error_result else None

    def _call_options(self) -> dict[str, Any]:
        from google.cloud.bigquery import DEFAULT_RETRY

        return {"retry": DEFAULT_RETRY.with_timeout(self._retry_for), "timeout": _TIMEOUT}

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Raise our errors for the client's."""
        try:
            yield
        except ShelflineError:
            raise
        except Exception as error:
            ours = errors.translate(error, self._loaded_by)
            if ours is None:
                raise
            raise ours from error


@contextmanager
def _started_once() -> Iterator[None]:
    """A job whose id is taken was started before, which is what was wanted."""
    from google.api_core import exceptions

    try:
        yield
    except (exceptions.Conflict, Conflict):
        return


def _client(project: str, location: str, endpoint: str) -> Client:
    from google.cloud.bigquery import Client

    if not endpoint:
        return Client(project=project, location=location or None)
    from google.auth.credentials import AnonymousCredentials

    return Client(
        project=project,
        location=location or None,
        credentials=AnonymousCredentials(),  # type: ignore[no-untyped-call]
        client_options={"api_endpoint": endpoint},
    )


def _load_config(schema: Sequence[Column] | None, disposition: Disposition) -> Any:
    from google.cloud.bigquery import LoadJobConfig, SourceFormat

    config = LoadJobConfig(
        source_format=SourceFormat.NEWLINE_DELIMITED_JSON, write_disposition=str(disposition)
    )
    if schema is None:
        config.create_disposition = "CREATE_NEVER"
    else:
        config.schema = [encoding.field(column) for column in schema]
    return config


def _rows(iterator: Any) -> Rows:
    """The rows of an iterator's next page."""
    names = [field.name for field in iterator.schema]
    page = next(iterator.pages, None)
    # Row.items() would deep-copy every value.
    return [] if page is None else [dict(zip(names, row, strict=True)) for row in page]


def _output_rows(job: Any) -> int | None:
    if job.job_type == "load":
        return None if job.output_rows is None else int(job.output_rows)
    if job.job_type != "query":
        return None
    exported = job._properties.get("statistics", {}).get("query", {}).get("exportDataStatistics")
    if exported:
        return int(exported["rowCount"])
    return None if job.num_dml_affected_rows is None else int(job.num_dml_affected_rows)
