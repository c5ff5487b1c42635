# SQL is generated here: names are quoted, values are bound or quoted
"""Copy jobs: one or more tables into another."""

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.destinations import Destination, insert_into
from infra.local.emulators.bigquery.errors import invalid
from infra.local.emulators.bigquery.jobs import Job, Outcome
from infra.local.emulators.bigquery.names import TableName, quote
from infra.local.emulators.bigquery.services import Services


class CopyWork:
    """Appends or writes the rows of the sources, in their order, to the destination."""

    writes = True

    def __init__(self, services: Services, job: Job) -> None:
        self._services = services
        configuration = job.configuration["copy"]
        if configuration.get("operationType") not in (None, "OPERATION_TYPE_UNSPECIFIED", "COPY"):
            raise invalid(f"Not served by the local emulator: {configuration['operationType']}")
        sources = configuration.get("sourceTables") or [configuration["sourceTable"]]
        self._sources = [TableName.of(source, job.project) for source in sources]
        self._destination = Destination.of(configuration, job.project, write="WRITE_EMPTY")
        if self._destination.name in self._sources:
            raise invalid("A table cannot be copied onto itself")

    def prepare(self) -> None:
        """Nothing is needed."""

    def close(self) -> None:
        """Nothing is held."""

    def execute(self, cursor: DuckDBPyConnection) -> Outcome:
        """Copy; all sources must have the columns of the first."""
        catalog = self._services.catalog
        tables = [catalog.table(cursor, name) for name in self._sources]
        fields = tables[0].fields
        copied = 0
        target = self._destination.open(catalog, cursor, fields)
        for table in tables:
            if table.query is not None or [f.sql() for f in table.fields] != [f.sql() for f in fields]:
                raise invalid(f"{table.name} cannot be copied: it is a view, or its schema differs")
            columns = ", ".join(quote(field.name) for field in fields)
            query = f"SELECT {columns} FROM {table.name.duckdb}"
            row = cursor.execute(insert_into(target, fields, query)).fetchone()
            copied += int(row[0]) if row else 0
        return Outcome({"copy": {"copiedRows": str(copied)}})
