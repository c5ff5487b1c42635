# SQL is generated here: names are quoted, values are bound or quoted
"""The files of a load job, and how DuckDB reads them as they are: text cells of CSV, documents of JSON."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.errors import BigQueryError, invalid
from infra.local.emulators.bigquery.fields import Field
from infra.local.emulators.bigquery.names import literal

_GZIP = b"\x1f\x8b"
_MAX_ROW = 100 * 1024 * 1024  # bytes; BigQuery's limit for a row of JSON
_MAX_CSV_LINE = 16 * 1024 * 1024
_NAMES = itertools.count()


@dataclass(frozen=True)
class SourceFile:
    """A file on this machine. `label` is what messages call it: its gs:// address, or "upload"."""

    label: str
    path: Path

    @property
    def compression(self) -> str:
        """The reader's option for it; a gzip file is known by its first bytes."""
        with self.path.open("rb") as file:
            return "gzip" if file.read(2) == _GZIP else "none"

    def longest_line(self) -> int:
        """Bytes that the longest line surely does not exceed; at least a megabyte."""
        if self.compression == "gzip":
            return _MAX_ROW
        with self.path.open("rb") as file:
            return min(_MAX_ROW, max(1 << 20, 2 * max(map(len, file), default=0)))


@dataclass(frozen=True)
class CsvOptions:
    """How a CSV file is written. `skip` leading rows are left out."""

    delimiter: str = ","
    quote: str = '"'
    null: str = ""
    skip: int = 0
    jagged: bool = False
    extra: bool = False

    @classmethod
    def of(cls, configuration: dict[str, Any]) -> "CsvOptions":
        """From a load configuration; what cannot be served is refused."""
        if (configuration.get("encoding") or "UTF-8").upper() not in ("UTF-8", "UTF8"):
            raise invalid(f"Not served by the local emulator: the encoding {configuration['encoding']}")
        quote = configuration.get("quote")
        return cls(
            {"\\t": "\t", "tab": "\t"}.get(
                configuration.get("fieldDelimiter") or ",", configuration.get("fieldDelimiter") or ","
            ),
            '"' if quote is None else quote,
            configuration.get("nullMarker") or "",
            int(configuration.get("skipLeadingRows") or 0),
            bool(configuration.get("allowJaggedRows")),
            bool(configuration.get("ignoreUnknownValues")),
        )

    def reader(self) -> str:
        """The options of DuckDB's reader that all uses share."""
        marks = f"quote={literal(self.quote)}, escape={literal(self.quote)}"
        return f"delim={literal(self.delimiter)}, {marks}, max_line_size={_MAX_CSV_LINE}"


def json_documents(file: SourceFile) -> str:
    """SQL with a `document` for each row of newline-delimited JSON, in order; NULL for one that is none.

    DuckDB reads in parallel by pieces of twice the longest object it is told to expect, so it is told.
    """
    options = f"format='newline_delimited', ignore_errors=true, maximum_object_size={file.longest_line()}"
    reader = f"read_json_objects({literal(str(file.path))}, {options}, compression='{file.compression}')"
    return f"SELECT json AS document FROM {reader}"


@dataclass(frozen=True)
class CsvReading:
    """One read of a CSV file; rows of the wrong width go to a table of rejects."""

    file: SourceFile
    options: CsvOptions
    width: int
    rejects: str

    @classmethod
    def of(cls, file: SourceFile, options: CsvOptions, width: int) -> "CsvReading":
        """A reading with a table of rejects of its own."""
        return cls(file, options, width, f"_rejects_{next(_NAMES)}")

    def cells(self) -> str:
        """SQL with t0, t1, ... for each row of the right width, in their order."""
        columns = "{" + ", ".join(f"'t{index}': 'VARCHAR'" for index in range(self.width)) + "}"
        asked = self.options
        options = (
            f"{asked.reader()}, columns={columns}, auto_detect=false, header=false, skip={asked.skip}, "
            f"nullstr={literal(asked.null)}, allow_quoted_nulls=false, null_padding={asked.jagged}, "
            f"parallel=false, compression='{self.file.compression}', "
            f"store_rejects=true, rejects_table='{self.rejects}', rejects_scan='{self.rejects}_scan'"
        )
        path = literal(str(self.file.path))
        return f"SELECT * FROM read_csv({path}, {options})"

    def rejected(self, cursor: DuckDBPyConnection) -> Iterator[tuple[int, str]]:
        """Row number and reason of each row that was left out, after `cells` was read."""
        rows = cursor.execute(
            f"SELECT line, min(error_message) FROM {self.rejects} GROUP BY line ORDER BY line"
        ).fetchall()
        for line, message in rows:
            yield int(line) - self.options.skip, str(message)

    def drop(self, cursor: DuckDBPyConnection) -> None:
        """Forget the rejects."""
        cursor.execute(f"DROP TABLE IF EXISTS {self.rejects}; DROP TABLE IF EXISTS {self.rejects}_scan")


def detect(
    cursor: DuckDBPyConnection, file: SourceFile, kind: str, options: CsvOptions
) -> tuple[tuple[Field, ...], CsvOptions]:
    """The columns of a file as its rows suggest them; of CSV also whether its first row is a header."""
    path = literal(str(file.path))
    try:
        if kind == "CSV":
            if not options.skip:
                sniffed = cursor.execute(
                    f"SELECT HasHeader FROM sniff_csv({path}, {options.reader()})"
                ).fetchone()
                options = CsvOptions(**{**options.__dict__, "skip": 1 if sniffed and sniffed[0] else 0})
            header = f"header={'true' if options.skip else 'false'}, skip={max(0, options.skip - 1)}"
            cursor.execute(
                f"SELECT * FROM read_csv({path}, {options.reader()}, {header}, sample_size=-1) LIMIT 0"
            )
        else:
            reader = f"format='newline_delimited', sample_size=-1, maximum_object_size={_MAX_ROW}"
            reader += ", map_inference_threshold=-1"
            cursor.execute(
                f"SELECT * FROM read_json({path}, {reader}, compression='{file.compression}') LIMIT 0"
            )
    except duckdb.Error as problem:
        raise BigQueryError("invalid", f"Error detecting the schema of {file.label}: {problem}") from problem
    columns = cursor.description or []
    return tuple(_detected(Field.from_duckdb(column[0], column[1])) for column in columns), options


def _detected(field: Field) -> Field:
    """A point in time is detected as a TIMESTAMP; what fits no type as a STRING."""
    kind = {"DATETIME": "TIMESTAMP", "JSON": "STRING"}.get(field.type, field.type)
    return Field(field.name, kind, field.mode, tuple(_detected(child) for child in field.fields))
