# SQL is generated here: names are quoted, values are bound or quoted
"""Load jobs: uploaded files or objects of Cloud Storage, all rows of a job or none."""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from infra.local.emulators.bigquery.decoding import JsonDecoder
from infra.local.emulators.bigquery.destinations import Destination, insert_into
from infra.local.emulators.bigquery.errors import BigQueryError, invalid, not_found
from infra.local.emulators.bigquery.fields import Field, fields_from_resource
from infra.local.emulators.bigquery.jobs import Job, Outcome
from infra.local.emulators.bigquery.services import Services
from infra.local.emulators.bigquery.sources import CsvOptions, CsvReading, SourceFile, detect, json_documents
from infra.local.emulators.bigquery.staging import stage_json, stage_text, staged_columns
from infra.local.emulators.bigquery.storage import ObjectUri

_MOST_ERRORS_TOLD = 50
_PREFIX = "Error while reading data, error message: "


@dataclass(frozen=True)
class BadRow:
    """A row that was not loaded. Rows are counted from 1, without those that were skipped."""

    label: str
    row: int
    reason: str

    def entry(self) -> dict[str, str]:
        """The ErrorProto that names it."""
        message = f"{_PREFIX}Row {self.row}: {self.reason} File: {self.label}"
        return {"reason": "invalid", "location": self.label, "message": message}


class LoadWork:
    """One load job."""

    writes = True

    def __init__(self, services: Services, job: Job) -> None:
        self._services = services
        self._configuration: dict[str, Any] = job.configuration["load"]
        self._upload = Path(job.upload) if job.upload else None
        self._kind = (self._configuration.get("sourceFormat") or "CSV").upper()
        if self._kind not in ("CSV", "NEWLINE_DELIMITED_JSON"):
            raise invalid(f"Not served by the local emulator: loading {self._kind}")
        self._destination = Destination.of(self._configuration, job.project, write="WRITE_APPEND")
        self._given = fields_from_resource(self._configuration.get("schema"))
        self._csv = CsvOptions.of(self._configuration)
        self._ignore_unknown = bool(self._configuration.get("ignoreUnknownValues"))
        self._most_bad = int(self._configuration.get("maxBadRecords") or 0)
        self._uris = [ObjectUri.parse(uri) for uri in self._configuration.get("sourceUris") or []]
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._files: list[SourceFile] = []
        self._bytes = 0

    def prepare(self) -> None:
        """Fetch the objects."""
        if self._upload is not None:
            if not self._upload.exists():
                raise BigQueryError(
                    "backendError", "The uploaded data was lost; send the load again under a new id"
                )
            self._files = [SourceFile("upload", self._upload)]
            self._bytes = self._upload.stat().st_size
            return
        if not self._uris:
            raise invalid("Required parameter is missing: sourceUris")
        self._folder = tempfile.TemporaryDirectory(dir=self._services.scratch)
        for uri in [found for pattern in self._uris for found in self._services.storage.match(pattern)]:
            path = Path(self._folder.name) / str(len(self._files))
            self._bytes += self._services.storage.download(uri, path)
            self._files.append(SourceFile(str(uri), path))

    def close(self) -> None:
        """Remove what was fetched."""
        if self._folder is not None:
            self._folder.cleanup()

    def execute(self, cursor: DuckDBPyConnection) -> Outcome:
        """Read, check and insert every row."""
        fields, csv = self._fields(cursor)
        if not fields:
            raise invalid("No schema specified on job or table.")
        bad = [
            row
            for index, file in enumerate(self._files)
            for row in self._stage(cursor, file, index, fields, csv)
        ]
        if len(bad) > self._most_bad:
            raise _too_many(self._kind, bad)
        target = self._destination.open(self._services.catalog, cursor, fields)
        good = f"SELECT {staged_columns(fields)} FROM temp._loaded WHERE problem IS NULL"
        row = cursor.execute(insert_into(target, fields, good)).fetchone()
        cursor.execute("DROP TABLE temp._loaded")
        return Outcome(
            {"load": self._statistics(int(row[0]) if row else 0, len(bad))}, [row.entry() for row in bad]
        )

    def _fields(self, cursor: DuckDBPyConnection) -> tuple[tuple[Field, ...], CsvOptions]:
        if self._given:
            return self._given, self._csv
        existing = self._services.catalog.find(cursor, self._destination.name)
        if existing is not None and existing.fields and not self._configuration.get("autodetect"):
            return existing.fields, self._csv
        if existing is None and self._configuration.get("createDisposition") == "CREATE_NEVER":
            raise not_found(f"Table {self._destination.name}")
        if not self._configuration.get("autodetect"):
            raise invalid("No schema specified on job or table.")
        return detect(cursor, self._files[0], self._kind, self._csv)

    def _stage(
        self,
        cursor: DuckDBPyConnection,
        file: SourceFile,
        index: int,
        fields: tuple[Field, ...],
        csv: CsvOptions,
    ) -> list[BadRow]:
        """Put a file's rows into the temporary table; returns those that are bad."""
        reading = CsvReading.of(file, csv, len(fields))
        if self._kind == "CSV":
            staged = stage_text(reading.cells(), fields)
        else:
            decoder = JsonDecoder(ignore_unknown=self._ignore_unknown)
            staged = stage_json(json_documents(file), fields, decoder, ignore_unknown=self._ignore_unknown)
        into = "INSERT INTO temp._loaded" if index else "CREATE OR REPLACE TEMP TABLE _loaded AS"
        cursor.execute(f"{into} SELECT {index} AS file, * FROM ({staged})")
        numbered = f"SELECT row_number() OVER () AS number, problem FROM temp._loaded WHERE file = {index}"
        found = cursor.execute(
            f"SELECT number, problem FROM ({numbered}) WHERE problem IS NOT NULL "
            f"ORDER BY number LIMIT {max(self._most_bad + 1, _MOST_ERRORS_TOLD)}"
        ).fetchall()
        bad = [BadRow(file.label, int(number), problem) for number, problem in found]
        if self._kind != "CSV":
            return bad
        rejected = [BadRow(file.label, row, reason) for row, reason in reading.rejected(cursor)]
        reading.drop(cursor)
        if rejected and csv.extra:
            raise invalid(
                "Not served by the local emulator: ignoreUnknownValues with CSV rows that are too wide"
            )
        lines = [row.row for row in rejected]
        return sorted([*rejected, *(_shifted(row, lines) for row in bad)], key=lambda row: row.row)

    def _statistics(self, rows: int, bad: int) -> dict[str, str]:
        return {
            "inputFiles": str(len(self._files)),
            "inputFileBytes": str(self._bytes),
            "outputRows": str(rows),
            "outputBytes": str(self._bytes),
            "badRecords": str(bad),
        }


def _shifted(bad: BadRow, rejected: list[int]) -> BadRow:
    """Rows that were rejected for their width were not counted; here they are."""
    row = bad.row
    for line in rejected:
        if line <= row:
            row += 1
    return BadRow(bad.label, row, bad.reason)


def _too_many(kind: str, bad: list[BadRow]) -> BigQueryError:
    what = "CSV" if kind == "CSV" else "JSON"
    message = (
        f"{_PREFIX}{what} table encountered too many errors, giving up. "
        f"Rows: {bad[0].row}; errors: {len(bad)}. "
        "Please look into the errors[] collection for more details."
    )
    details = tuple(row.entry() for row in bad[:_MOST_ERRORS_TOLD])
    return BigQueryError("invalid", message, location=bad[0].label, details=details)
