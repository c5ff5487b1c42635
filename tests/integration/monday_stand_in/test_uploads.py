"""Items from a CSV: a job, its upload, its progress and its report."""

import csv
import io
from typing import Any

import pytest
import requests

from infra.local.vendors.monday.jobs import IngestRules
from tests.integration.emulator_process import until
from tests.integration.monday_stand_in.boards import BOARD, COUNT, DAY, KEY, KIND, NOTE, SIZE
from tests.integration.monday_stand_in.conftest import StandIn, Start

BEGIN = """
mutation ($match: OnMatchInput) {
  ingest_items(board_id: 501, group_id: "topics", on_match: $match) { job_id upload_url }
}
"""
STATUS = """
query ($job: ID!) { fetch_job_status(job_id: $job) { __typename ... on ItemsJobStatus {
  status counts { submitted invalid skipped created updated failed } progress_percentage failure_reason
  failure_message fully_imported report_created report_url } } }
"""
UPSERT = {"match_column_id": KEY, "behaviour": "UPSERT"}
AT_ONCE = IngestRules(seconds=0)


def begun(stand_in: StandIn, match: Any = None) -> Any:
    return stand_in.data(BEGIN, {"match": match})["ingest_items"]


def status(stand_in: StandIn, job: str) -> Any:
    return stand_in.data(STATUS, {"job": job})["fetch_job_status"]


def put(url: str, *rows: list[str]) -> int:
    """Upload rows, the header first; returns the HTTP status."""
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    return requests.put(url, data=text.getvalue().encode(), timeout=10).status_code


def ended(stand_in: StandIn, job: str) -> Any:
    """The status of a job once it has ended."""

    def found() -> Any:
        now = status(stand_in, job)
        return now if now["status"] in ("COMPLETED", "FAILED", "REJECTED") else None

    return until(found)


def run(stand_in: StandIn, *rows: list[str], match: Any = UPSERT) -> Any:
    """Upload rows and wait for the end."""
    job = begun(stand_in, match)
    assert put(job["upload_url"], *rows) == 200
    return ended(stand_in, job["job_id"])


@pytest.fixture
def prompt(start: Start) -> StandIn:
    """A stand-in whose jobs begin at once."""
    return start(ingest=AT_ONCE)


def test_a_job_goes_from_pending_over_processing_to_completed(start: Start) -> None:
    stand_in = start(ingest=IngestRules(seconds=3600))
    job = begun(stand_in, UPSERT)
    assert status(stand_in, job["job_id"])["status"] == "UPLOAD_PENDING"
    put(job["upload_url"], ["name", KEY], ["one", "a"])
    now = status(stand_in, job["job_id"])
    assert (now["status"], now["fully_imported"], now["report_url"]) == ("PROCESSING", False, None)
    assert stand_in.names() == []
    stand_in.pass_time(3600)
    now = ended(stand_in, job["job_id"])
    assert (now["status"], now["fully_imported"], now["progress_percentage"]) == ("COMPLETED", True, 100)
    assert stand_in.names() == ["one"]


def test_a_cell_of_every_type_is_read(prompt: StandIn) -> None:
    header = ["name", KEY, NOTE, SIZE, KIND, COUNT, DAY]
    run(prompt, header, ["one", "a", "long", "S,M", "CANCELLED", "14.5", "2026-03-01"])
    (item,) = prompt.page(f"/_boards/{BOARD}")["items"]
    assert item["values"] == {
        "KEY": "a",
        "NOTES": "long",
        "SIZE": "S, M",
        "KIND": "CANCELLED",
        "COUNT": "14.5",
        "DAY": "2026-03-01",
    }


def test_upsert_changes_what_matches_and_makes_the_rest(prompt: StandIn) -> None:
    prompt.create("before", {KEY: "a", COUNT: "1", NOTE: {"text": "kept"}})
    counts = run(prompt, ["name", KEY, COUNT, NOTE], ["after", "a", "2", ""], ["new", "b", "3", ""])["counts"]
    assert (counts["submitted"], counts["created"], counts["updated"]) == (2, 1, 1)
    first, second = prompt.page(f"/_boards/{BOARD}")["items"]
    assert (first["name"], first["values"]) == ("after", {"KEY": "a", "COUNT": "2", "NOTES": "kept"})
    assert second["name"] == "new"


def test_skip_leaves_what_matches(prompt: StandIn) -> None:
    prompt.create("before", {KEY: "a"})
    counts = run(prompt, ["name", KEY], ["after", "a"], match=UPSERT | {"behaviour": "SKIP"})["counts"]
    assert (counts["skipped"], counts["updated"]) == (1, 0)
    assert prompt.names() == ["before"]


def test_a_key_that_comes_twice_in_a_file_makes_one_item(prompt: StandIn) -> None:
    counts = run(prompt, ["name", KEY], ["one", "a"], ["two", "a"])["counts"]
    assert (counts["created"], counts["updated"]) == (1, 1)
    assert prompt.names() == ["two"]


def test_without_a_column_to_match_every_row_is_made(prompt: StandIn) -> None:
    assert run(prompt, ["name", KEY], ["one", "a"], ["one", "a"], match=None)["counts"]["created"] == 2


def test_a_bad_row_is_named_in_the_report_and_the_others_go_on(prompt: StandIn) -> None:
    rows = [["one", "a", "1"], ["two", "b", "many"], ["three", "", "1"], ["four", "d", "4"]]
    now = run(prompt, ["name", KEY, COUNT], *rows)
    assert (now["status"], now["counts"]["created"], now["counts"]["invalid"]) == ("COMPLETED", 2, 2)
    report = requests.get(now["report_url"], timeout=10)
    found = list(csv.DictReader(io.StringIO(report.text)))
    assert [row["outcome"] for row in found] == ["created", "invalid", "invalid", "created"]
    assert "number" in found[1]["message"]
    ids = [item["id"] for item in prompt.page(f"/_boards/{BOARD}")["items"]]
    assert [row["item_id"] for row in found] == [ids[0], "", "", ids[1]]


@pytest.mark.parametrize(
    "rows",
    [
        [["name", "KEY"], ["one", "a"]],
        [[KEY], ["a"]],
        [["name"], ["one"]],
        [["name", KEY, KEY], ["one", "a", "b"]],
        [["name", KEY], ["one", "a", "too many"]],
        [],
    ],
)
def test_a_file_out_of_form_is_rejected_as_a_whole(prompt: StandIn, rows: list[list[str]]) -> None:
    now = run(prompt, *rows)
    assert (now["status"], now["failure_reason"]) == ("REJECTED", "INVALID_UPLOAD")
    assert now["failure_message"]
    assert prompt.names() == []


def test_a_file_with_too_many_rows_is_rejected(start: Start) -> None:
    stand_in = start(ingest=IngestRules(seconds=0, most_rows=1))
    assert run(stand_in, ["name", KEY], ["one", "a"], ["two", "b"])["failure_reason"] == "INVALID_UPLOAD"


def test_a_file_that_is_too_large_is_rejected(start: Start) -> None:
    stand_in = start(ingest=IngestRules(seconds=0, most_bytes=10))
    assert run(stand_in, ["name", KEY], ["one", "a"])["failure_reason"] == "FILE_TOO_LARGE"


def test_a_file_that_does_not_fit_the_board_is_rejected(start: Start) -> None:
    stand_in = start(ingest=AT_ONCE, items_limit=1)
    stand_in.create(values={KEY: "a"})
    assert run(stand_in, ["name", KEY], ["changed", "a"])["status"] == "COMPLETED"
    assert (
        run(stand_in, ["name", KEY], ["one", "a"], ["two", "b"])["failure_reason"]
        == "BOARD_CAPACITY_EXCEEDED"
    )


def test_the_hour_of_the_account_bounds_all_uploads(start: Start) -> None:
    stand_in = start(ingest=IngestRules(seconds=0, per_hour=2))
    assert run(stand_in, ["name", KEY], ["one", "a"], ["two", "b"])["status"] == "COMPLETED"
    assert run(stand_in, ["name", KEY], ["three", "c"])["failure_reason"] == "ACCOUNT_CAPACITY_EXCEEDED"
    stand_in.pass_time(3600)
    assert run(stand_in, ["name", KEY], ["three", "c"])["status"] == "COMPLETED"


def test_the_upload_url_lives_ten_minutes(prompt: StandIn) -> None:
    job = begun(prompt)
    prompt.pass_time(601)
    assert put(job["upload_url"], ["name"], ["one"]) == 403
    assert status(prompt, job["job_id"])["status"] == "UPLOAD_PENDING"


def test_the_report_url_lives_ten_minutes_and_is_given_anew(prompt: StandIn) -> None:
    job = begun(prompt)
    put(job["upload_url"], ["name"], ["one"])
    old = ended(prompt, job["job_id"])["report_url"]
    prompt.pass_time(601)
    assert requests.get(old, timeout=5).status_code == 403
    assert requests.get(status(prompt, job["job_id"])["report_url"], timeout=5).status_code == 200


def test_a_url_that_was_tampered_with_is_refused(prompt: StandIn) -> None:
    first, second = begun(prompt), begun(prompt)
    swapped = first["upload_url"].replace(first["job_id"], second["job_id"])
    assert put(swapped, ["name"], ["one"]) == 403


def test_an_upload_sent_twice_is_worked_through_once(prompt: StandIn) -> None:
    job = begun(prompt)
    assert [put(job["upload_url"], ["name"], ["one"]) for _ in range(2)] == [200, 200]
    ended(prompt, job["job_id"])
    assert prompt.names() == ["one"]


def test_the_same_idempotency_key_gives_the_same_job(stand_in: StandIn) -> None:
    first, second = (stand_in.data(BEGIN, key="k")["ingest_items"] for _ in range(2))
    assert first == second


def test_an_unknown_job_is_not_found(stand_in: StandIn) -> None:
    error = stand_in.error(STATUS, {"job": "nope"})
    assert error["extensions"]["code"] == "ResourceNotFoundException"


def test_a_planted_failure_ends_a_job_half_way(prompt: StandIn) -> None:
    prompt.plant("monday.ingest", "ingest_fails", {"board": BOARD}, after_rows=2)
    now = run(prompt, ["name", KEY], *([str(number), f"k{number}"] for number in range(5)))
    assert (now["status"], now["failure_reason"], now["fully_imported"]) == (
        "FAILED",
        "INTERNAL_ERROR",
        False,
    )
    assert prompt.names() == ["0", "1"]
    assert prompt.struck() == [1]
    assert run(prompt, ["name", KEY], *([str(number), f"k{number}"] for number in range(5)))["counts"] == {
        "submitted": 5,
        "created": 3,
        "updated": 2,
        "skipped": 0,
        "invalid": 0,
        "failed": 0,
    }


def test_a_planted_fault_of_the_upload(prompt: StandIn) -> None:
    job = begun(prompt)
    prompt.plant("monday.upload", "status", status=503)
    prompt.plant("monday.upload", "drop")
    assert put(job["upload_url"], ["name"], ["one"]) == 503
    assert status(prompt, job["job_id"])["status"] == "UPLOAD_PENDING"
    with pytest.raises(requests.exceptions.RequestException):
        put(job["upload_url"], ["name"], ["one"])
    assert ended(prompt, job["job_id"])["status"] == "COMPLETED"
