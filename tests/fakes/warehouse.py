"""A warehouse in memory: BigQuery's SQL, translated and run by DuckDB inside the process."""

import csv
import io
import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from common.errors import Misconfigured, NotFound, Refuse, Retry, ShelflineError
from common.objects.store import ObjectStore
from common.warehouse import encoding
from common.warehouse.parameters import infer
from common.warehouse.port import Column, Disposition, Job, JobState, QueryPage, Rows, TableFacts

_TYPES = {
    "STRING": "VARCHAR",
    "INT64": "BIGINT",
    "INTEGER": "BIGINT",
    "FLOAT64": "DOUBLE",
    "BOOL": "BOOLEAN",
    "NUMERIC": "DECIMAL(38, 9)",
    "BIGNUMERIC": "DECIMAL(38, 18)",
    "TIMESTAMP": "TIMESTAMP WITH TIME ZONE",
    "DATE": "DATE",
    "BYTES": "BLOB",
    "JSON": "JSON",
}
_NAMES = {duckdb_name: name for name, duckdb_name in _TYPES.items() if name != "INTEGER"}
_NAMES |= {"DECIMAL(38,9)": "NUMERIC", "DECIMAL(38,18)": "BIGNUMERIC"}
_KIND = """
select 'TABLE' from duckdb_tables() where database_name = current_database() and table_name = $1
union all select 'VIEW' from duckdb_views() where database_name = current_database() and view_name = $1 and not internal
"""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class FakeWarehouse:
    """Runs every job at once, unless told to hold jobs back. Close it.

    objects: where loads read and exports write; the bucket in a URI is not looked at.
    export_shard_rows: so many rows of an export are one object.
    now: the time as tables have it.
    """

    def __init__(
        self,
        objects: ObjectStore | None = None,
        *,
        export_shard_rows: int = 10_000,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = duckdb.connect()
        self._clock = now
        self._export_shard_rows = export_shard_rows
        self._schemas: dict[str, tuple[Column, ...]] = {}
        self._modified: dict[str, datetime] = {}
        self._objects = objects
        self._jobs: dict[str, Job] = {}
        self._held: dict[str, Callable[[], int | None]] = {}
        self._holding = False

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def hold(self) -> None:
        """Let jobs run from now on until `release`."""
        self._holding = True

    def release(self) -> None:
        """End every job that runs."""
        self._holding = False
        held, self._held = self._held, {}
        for job_id, work in held.items():
            self._run(job_id, work)

    def start_query(self, job_id: str, sql: str, parameters: Mapping[str, object]) -> None:
        """See Warehouse.start_query."""
        values = {parameter.name: parameter.value for parameter in infer(parameters)}
        self._start(job_id, lambda: self._query(job_id, sql, values))

    def query_page(self, job_id: str, page_token: str | None, page_size: int) -> QueryPage:
        """See Warehouse.query_page."""
        self._finished(job_id)
        table, start = f'"result of {job_id}"', int(page_token or 0)
        [(total,)] = self._database.execute(f"select count(*) from {table}").fetchall()
        end = start + page_size
        rows = self._read(f"{table} order by rowid limit {page_size} offset {start}", table)
        return QueryPage(rows, str(end) if end < total else None, total)

    def load_objects(
        self,
        job_id: str,
        table: str,
        uris: Sequence[str],
        schema: Sequence[Column] | None = None,
        disposition: Disposition = Disposition.APPEND,
    ) -> None:
        """See Warehouse.load_objects."""
        assert self._objects is not None, "give the fake a store to load from"
        objects = self._objects
        names = [uri.removeprefix("gs://").partition("/")[2] for uri in uris]

        def load() -> int:
            return self._load(table, b"".join(objects.get(name) for name in names), schema, disposition)

        self._start(job_id, load)

    def load_rows(
        self,
        job_id: str,
        table: str,
        rows: Sequence[Mapping[str, object]],
        schema: Sequence[Column] | None = None,
        disposition: Disposition = Disposition.APPEND,
    ) -> int:
        """See Warehouse.load_rows."""
        lines = encoding.json_lines(rows)
        self._start(job_id, lambda: self._load(table, lines, schema, disposition))
        return self._finished(job_id).output_rows or 0

    def job(self, job_id: str) -> Job | None:
        """See Warehouse.job."""
        return self._jobs.get(job_id)

    def finished(self, job_id: str, patience: float) -> Job:
        """See Warehouse.finished. What is held back does not end by waiting."""
        return self._finished(job_id)

    def table(self, table: str) -> TableFacts:
        """See Warehouse.table."""
        found = self._database.execute(_KIND, [table]).fetchone()
        if found is None:
            raise Misconfigured(f"there is no such table: {table}", reason="no_table")
        (kind,) = found
        rows = None if kind == "VIEW" else self._count(table)
        return TableFacts(rows, self._columns(table), kind, self._modified.get(table, _EPOCH))

    def table_exists(self, table: str) -> bool:
        """See Warehouse.table_exists."""
        try:
            self.table(table)
        except Misconfigured:
            return False
        return True

    def ensure_table(self, table: str, schema: Sequence[Column]) -> None:
        """See Warehouse.ensure_table."""
        if not self.table_exists(table):
            self._schemas[table] = tuple(schema)
            self._modified[table] = self._now()
        columns = ", ".join(f'"{column.name}" {_type(column)}{_constraint(column)}' for column in schema)
        self._database.execute(f'create table if not exists "{table}" ({columns})')

    def execute(self, sql: str, parameters: Mapping[str, object], job_id: str | None = None) -> int:
        """See Warehouse.execute."""
        job_id = job_id or f"execute {len(self._jobs)}"
        self.start_query(job_id, sql, parameters)
        return self._finished(job_id).output_rows or 0

    def dry_run(self, sql: str, parameters: Mapping[str, object]) -> int:
        """See Warehouse.dry_run. The bytes are a guess; that the query is right is not."""
        values = {parameter.name: parameter.value for parameter in infer(parameters)}
        with _translated():
            statement, used = _translate(sql, values)
            self._database.execute(f"explain {statement}", used)
        return len(sql)

    def _now(self) -> datetime:
        """The time as tables of BigQuery have it: in whole milliseconds."""
        now = self._clock()
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def _start(self, job_id: str, work: Callable[[], int | None]) -> None:
        if job_id in self._jobs:
            return
        if self._holding:
            self._jobs[job_id] = Job(job_id, JobState.RUNNING)
            self._held[job_id] = work
            return
        self._run(job_id, work)

    def _run(self, job_id: str, work: Callable[[], int | None]) -> None:
        error, output_rows = None, None
        try:
            with _translated():
                output_rows = work()
        except ShelflineError as failure:
            error = failure
        self._jobs[job_id] = Job(job_id, JobState.DONE, error, output_rows)

    def _finished(self, job_id: str) -> Job:
        job = self._jobs.get(job_id)
        if job is None:
            raise NotFound(f"there is no job {job_id}", reason="no_job")
        if job.error is not None:
            raise job.error
        if job.state != JobState.DONE:
            raise Retry("the job still runs", reason="job_running", after=2.0)
        return job

    def _query(self, job_id: str, sql: str, values: Mapping[str, Any]) -> int | None:
        tree = sqlglot.parse_one(sql, read="bigquery")
        if isinstance(tree, exp.Export):
            return self._export(tree, values)
        statement, used = _translate(sql, values)
        if isinstance(tree, exp.Query):
            self._check_times(tree, values)
            self._database.execute(f'create table "result of {job_id}" as {statement}', used)
            return None
        changed = self._database.execute(statement, used).fetchall()
        if target := tree.find(exp.Table):
            self._modified[target.name] = self._now()
        return int(changed[0][0]) if changed and isinstance(changed[0][0], int) else 0

    def _check_times(self, tree: exp.Expression, values: Mapping[str, Any]) -> None:
        """Only the present state of a table is kept; it is that of any time since its last change."""
        for node in tree.find_all(exp.Table):
            version = node.args.get("version")
            if version is None:
                continue
            asked = values[version.expression.name]
            if not self.table(node.name).modified <= asked <= self._now():
                raise Misconfigured(f"{node.name} cannot be read as of {asked}", reason="no_snapshot")

    def _export(self, tree: exp.Export, values: Mapping[str, Any]) -> int:
        assert self._objects is not None, "give the fake a store to export to"
        uri = next(
            option.args["value"].name for option in tree.find_all(exp.Property) if option.name == "uri"
        )
        self._check_times(tree, values)
        statement, used = _translate(tree.this.sql(dialect="bigquery"), values)
        result = self._database.execute(statement, used)
        header, rows = [column[0] for column in result.description or []], result.fetchall()
        for place, start in enumerate(range(0, max(len(rows), 1), self._export_shard_rows)):
            text = io.StringIO(newline="")
            writer = csv.writer(text, lineterminator="\n")
            writer.writerows([header, *rows[start : start + self._export_shard_rows]])
            name = uri.removeprefix("gs://").partition("/")[2].replace("*", f"{place:012}")
            self._objects.put(name, text.getvalue().encode(), content_type="text/csv")
        return len(rows)

    def _count(self, table: str) -> int:
        [(count,)] = self._database.execute(f'select count(*) from "{table}"').fetchall()
        return int(count)

    def _columns(self, table: str) -> tuple[Column, ...]:
        if table in self._schemas:
            return self._schemas[table]
        described = self._database.execute(f'describe "{table}"').fetchall()
        return tuple(Column(name, _NAMES.get(type_, "STRING")) for name, type_, *_ in described)

    def _load(
        self, table: str, lines: bytes, schema: Sequence[Column] | None, disposition: Disposition
    ) -> int:
        if schema is not None:
            if disposition is Disposition.REPLACE:
                self._database.execute(f'drop table if exists "{table}"')
            self.ensure_table(table, schema)
        rows = [_document(line) for line in lines.splitlines() if line.strip()]
        types = {name: type_ for name, type_, *_ in self._database.execute(f'describe "{table}"').fetchall()}
        self._prepare(table, disposition)
        with self._transaction():
            for names, alike in itertools.groupby(rows, tuple):
                self._insert(table, names, list(alike), types)
        self._modified[table] = self._now()
        return len(rows)

    def _prepare(self, table: str, disposition: Disposition) -> None:
        if disposition is Disposition.REPLACE:
            self._database.execute(f'delete from "{table}"')
        if disposition is Disposition.ONLY_IF_EMPTY and self._count(table):
            raise Misconfigured(f"the table {table} already has rows", reason="invalid_query")

    def _insert(
        self, table: str, names: Sequence[str], rows: Sequence[Mapping[str, Any]], types: Mapping[str, str]
    ) -> None:
        """Rows of the same columns: the statement is prepared once for all of them."""
        if unknown := set(names) - types.keys():
            raise Refuse(f"there is no column {', '.join(sorted(unknown))}", reason="bad_rows")
        columns = ", ".join(f'"{name}"' for name in names)
        values = ", ".join(
            f"from_base64(${n})" if types[name] == "BLOB" else f"${n}"
            for n, name in enumerate(names, start=1)
        )
        cells = [list(row.values()) for row in rows]
        self._database.executemany(f'insert into "{table}" ({columns}) values ({values})', cells)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("begin")
        try:
            yield
        except BaseException as error:
            self._database.execute("rollback")
            if isinstance(error, duckdb.Error):
                raise Refuse(f"a row does not fit the table: {error}", reason="bad_rows") from error
            raise
        self._database.execute("commit")

    def _read(self, source: str, table: str) -> Rows:
        """Rows as the client gives them. Timestamps leave as numbers: DuckDB would ask for a time zone
        library.
        """
        columns = self._database.execute(f"describe {table}").fetchall()
        zoned = {name for name, type_, *_ in columns if type_ == "TIMESTAMP WITH TIME ZONE"}
        chosen = ", ".join(f'epoch_us("{name}")' if name in zoned else f'"{name}"' for name, *_ in columns)
        names = [name for name, *_ in columns]
        found = self._database.execute(f"select {chosen} from {source}").fetchall()
        return [
            {name: _moment(value) if name in zoned else value for name, value in zip(names, row, strict=True)}
            for row in found
        ]


def _translate(sql: str, values: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """DuckDB's SQL for BigQuery's, and the parameters that it uses."""
    tree = sqlglot.parse_one(sql, read="bigquery")
    for node in list(tree.find_all(exp.Table)):
        node.set("version", None)
    used = {parameter.name for parameter in tree.find_all(exp.Parameter)}
    if missing := used - values.keys():
        raise Misconfigured(f"Query parameter '{missing.pop()}' not found", reason="invalid_query")
    return tree.sql(dialect="duckdb"), {name: values[name] for name in used}


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except duckdb.CatalogException as error:
        raise Misconfigured(f"there is no such table: {error}", reason="no_table") from error
    except (duckdb.Error, sqlglot.errors.SqlglotError) as error:
        raise Misconfigured(f"the SQL is wrong: {error}", reason="invalid_query") from error


def _type(column: Column) -> str:
    inner = ", ".join(f'"{field.name}" {_type(field)}' for field in column.fields)
    plain = f"STRUCT({inner})" if column.fields else _TYPES[column.type]
    return f"{plain}[]" if column.mode == "REPEATED" else plain


def _constraint(column: Column) -> str:
    return " not null" if column.mode == "REQUIRED" else ""


def _document(line: bytes) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(line)
    return document


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else _EPOCH + timedelta(microseconds=microseconds)
