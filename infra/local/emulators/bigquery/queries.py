"""Query jobs: which kind of statement it is, and what a SELECT does."""

from typing import Any

import duckdb
from duckdb import DuckDBPyConnection
from sqlglot import exp

from infra.local.emulators.bigquery.catalog import Table
from infra.local.emulators.bigquery.changes import Change, is_change
from infra.local.emulators.bigquery.definitions import Definition, is_definition
from infra.local.emulators.bigquery.destinations import Destination, insert_into
from infra.local.emulators.bigquery.errors import BigQueryError, invalid, unsupported
from infra.local.emulators.bigquery.exports import ExportData, Exporter
from infra.local.emulators.bigquery.fields import Field, schema_resource
from infra.local.emulators.bigquery.functions import Surroundings
from infra.local.emulators.bigquery.jobs import Job, Outcome
from infra.local.emulators.bigquery.names import DatasetName, TableName, anonymous_table
from infra.local.emulators.bigquery.parameters import read_parameters
from infra.local.emulators.bigquery.services import Services
from infra.local.emulators.bigquery.sizes import table_bytes
from infra.local.emulators.bigquery.translation import Translator, describe, explain, parse

_ANONYMOUS_LIFE = 24 * 3600 * 1000  # milliseconds; how long BigQuery keeps a result


class QueryWork:
    """One statement, as a job or as a dry run."""

    def __init__(self, services: Services, job: Job) -> None:
        self._services = services
        self._job = job
        self._configuration: dict[str, Any] = job.configuration["query"]
        if self._configuration.get("useLegacySql") is True:
            raise unsupported("legacy SQL; set useLegacySql to false")
        self._parameters = read_parameters(self._configuration.get("queryParameters") or [])
        self._sql = self._configuration.get("query") or ""
        if not self._sql.strip():
            raise invalid("Required parameter is missing: query")
        self._tree = parse(self._sql)

    @property
    def writes(self) -> bool:
        """A plain SELECT writes only to a table of its own."""
        if isinstance(self._tree, exp.Query):
            return "destinationTable" in self._configuration
        return not isinstance(self._tree, exp.Export)

    def prepare(self) -> None:
        """Make the hidden dataset for anonymous results, once for each project."""
        self._services.results.prepare(anonymous_table(self._job.project, self._job.job_id).parent)

    def close(self) -> None:
        """Nothing is held."""

    def execute(self, cursor: DuckDBPyConnection) -> Outcome:
        """Run the statement."""
        translator = self._translator(cursor)
        tree = self._tree.copy()
        if isinstance(tree, exp.Query):
            outcome = self._select(cursor, translator, tree)
        elif isinstance(tree, exp.Export):
            outcome = self._export(cursor, translator, tree)
        elif is_change(tree):
            outcome = Change(self._services.catalog, cursor, translator, tree).execute()
        else:
            outcome = self._define(cursor, translator, tree)
        processed = self._bytes(cursor, translator)
        outcome.statistics["totalBytesProcessed"] = str(processed)
        outcome.statistics["query"] |= self._common(translator, processed)
        return outcome

    def dry_run(self) -> dict[str, Any]:
        """The statistics of the job without running it; raises what running it would raise while planning."""
        with self._services.database.cursor() as cursor:
            try:
                return self._plan(cursor)
            except duckdb.Error as problem:
                raise explain(problem, self._sql) from problem

    def _plan(self, cursor: DuckDBPyConnection) -> dict[str, Any]:
        translator = self._translator(cursor)
        tree = self._tree.copy()
        kind, fields = "SELECT", None
        if isinstance(tree, exp.Query):
            fields = describe(cursor, translator.query(tree))
        elif is_change(tree):
            kind = Change(self._services.catalog, cursor, translator, tree).plan()
        elif isinstance(tree, exp.Export):
            ExportData.of(tree)
            kind, fields = "EXPORT_DATA", describe(cursor, translator.query(tree.this))
        else:
            kind = Definition(self._services.catalog, cursor, translator, tree, self._sql).kind
        processed = self._bytes(cursor, translator)
        query = {"statementType": kind, **self._common(translator, processed)}
        if fields is not None:
            query["schema"] = schema_resource(fields)
        return {"totalBytesProcessed": str(processed), "query": query}

    def _translator(self, cursor: DuckDBPyConnection) -> Translator:
        surroundings = Surroundings(self._job.project, self._services.clock.now(), self._parameters)
        reference = self._configuration.get("defaultDataset")
        default = None
        if reference:
            default = DatasetName(reference.get("projectId") or self._job.project, reference["datasetId"])
        return Translator(self._services.catalog, cursor, surroundings, default)

    def _open(self, cursor: DuckDBPyConnection, fields: tuple[Field, ...]) -> Table:
        if "destinationTable" in self._configuration:
            destination = Destination.of(self._configuration, self._job.project, write="WRITE_EMPTY")
            return destination.open(self._services.catalog, cursor, fields)
        expires = self._services.catalog.milliseconds() + _ANONYMOUS_LIFE
        name = anonymous_table(self._job.project, self._job.job_id)
        return self._services.catalog.create_result(cursor, name, fields, expires)

    def _select(self, cursor: DuckDBPyConnection, translator: Translator, tree: exp.Expr) -> Outcome:
        query = translator.query(tree)
        fields = describe(cursor, query)
        self._check_bill(cursor, translator)
        table = self._open(cursor, fields)
        cursor.execute(insert_into(table, fields, query.sql), query.bindings or None)
        statistics = {"query": {"statementType": "SELECT", "schema": schema_resource(fields)}}
        return Outcome(statistics, configuration=self._with_destination(table.name))

    def _export(self, cursor: DuckDBPyConnection, translator: Translator, tree: exp.Export) -> Outcome:
        options = ExportData.of(tree)
        query = translator.query(tree.this)
        exporter = Exporter(self._services, options.target)
        if not options.overwrite and self._services.storage.exists(options.target.uri):
            raise BigQueryError(
                "invalidQuery", f"Files exist at {options.target.uri}; use overwrite=true", location="query"
            )
        done = exporter.run(cursor, query, describe(cursor, query))
        counts = {"fileCount": str(done.files), "rowCount": str(done.rows)}
        return Outcome({"query": {"statementType": "EXPORT_DATA", "exportDataStatistics": counts}})

    def _define(self, cursor: DuckDBPyConnection, translator: Translator, tree: exp.Expr) -> Outcome:
        if not is_definition(tree):
            raise unsupported(f"the statement {self._sql.strip()[:60]}")
        return Definition(self._services.catalog, cursor, translator, tree, self._sql).execute()

    def _with_destination(self, name: TableName) -> dict[str, Any]:
        return {"query": {**self._configuration, "destinationTable": name.reference()}}

    def _common(self, translator: Translator, processed: int) -> dict[str, Any]:
        referenced = [name.reference() for name in sorted(translator.resolver.tables)]
        return {"totalBytesProcessed": str(processed), "cacheHit": False, "referencedTables": referenced}

    def _bytes(self, cursor: DuckDBPyConnection, translator: Translator) -> int:
        """Bytes of the columns the statement names, of all columns where it writes a star."""
        star = next(self._tree.find_all(exp.Star), None) is not None and not _only_counts(self._tree)
        columns = None if star else {name.name.lower() for name in self._tree.find_all(exp.Identifier)}
        tables = translator.resolver.tables.values()
        return sum(
            table_bytes(cursor, table, columns) for table in tables if _still_there(cursor, table.name)
        )

    def _check_bill(self, cursor: DuckDBPyConnection, translator: Translator) -> None:
        limit = self._configuration.get("maximumBytesBilled")
        if limit and (processed := self._bytes(cursor, translator)) > int(limit):
            message = f"Query exceeded limit for bytes billed: {limit}. {processed} or higher required."
            raise BigQueryError("bytesBilledLimitExceeded", message)


def _only_counts(tree: exp.Expr) -> bool:
    """Whether every star is the one of COUNT(*)."""
    return all(isinstance(star.parent, exp.Count) for star in tree.find_all(exp.Star))


def _still_there(cursor: DuckDBPyConnection, name: TableName) -> bool:
    """A DROP has taken the table away by the time its bytes are counted."""
    found = cursor.execute(
        "SELECT 1 FROM duckdb_tables() WHERE schema_name = ? AND table_name = ?",
        [f"{name.project}.{name.dataset}", name.table],
    )
    return found.fetchone() is not None
