"""Imports of many items at once: start, upload, poll, and the report of what was rejected. Each is one step of its own, so
that the waiting between them can be a wake-up.

The file is CSV in UTF-8: a header of `name` and column ids, one item a row; values as text, the label of a status or dropdown.
An import makes no labels, empties no column (an empty cell says nothing), and moves no item into another group.
Sources: API reference, "Importing items in bulk" and `ingest_items` (2026-07). Upload and report addresses live 10 minutes.
How the report names its columns is not published; they are recognised by their meaning.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.errors import Refuse, Unavailable, Usage
from functions.push.monday import costs
from functions.push.monday.boards import Column
from functions.push.monday.crossover import LARGEST_FILE, MOST_ROWS
from functions.push.monday.limits import whole_number
from functions.push.monday.request import COMPLEXITY, Query, request_body
from functions.push.monday.values import Canonical, checked_name, normal, shape

_START = f"""mutation ($board: ID!, $group: ID!, $match: OnMatchInput) {{
  {COMPLEXITY}
  job: ingest_items(board_id: $board, group_id: $group, on_match: $match) {{ job_id upload_url }}
}}"""
_STATUS = f"""query ($job: ID!) {{
  {COMPLEXITY}
  job: fetch_job_status(job_id: $job) {{
    ... on ItemsJobStatus {{
      status progress_percentage failure_reason failure_message fully_imported report_created report_url
      counts {{ submitted invalid skipped created updated failed }}
    }}
  }}
}}"""
_FINAL = frozenset({"COMPLETED", "REJECTED", "FAILED"})
_ERROR_COLUMNS = ("error", "errors", "error_message", "message", "reason", "failure_reason")
_STATUS_COLUMNS = ("status", "result", "state", "outcome")
_ROW_COLUMNS = ("row", "row_number", "line")
_GOOD = frozenset({"", "success", "ok", "created", "updated", "skipped", "completed"})


@dataclass(frozen=True)
class Job:
    """An import that waits for its file."""

    id: str
    upload_url: str
    """Whoever knows it may upload: do not log it."""


@dataclass(frozen=True)
class JobStatus:
    """How far an import is. Counts are of rows."""

    state: str
    """UPLOAD_PENDING, PROCESSING, COMPLETED, REJECTED or FAILED."""
    submitted: int
    invalid: int
    skipped: int
    created: int
    updated: int
    failed: int
    progress: int
    """Percent."""
    failure: str
    """The vendor's reason and words, empty where there are none."""
    report_url: str | None

    @property
    def is_over(self) -> bool:
        """Whether nothing more will happen; REJECTED and FAILED are ends as well."""
        return self.state in _FINAL

    @property
    def has_rejected_rows(self) -> bool:
        """Whether the report names rows that were not written."""
        return self.invalid + self.failed > 0


@dataclass(frozen=True)
class Row:
    """One item of a file; values by column id."""

    name: str
    values: Mapping[str, Canonical]


@dataclass(frozen=True)
class RejectedRow:
    """A row that was not written. key: its text in the key column."""

    key: str
    message: str


def start_document(board_id: str, group_id: str, key_column_id: str) -> bytes:
    """The request that starts an import which updates the items it finds by their key and creates the others."""
    match = {"match_column_id": key_column_id, "behaviour": "UPSERT"}
    return request_body(_START, {"board": board_id, "group": group_id, "match": match})


def job_in(data: Mapping[str, Any]) -> Job:
    """The job in the answer to `start_document`; Unavailable when it is not there."""
    job = data.get("job")
    if not isinstance(job, Mapping) or not job.get("job_id") or not job.get("upload_url"):
        raise Unavailable("monday.com started no import, or does not say which", reason="monday_malformed")
    return Job(str(job["job_id"]), str(job["upload_url"]))


def csv_file(columns: Sequence[Column], rows: Iterable[Row]) -> bytes:
    """The file of an import, its columns in the order of `columns`.

    Raises Refuse for a value that does not fit its column or the form, Usage for more than 10,000 rows or 150 MB.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["name", *(column.id for column in columns)])
    count = 0
    for row in rows:
        writer.writerow(
            [checked_name(row.name), *(_cell(column, row.values.get(column.id)) for column in columns)]
        )
        count += 1
    content = text.getvalue().encode()
    if count > MOST_ROWS or len(content) > LARGEST_FILE:
        raise Usage(
            f"An import takes {MOST_ROWS} rows and {LARGEST_FILE} bytes; send fewer than {count} at once."
        )
    return content


def status_query(job_id: str) -> Query:
    """Asks how far an import is."""
    return Query(_STATUS, {"job": job_id}, costs.JOB)


def status_in(data: Mapping[str, Any]) -> JobStatus:
    """The answer to `status_query`; Unavailable when it does not say."""
    job = data.get("job")
    if not isinstance(job, Mapping) or not job.get("status"):
        raise Unavailable("monday.com does not say how far the import is", reason="monday_malformed")
    counts = job.get("counts") or {}
    number = {name: whole_number(counts.get(name)) or 0 for name in _COUNTS}
    words = (job.get("failure_reason"), job.get("failure_message"))
    return JobStatus(
        state=str(job["status"]),
        progress=whole_number(job.get("progress_percentage")) or 0,
        failure=": ".join(str(word) for word in words if word),
        report_url=job.get("report_url") or None,
        **number,
    )


def rejected_rows(report: bytes, keys: Sequence[str], key_column_id: str) -> tuple[RejectedRow, ...]:
    """The rows of a report that were not written. keys: of the rows of the file, in its order.

    Raises Unavailable when it is no CSV, or has neither the key column nor the numbers of the rows (the first is 1).
    """
    try:
        lines = csv.DictReader(io.StringIO(report.decode("utf-8-sig"), newline=""), strict=True)
        return tuple(_rejected(lines, keys, key_column_id))
    except (UnicodeDecodeError, csv.Error) as error:
        raise Unavailable(
            f"The report of the import cannot be read ({error})", reason="monday_report"
        ) from error


_COUNTS = ("submitted", "invalid", "skipped", "created", "updated", "failed")


def _cell(column: Column, value: Canonical) -> str:
    """A value as text. A comma in a label would be read as two labels."""
    shape(column, value)
    ours = normal(column.type, value)
    text = ours if isinstance(ours, str) else ""
    if column.type == "dropdown" and "," in text:
        raise Refuse(
            f"Column {column.title!r}: the label {text!r} has a comma, which an import would read as two labels.",
            reason="column_value",
        )
    return text


def _rejected(lines: "csv.DictReader[str]", keys: Sequence[str], key_column_id: str) -> Iterator[RejectedRow]:
    names = {name.strip().casefold().replace(" ", "_"): name for name in lines.fieldnames or ()}
    number = next((names[name] for name in _ROW_COLUMNS if name in names), None)
    key = key_column_id if key_column_id in (lines.fieldnames or ()) else None
    if key is None and number is None:
        raise Unavailable("The report of the import does not say which rows it means", reason="monday_report")
    errors = [names[name] for name in _ERROR_COLUMNS if name in names]
    states = [names[name] for name in _STATUS_COLUMNS if name in names]
    for line in lines:
        message = "; ".join(line[name] for name in errors if line.get(name))
        state = next((line[name] or "" for name in states), "failed" if message else "")
        if state.strip().casefold() not in _GOOD:
            yield RejectedRow(
                line[key] or "" if key else _key_of_row(keys, line[number or ""]), message or state
            )


def _key_of_row(keys: Sequence[str], number: str) -> str:
    row = whole_number(number)
    if row is None or not 1 <= row <= len(keys):
        raise Unavailable(f"The report of the import names a row {number!r}", reason="monday_report")
    return keys[row - 1]
