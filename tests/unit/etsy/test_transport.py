"""What the transport adds to an exchange: Etsy's name in errors, JSON asked for, and a file in a form."""

from typing import Any

import pytest
import requests

from common.etsy.transport import Transport, Upload
from common.http.exchange import NoAnswer
from tests.fakes.http import FakeSession, response

ME = "https://api.etsy.com/v3/application/users/me"


def transport(session: requests.Session, **options: Any) -> Transport:
    return Transport(session, **({"before_call": lambda: None} | options))


def test_a_request_asks_for_json_and_carries_what_it_is_given() -> None:
    session = FakeSession(response({"user_id": 1}))
    assert transport(session).send("GET", ME, {"x-api-key": "a:b"}).body == b'{"user_id": 1}'
    (call,) = session.calls
    assert (call.method, call.url) == ("GET", ME)
    assert call.headers == {"Accept": "application/json", "x-api-key": "a:b"}
    assert (call.options["data"], call.options["files"]) == (None, None)


def test_no_answer_is_told_as_etsys() -> None:
    with pytest.raises(NoAnswer, match="Etsy did not answer in time") as raised:
        transport(FakeSession(requests.ReadTimeout())).send("GET", ME, {})
    assert raised.value.reason == "etsy_timeout"


def test_an_answer_that_does_not_end_is_given_up() -> None:
    times = iter([0.0, 100.0])
    with pytest.raises(NoAnswer, match="in time"):
        transport(FakeSession(response(b"{}")), monotonic=lambda: next(times)).send("GET", ME, {})


def test_no_call_is_made_inside_a_transaction() -> None:
    def forbid() -> None:
        raise AssertionError("inside a transaction")

    session = FakeSession()
    with pytest.raises(AssertionError, match="inside a transaction"):
        transport(session, before_call=forbid).send("GET", ME, {})
    assert session.calls == []


def test_the_fields_beside_a_file_are_form_data_and_the_boundary_is_set_for_us() -> None:
    session = FakeSession(response({}, 201))
    upload = Upload("image", "a.jpg", b"content", "image/jpeg")
    transport(session).send("POST", ME, {}, [("rank", "2")], upload)
    (call,) = session.calls
    assert call.options["data"] == [("rank", "2")]
    assert call.options["files"] == {"image": ("a.jpg", b"content", "image/jpeg")}
    assert "Content-Type" not in call.headers
