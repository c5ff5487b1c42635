"""Imports through real sockets."""

import pytest

from common.errors import Unavailable
from common.http.exchange import NoAnswer
from functions.push.monday.client import Monday
from functions.push.monday.ingest import Job, JobStatus, RejectedRow, Row, csv_file
from tests.integration.emulator_process import until
from tests.integration.monday.boards import GROUP, ITEMS
from tests.integration.monday.conftest import StandIn
from tests.integration.monday.writing import create

TITLES = ("SOURCE UUID", "CUSTOMER", "STYLE", "NOTES", "TOTAL QTY", "CUSTOMER REQ IN DC DATE")


def row(number: int, **values: str | int) -> Row:
    given: dict[str, str | int | None] = {
        "text_key": f"u-{number}",
        "drop_customer": "NORTHWIND",
        "num_qty": number,
    }
    return Row(f"item {number}", {**given, "text_style": 'with "quotes", commas', **values})


def imported(client: Monday, rows: list[Row]) -> JobStatus:
    job = client.start_ingest(ITEMS, GROUP, "text_key", "job-1")
    board = client.board(ITEMS)
    client.upload(job, csv_file([board.column(title) for title in TITLES], rows))
    return ended(client, job)


def ended(client: Monday, job: Job) -> JobStatus:
    def over() -> JobStatus | None:
        status = client.ingest_status(job.id)
        return status if status.is_over else None

    found: JobStatus = until(over, within=20)
    return found


def test_items_are_created_and_changed_by_their_key(stand_in: StandIn) -> None:
    client = stand_in.client()
    (item_id,) = create(client, ["u-7"])
    rows = [row(number, long_notes="two\nlines", date_dc="2026-03-01") for number in range(250)]
    status = imported(client, rows)
    assert (status.state, status.created, status.updated, status.has_rejected_rows) == (
        "COMPLETED",
        249,
        1,
        False,
    )
    found = client.find(ITEMS, "text_key", [f"u-{number}" for number in range(250)])
    assert all(len(here) == 1 for here in found.values())
    assert found["u-7"][0].id == item_id
    held = client.items([item_id])[item_id]
    assert held.name == "item 7"
    assert (held.values["num_qty"], held.values["text_style"]) == ("7", 'with "quotes", commas')
    assert (held.values["long_notes"], held.values["date_dc"]) == ("two\nlines", "2026-03-01")


def test_rejected_rows_are_named_and_the_others_written(stand_in: StandIn) -> None:
    client = stand_in.client()
    rows = [row(1), row(2, drop_customer="NEVER HEARD OF"), row(3)]
    status = imported(client, rows)
    assert (status.created, status.invalid) == (2, 1)
    (rejected,) = client.ingest_report(status, ["u-1", "u-2", "u-3"], "text_key")
    assert isinstance(rejected, RejectedRow)
    assert rejected.key == "u-2"
    assert "NEVER HEARD OF" in rejected.message
    assert stand_in.keys(ITEMS, "SOURCE UUID") == {"u-1": 1, "u-3": 1}


def test_an_import_that_fails_halfway_is_over_and_says_so(stand_in: StandIn) -> None:
    stand_in.plant("monday.ingest", "fail", after_rows=2)
    status = imported(stand_in.client(), [row(number) for number in range(5)])
    assert status.state == "FAILED"
    assert "INTERNAL_ERROR" in status.failure


def test_a_start_that_is_repeated_under_its_key_starts_one_import(stand_in: StandIn) -> None:
    client = stand_in.client()
    assert client.start_ingest(ITEMS, GROUP, "text_key", "job-1") == client.start_ingest(
        ITEMS, GROUP, "text_key", "job-1"
    )


def test_an_upload_whose_answer_was_lost_may_be_repeated(stand_in: StandIn) -> None:
    client = stand_in.client()
    columns = [client.board(ITEMS).column(title) for title in TITLES]
    job = client.start_ingest(ITEMS, GROUP, "text_key")
    stand_in.plant("monday.upload", "drop")
    with pytest.raises(NoAnswer):
        client.upload(job, csv_file(columns, [row(1)]))
    client.upload(job, csv_file(columns, [row(1)]))
    assert ended(client, job).created == 1
    assert stand_in.keys(ITEMS, "SOURCE UUID") == {"u-1": 1}


def test_an_address_that_has_run_out_takes_no_file(stand_in: StandIn) -> None:
    client = stand_in.client()
    job = client.start_ingest(ITEMS, GROUP, "text_key")
    stand_in.advance(11 * 60)
    with pytest.raises(Unavailable, match="run out"):
        client.upload(job, b"name\n")
