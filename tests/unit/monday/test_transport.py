"""What is sent, and what every way of getting no answer becomes."""

from typing import Any

import pytest
import requests

from common.errors import Misconfigured, Refuse
from common.http.exchange import NoAnswer
from functions.push.monday.credentials import Credentials, stored_credentials
from functions.push.monday.transport import Transport
from tests.fakes.http import FakeSession, response
from tests.fakes.secret_store import FakeSecretStore
from tests.unit.monday.fakes import TOKEN


def transport(session: FakeSession, base_url: str = "https://api.monday.com", **options: Any) -> Transport:
    return Transport(base_url, session, **options)


def test_a_request_carries_the_bare_token_the_version_and_the_key() -> None:
    session = FakeSession(response({}))
    transport(session).post(b'{"query":""}', TOKEN, idempotency_key="key-1")
    (call,) = session.calls
    assert (call.method, call.url) == ("POST", "https://api.monday.com/v2")
    assert call.headers == {
        "Accept": "application/json",
        "Content-Type": "application/json",
        "Authorization": TOKEN,
        "API-Version": "2026-10",
        "Idempotency-Key": "key-1",
    }
    assert call.options["data"] == b'{"query":""}'
    assert call.options["timeout"] == (3.05, 60.0)
    assert call.options["allow_redirects"] is False


def test_a_question_carries_no_key() -> None:
    session = FakeSession(response({}))
    transport(session).post(b"{}", TOKEN)
    assert "Idempotency-Key" not in session.calls[0].headers


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "line\nend"])
def test_what_cannot_be_a_key_is_refused_before_anything_is_sent(key: str) -> None:
    session = FakeSession()
    with pytest.raises(Refuse):
        transport(session).post(b"{}", TOKEN, idempotency_key=key)
    assert not session.calls


@pytest.mark.parametrize(
    "url", ["http://api.monday.com", "ftp://api.monday.com", "http://127.0.0.1.evil.example"]
)
def test_our_token_does_not_travel_in_plain_text(url: str) -> None:
    with pytest.raises(Misconfigured, match="https"):
        transport(FakeSession(), url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8099", "http://localhost:1/", "https://api.monday.com/"])
def test_this_machine_may_be_spoken_to_in_plain_text(url: str) -> None:
    session = FakeSession(response({}))
    transport(session, url).post(b"{}", TOKEN)
    assert session.calls[0].url == url.rstrip("/") + "/v2"


def test_an_upload_and_a_download_do_not_carry_the_token() -> None:
    session = FakeSession(response(b""), response(b"report"))
    sender = transport(session)
    sender.put("https://storage.example/up", b"name\n")
    assert sender.get("https://storage.example/down").body == b"report"
    assert all("Authorization" not in call.headers for call in session.calls)


def test_a_storage_address_in_plain_text_is_refused() -> None:
    with pytest.raises(Misconfigured):
        transport(FakeSession()).put("http://storage.example/up", b"")


def test_no_call_is_made_when_the_guard_forbids_it() -> None:
    def forbid() -> None:
        raise AssertionError("an outside call inside a transaction")

    session = FakeSession(response({}))
    with pytest.raises(AssertionError):
        transport(session, before_call=forbid).post(b"{}", TOKEN)
    assert not session.calls


def test_no_answer_is_told_as_monday_coms_and_without_the_token() -> None:
    with pytest.raises(NoAnswer, match=r"monday\.com did not answer in time") as raised:
        transport(FakeSession(requests.ReadTimeout())).post(b"{}", TOKEN)
    assert (raised.value.reason, raised.value.perhaps_done) == ("monday_timeout", True)
    assert TOKEN not in str(raised.value)


def test_an_answer_that_drips_is_given_up() -> None:
    ticks = iter([0.0, 30.0, 95.0])
    body = b"x" * 200_000
    with pytest.raises(NoAnswer, match="in time"):
        transport(FakeSession(response(body)), monotonic=lambda: next(ticks)).post(b"{}", TOKEN)


@pytest.mark.parametrize("token", ["", "a b", "line\n", "tökén"])
def test_a_token_that_cannot_travel_in_a_header_is_not_shown(token: str) -> None:
    with pytest.raises(Misconfigured) as raised:
        Credentials(token)
    assert not token or token not in str(raised.value)


def test_the_token_comes_from_the_secret_store_and_is_in_no_repr() -> None:
    secrets = FakeSecretStore()
    with pytest.raises(Misconfigured, match="shelfline connect monday"):
        stored_credentials(secrets)
    secrets.put("monday", {"token": TOKEN})
    credentials = stored_credentials(secrets)
    assert credentials.token == TOKEN
    assert TOKEN not in repr(credentials)
