# SQL is generated here: names are quoted, values are bound or quoted
"""Rows written to Cloud Storage: EXPORT DATA and extract jobs.

In JSON, INT64, NUMERIC and BIGNUMERIC are strings and NULL fields are left out, as BigQuery exports them; a
TIMESTAMP is `2024-01-31 12:00:00 UTC`, in CSV too.
"""

import gzip
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from duckdb import DuckDBPyConnection
from sqlglot import exp

from infra.local.emulators.bigquery.errors import invalid, invalid_query
from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.jobs import Job, Outcome
from infra.local.emulators.bigquery.names import TableName, literal, quote
from infra.local.emulators.bigquery.services import Services
from infra.local.emulators.bigquery.storage import ObjectUri
from infra.local.emulators.bigquery.translation import Translated

_FORMATS = {"JSON": "JSON", "NEWLINE_DELIMITED_JSON": "JSON", "CSV": "CSV", "PARQUET": "PARQUET"}
_CONTENT_TYPES = {"JSON": "application/json", "CSV": "text/csv", "PARQUET": "application/octet-stream"}
_UTC = "{e} AT TIME ZONE 'UTC'"
_TIMESTAMP = (
    f"CASE WHEN epoch_us({{e}}) % 1000000 = 0 THEN strftime({_UTC}, '%Y-%m-%d %H:%M:%S UTC') "
    f"ELSE strftime({_UTC}, '%Y-%m-%d %H:%M:%S.%f UTC') END"
)


@dataclass(frozen=True)
class Target:
    """Where and how rows are written. A `*` in the address makes shards of it."""

    uri: ObjectUri
    format: str
    compressed: bool
    header: bool = True
    delimiter: str = ","

    @classmethod
    def of(cls, uri: str, format_name: str, compression: str, **csv: Any) -> Self:
        """From the words of a request; a format or compression that is not served is refused."""
        if format_name.upper() not in _FORMATS:
            raise invalid(f"Not served by the local emulator: the export format {format_name}")
        if compression.upper() not in ("", "NONE", "GZIP"):
            raise invalid(f"Not served by the local emulator: the compression {compression}")
        return cls(ObjectUri.parse(uri), _FORMATS[format_name.upper()], compression.upper() == "GZIP", **csv)


@dataclass(frozen=True)
class ExportData:
    """The options of an EXPORT DATA statement."""

    target: Target
    overwrite: bool

    @classmethod
    def of(cls, tree: exp.Export) -> Self:
        """From the statement; an option that is unknown or missing is "invalidQuery"."""
        options = _options(tree)
        overwrite = bool(options.pop("overwrite", False))
        csv: dict[str, Any] = {"header": bool(options.pop("header", False))}
        if "field_delimiter" in options:
            csv["delimiter"] = options.pop("field_delimiter")
        try:
            target = Target.of(
                options.pop("uri"), options.pop("format"), options.pop("compression", ""), **csv
            )
        except KeyError as missing:
            raise invalid_query(f"EXPORT DATA needs the option {missing.args[0]}") from missing
        if "*" not in target.uri.name:
            raise invalid_query("The uri option of EXPORT DATA must contain exactly one '*'")
        if options:
            raise invalid_query(f"EXPORT DATA has no option {sorted(options)[0]}")
        return cls(target, overwrite)


def _options(tree: exp.Export) -> dict[str, Any]:
    options: dict[str, Any] = {}
    listed = tree.args.get("options")
    for item in listed.expressions if listed is not None else []:
        name = "format" if isinstance(item, exp.FileFormatProperty) else item.name.lower()
        value = item.args.get("value") or item.this
        if not isinstance(value, (exp.Literal, exp.Boolean)):
            raise invalid_query(f"The option {name} of EXPORT DATA must be a literal")
        options[name] = value.this
    return options


@dataclass(frozen=True)
class Exported:
    """What was written."""

    files: int
    rows: int


class Exporter:
    """Writes the rows of a query to one target."""

    def __init__(self, services: Services, target: Target) -> None:
        self._services = services
        self._target = target
        self._shard_bytes = services.export_shard_bytes if "*" in target.uri.name else None

    def run(self, cursor: DuckDBPyConnection, query: Translated, fields: tuple[Field, ...]) -> Exported:
        """Write every shard; at least one object is made. Rows keep the order of the query."""
        if self._target.format == "CSV" and any(field.repeated or field.fields for field in fields):
            raise invalid(
                "Operation cannot be performed on a nested schema: CSV cannot hold nested or repeated fields"
            )
        with tempfile.TemporaryDirectory(dir=self._services.scratch) as folder:
            if self._target.format == "JSON":
                select = f"SELECT {json_row(fields)} FROM ({query.sql}) AS t"
                cursor.execute(select, query.bindings or None)
                rows = _write_json(cursor, Path(folder), self._shard_bytes)
            else:
                rows = self._copy(cursor, query, fields, Path(folder))
            paths = sorted(Path(folder).rglob("*_*"), key=_number)
            for number, path in enumerate(paths):
                self._upload(path, number)
        return Exported(len(paths), rows)

    def _copy(
        self, cursor: DuckDBPyConnection, query: Translated, fields: tuple[Field, ...], folder: Path
    ) -> int:
        """Have DuckDB write the files, shards named data_0, data_1, ...; the rows it wrote."""
        columns = "*"
        options = f"FORMAT parquet, COMPRESSION {'GZIP' if self._target.compressed else 'SNAPPY'}"
        if self._target.format == "CSV":
            columns = ", ".join(f"{csv_cell(field)} AS {quote(field.name)}" for field in fields)
            options = f"FORMAT csv, HEADER {self._target.header}, DELIMITER {literal(self._target.delimiter)}"
        if self._shard_bytes is not None:
            options += f", FILE_SIZE_BYTES {self._shard_bytes}"
        path = folder / ("shards" if self._shard_bytes is not None else "data_0")
        sql = f"COPY (SELECT {columns} FROM ({query.sql}) AS t) TO {literal(str(path))} ({options})"
        row = cursor.execute(sql, query.bindings or None).fetchone()
        return int(row[0]) if row else 0

    def _upload(self, path: Path, number: int) -> None:
        kind = _CONTENT_TYPES[self._target.format]
        if self._target.compressed and self._target.format != "PARQUET":
            packed, kind = path.with_suffix(".gz"), "application/gzip"
            with path.open("rb") as plain, gzip.open(packed, "wb", compresslevel=6) as out:
                shutil.copyfileobj(plain, out)
            path = packed
        self._services.storage.upload(self._target.uri.shard(number), path, kind)


def _number(path: Path) -> int:
    """Which shard a file is, by its name."""
    return int(path.stem.rpartition("_")[2])


def _write_json(cursor: DuckDBPyConnection, folder: Path, shard_bytes: int | None) -> int:
    """Write the lines that a query gives into data_0, data_1, ...; how many there were."""
    file, files, rows = (folder / "data_0").open("wb"), 1, 0
    try:
        for line in _lines(cursor):
            if shard_bytes is not None and file.tell() >= shard_bytes:
                file.close()
                file, files = (folder / f"data_{files}").open("wb"), files + 1
            file.write(line.encode() + b"\n")
            rows += 1
    finally:
        file.close()
    return rows


def _lines(cursor: DuckDBPyConnection) -> Iterator[str]:
    while batch := cursor.fetchmany(5_000):
        yield from (row[0] for row in batch)


def json_row(fields: tuple[Field, ...], source: str = "t", depth: int = 0) -> str:
    """SQL for one row, or one STRUCT, as a JSON object without its NULL members."""
    members = []
    for field in fields:
        expression = f"{source}.{quote(field.name)}"
        name = literal(f'"{field.name}":')
        members.append(
            f"CASE WHEN {expression} IS NOT NULL THEN {name} || {_json(expression, field, depth)} END"
        )
    return f"'{{' || concat_ws(',', {', '.join(members)}) || '}}'"


def _json(expression: str, field: Field, depth: int) -> str:
    if field.repeated:
        item = f"item{depth}"
        items = f"list_transform({expression}, lambda {item}: {_json(item, field.element(), depth + 1)})"
        return f"('[' || array_to_string({items}, ',') || ']')"
    if field.type == "STRUCT":
        return f"({json_row(field.fields, expression, depth + 1)})"
    if field.type in ("FLOAT64", "BOOL", "JSON"):
        return f"CAST(to_json({expression}) AS VARCHAR)"
    return f"CAST(to_json({csv_cell(field, expression)}) AS VARCHAR)"


def csv_cell(field: Field, expression: str | None = None) -> str:
    """SQL for a scalar as BigQuery spells it in a file."""
    expression = expression or f"t.{quote(field.name)}"
    if field.type == "TIMESTAMP":
        return f"({_TIMESTAMP.format(e=expression)})"
    if field.type in ("NUMERIC", "BIGNUMERIC"):
        return f"bq_decimal_text({expression})"
    if field.type == "BYTES":
        return f"base64({expression})"
    if field.type == "DATETIME":
        return f"replace(CAST({expression} AS VARCHAR), ' ', 'T')"
    return f"CAST({expression} AS VARCHAR)"


class ExtractWork:
    """An extract job: a stored table into one object, or into shards where the address holds a `*`."""

    writes = False

    def __init__(self, services: Services, job: Job) -> None:
        self._services = services
        configuration = job.configuration["extract"]
        if "sourceTable" not in configuration:
            raise invalid("Not served by the local emulator: extracting anything but a table")
        self._source = TableName.of(configuration["sourceTable"], job.project)
        uris = configuration.get("destinationUris") or [configuration.get("destinationUri") or ""]
        kind, packing = (
            configuration.get("destinationFormat") or "CSV",
            configuration.get("compression") or "NONE",
        )
        header = configuration.get("printHeader")
        csv = {
            "header": header is None or header in (True, "true"),
            "delimiter": configuration.get("fieldDelimiter") or ",",
        }
        self._targets = [Target.of(uri, kind, packing, **csv) for uri in uris]
        if len(self._targets) != 1:
            raise invalid(
                "Not served by the local emulator: several destinationUris; use one with a wildcard"
            )

    def prepare(self) -> None:
        """Nothing is needed."""

    def close(self) -> None:
        """Nothing is held."""

    def execute(self, cursor: DuckDBPyConnection) -> Outcome:
        """Write the table out."""
        table = self._services.catalog.table(cursor, self._source)
        if table.query is not None:
            raise invalid(f"{table.name} is a view; only tables can be extracted")
        columns = ", ".join(quote(field.name) for field in table.fields)
        query = Translated(f"SELECT {columns} FROM {table.name.duckdb}", {}, {table.name: table})
        done = Exporter(self._services, replace(self._targets[0])).run(cursor, query, table.fields)
        return Outcome({"extract": {"destinationUriFileCounts": [str(done.files)]}})
