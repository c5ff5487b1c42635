"""The client between a session and a ledger: budget first, one call, the budget told how it went."""

from datetime import timedelta

import pytest
import requests

from common.errors import Misconfigured, Refuse, Unavailable, WaitUntil
from common.http.exchange import NoAnswer
from functions.push.monday.answers import Confirmed, Unknown
from functions.push.monday.documents import ArchiveItem, CreateItem, document
from functions.push.monday.ingest import Job, JobStatus
from tests.fakes.http import FakeSession, response
from tests.fakes.ledger import NOW, FakeLedger
from tests.unit.monday.board_answers import ITEMS
from tests.unit.monday.fakes import TOKEN, client, error

TWO = document([CreateItem("1", "g", "one", {}), ArchiveItem("9")])
COST = {"complexity": {"before": 5_000_000, "query": 20_000, "after": 4_980_000, "reset_in_x_seconds": 60}}


def test_a_write_goes_out_as_it_was_frozen() -> None:
    session = FakeSession(response({"data": COST | {"m0": {"id": "11"}, "m1": {"id": "9"}}}))
    answer = client(session).perform(TWO, "key-1")
    assert answer.outcomes == (Confirmed("11"), Confirmed("9"))
    (call,) = session.calls
    assert call.options["data"] == TWO
    assert (call.headers["Idempotency-Key"], call.headers["Authorization"]) == ("key-1", TOKEN)


def test_a_half_good_answer_says_it_of_each() -> None:
    session = FakeSession(response({"data": COST | {"m0": {"id": "11"}, "m1": None}}))
    first, second = client(session).perform(TWO, "key-1").outcomes
    assert first == Confirmed("11")
    assert isinstance(second, Unknown)


def test_the_budget_is_asked_before_anything_is_sent() -> None:
    session = FakeSession()
    ledger = FakeLedger({"monday": WaitUntil(NOW + timedelta(minutes=1), reason="quota_day")})
    with pytest.raises(WaitUntil):
        client(session, ledger=ledger).perform(TWO, "key-1")
    assert not session.calls


def test_an_answered_call_settles_its_points_and_its_place() -> None:
    ledger = FakeLedger()
    spent = {"complexity": {"query": 12_000, "after": 4_988_000, "reset_in_x_seconds": 60}}
    body = {"data": spent | {"m0": {"id": "11"}, "m1": {"id": "9"}}}
    client(FakeSession(response(body)), ledger=ledger).perform(TWO, "key-1")
    assert ledger.reserved[0]["writes"].cost == 20_022
    assert ledger.refunded == [{"concurrency": 1, "writes": 8_022}]


def test_a_call_that_never_left_is_given_back_whole() -> None:
    ledger = FakeLedger()
    with pytest.raises(NoAnswer) as raised:
        client(FakeSession(requests.ConnectTimeout()), ledger=ledger).perform(TWO, "key-1")
    assert not raised.value.perhaps_done
    assert ledger.refunded == [{"day": 1, "minute": 1, "writes": 20_022, "concurrency": 1}]


def test_a_call_without_an_answer_stays_spent() -> None:
    ledger = FakeLedger()
    with pytest.raises(NoAnswer) as raised:
        client(FakeSession(requests.ReadTimeout()), ledger=ledger).perform(TWO, "key-1")
    assert raised.value.perhaps_done
    assert ledger.refunded == [{"concurrency": 1}]


def test_a_throttle_closes_its_limit_for_everybody_and_costs_a_tenth() -> None:
    ledger = FakeLedger()
    throttle = {"errors": [error("COMPLEXITY_BUDGET_EXHAUSTED", retry_in_seconds=9)]}
    with pytest.raises(WaitUntil) as raised:
        client(FakeSession(response(throttle)), ledger=ledger).perform(TWO, "key-1")
    assert raised.value.until == NOW + timedelta(seconds=9)
    assert ledger.reports == [("writes", 5_000_000, raised.value.until)]
    assert ledger.refunded == [{"concurrency": 1, "day": 0.9, "minute": 0.9, "writes": 20_022}]


def test_a_throttle_after_the_first_mutation_counts_as_a_call() -> None:
    ledger = FakeLedger()
    throttle = error("RATE_LIMIT_EXCEEDED", path=["m1"], retry_in_seconds=9)
    body = {"data": {"m0": {"id": "11"}, "m1": None}, "errors": [throttle]}
    client(FakeSession(response(body)), ledger=ledger).perform(TWO, "key-1")
    assert ledger.reports == [("minute", 1_000, NOW + timedelta(seconds=9))]
    assert ledger.refunded == [{"concurrency": 1}]


def test_a_guard_that_forbids_the_call_costs_nothing() -> None:
    def forbid() -> None:
        raise AssertionError("inside a transaction")

    ledger, session = FakeLedger(), FakeSession()
    with pytest.raises(AssertionError):
        client(session, ledger=ledger, before_call=forbid).perform(TWO, "key-1")
    assert not session.calls
    assert len(ledger.refunded) == 1


def test_a_board_is_asked_for_without_a_key() -> None:
    session = FakeSession(response({"data": {"boards": [ITEMS]}}))
    assert client(session).board("2001001").column("STYLE").id == "text_style"
    (call,) = session.calls
    assert call.body["variables"] == {"ids": ["2001001"]}
    assert "Idempotency-Key" not in call.headers


def test_whose_token_it_is() -> None:
    assert (
        client(FakeSession(response({"data": {"me": {"id": "1", "name": "Integration"}}}))).identity()
        == "Integration"
    )
    with pytest.raises(Misconfigured):
        client(FakeSession(response({"errors": ["Not Authenticated"]}, 401))).identity()


def test_an_import_is_started_uploaded_and_read() -> None:
    job = {"job_id": "5", "upload_url": "https://storage.example/up"}
    report = b"text_key,error\nu-2,bad\n"
    session = FakeSession(response({"data": {"job": job}}), response(b""), response(report))
    ours = client(session)
    ours.upload(ours.start_ingest("1", "g", "text_key", "key-2"), b"name\nx\n")
    status = JobStatus("COMPLETED", 1, 0, 0, 1, 0, 0, 100, "", "https://storage.example/report")
    assert [row.key for row in ours.ingest_report(status, ["u-2"], "text_key")] == ["u-2"]
    assert [call.method for call in session.calls] == ["POST", "PUT", "GET"]
    assert session.calls[0].headers["Idempotency-Key"] == "key-2"
    assert all(TOKEN not in call.headers.values() for call in session.calls[1:])


def test_an_upload_that_is_not_taken_is_tried_again() -> None:
    with pytest.raises(Unavailable, match="403"):
        client(FakeSession(response(b"expired", 403))).upload(Job("5", "https://storage.example/up"), b"")


def test_an_import_without_a_report_has_no_rejected_rows() -> None:
    status = JobStatus("COMPLETED", 1, 0, 0, 1, 0, 0, 100, "", None)
    assert client(FakeSession()).ingest_report(status, [], "text_key") == ()


def test_a_key_that_is_none_costs_nothing() -> None:
    ledger = FakeLedger()
    with pytest.raises(Refuse):
        client(FakeSession(), ledger=ledger).perform(TWO, "two words")
    assert len(ledger.refunded) == 1
