"""Imports: the file, the state, the report."""

from typing import Any

import pytest

from common.errors import Refuse, Unavailable, Usage
from functions.push.monday.boards import Column
from functions.push.monday.ingest import RejectedRow, Row, csv_file, job_in, rejected_rows, status_in

KEY = Column("text_key", "SOURCE UUID", "text")
SIZE = Column("drop_size", "SIZE", "dropdown")
PRICE = Column("numbers_price", "PRICE", "numbers")


def test_the_file_has_the_name_and_column_ids_as_its_header() -> None:
    rows = [
        Row("JW1", {"text_key": "u-1", "drop_size": "S", "numbers_price": "14.50"}),
        Row('with "quotes", commas', {"text_key": "two\nlines", "numbers_price": None}),
    ]
    assert csv_file([KEY, SIZE, PRICE], rows).decode() == (
        'name,text_key,drop_size,numbers_price\nJW1,u-1,S,14.5\n"with ""quotes"", commas","two\nlines",,\n'
    )


def test_a_label_with_a_comma_cannot_be_imported() -> None:
    with pytest.raises(Refuse, match="comma"):
        csv_file([SIZE], [Row("x", {"drop_size": "S, M"})])


@pytest.mark.parametrize("row", [Row("", {}), Row("x", {"numbers_price": "dear"})])
def test_what_a_mutation_would_refuse_an_import_does_too(row: Row) -> None:
    with pytest.raises(Refuse):
        csv_file([PRICE], [row])


def test_a_file_has_at_most_ten_thousand_rows() -> None:
    rows = [Row("x", {})] * 10_001
    assert csv_file([], rows[:10_000]).count(b"\n") == 10_001
    with pytest.raises(Usage, match="10000 rows"):
        csv_file([], rows)


def test_a_job_needs_its_number_and_its_address() -> None:
    job = job_in({"job": {"job_id": 5, "upload_url": "https://storage.example/up"}})
    assert (job.id, job.upload_url) == ("5", "https://storage.example/up")
    for answer in ({}, {"job": None}, {"job": {"job_id": 5}}):
        with pytest.raises(Unavailable):
            job_in(answer)


@pytest.mark.parametrize(
    ("state", "is_over"),
    [
        ("UPLOAD_PENDING", False),
        ("PROCESSING", False),
        ("COMPLETED", True),
        ("REJECTED", True),
        ("FAILED", True),
    ],
)
def test_failure_is_an_end_too(state: str, is_over: bool) -> None:
    assert status_in({"job": {"status": state}}).is_over is is_over


def test_the_counts_and_the_reason_of_a_state() -> None:
    counts = {"submitted": 9, "invalid": 1, "skipped": 0, "created": 5, "updated": 2, "failed": 1}
    job: dict[str, Any] = {"status": "FAILED", "counts": counts, "progress_percentage": 80}
    job |= {
        "failure_reason": "BOARD_CAPACITY_EXCEEDED",
        "failure_message": "full",
        "report_url": "https://x.example",
    }
    status = status_in({"job": job})
    assert (status.submitted, status.invalid, status.created, status.updated, status.failed) == (
        9,
        1,
        5,
        2,
        1,
    )
    assert status.failure == "BOARD_CAPACITY_EXCEEDED: full"
    assert status.has_rejected_rows
    assert status.progress == 80


def test_a_state_that_is_not_there_is_not_taken_for_an_end() -> None:
    with pytest.raises(Unavailable):
        status_in({"job": {"status": None}})


def test_the_rejected_rows_of_a_report() -> None:
    report = (
        b"\xef\xbb\xbfname,text_key,Status,Error Message\nJW1,u-1,created,\nJW2,u-2,failed,no such label\n"
    )
    assert rejected_rows(report, ["u-1", "u-2"], "text_key") == (RejectedRow("u-2", "no such label"),)


def test_a_report_of_errors_alone() -> None:
    assert rejected_rows(b"text_key,error\nu-2,bad\n", ["u-2"], "text_key") == (RejectedRow("u-2", "bad"),)


def test_a_report_that_numbers_its_rows() -> None:
    report = b"row,outcome,item_id,message\n1,created,77,\n2,invalid,,no such label\n3,updated,78,as it was\n"
    assert rejected_rows(report, ["a", "b", "c"], "text_key") == (RejectedRow("b", "no such label"),)


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"other,error\n1,bad\n",
        b"\xff\xfe\x00",
        b'text_key\n"open',
        b"row,error\n9,bad\n",
        b"row,error\nx,bad\n",
    ],
)
def test_a_report_that_cannot_be_read_is_asked_for_again(report: bytes) -> None:
    with pytest.raises(Unavailable):
        rejected_rows(report, ["a"], "text_key")
