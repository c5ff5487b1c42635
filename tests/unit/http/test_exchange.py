"""One exchange: a whole answer, or an error that says whether the request may have been carried out."""

from typing import Any

import pytest
import requests
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError, ProtocolError

from common.errors import Unavailable
from common.http.exchange import LARGEST_ANSWER, TIMEOUT, Exchange, NoAnswer, Vendor
from tests.fakes.http import FakeSession, response

ADDRESS = "https://api.parcels.example/send"
SECRET = "a-secret-to-keep"
POOL = HTTPConnectionPool("api.parcels.example")
REFUSED = requests.ConnectionError(MaxRetryError(POOL, "/", NewConnectionError(POOL, "refused")))  # type: ignore[arg-type]


def exchange(session: requests.Session, **options: Any) -> Exchange:
    vendor = Vendor("Parcels", "parcels", pieces="parcels")
    return Exchange(vendor, session, **({"before_call": lambda: None} | options))


def no_answer(session: requests.Session, **options: Any) -> NoAnswer:
    """What is raised when a request goes wrong."""
    with pytest.raises(NoAnswer) as raised:
        exchange(session, **options).send("POST", ADDRESS, {"Authorization": SECRET}, b"{}")
    return raised.value


def test_an_answer_of_any_status_is_handed_on_whole() -> None:
    session = FakeSession(response(b"no room", 507, {"Retry-After": "9"}))
    reply = exchange(session).send("POST", ADDRESS, {"Authorization": SECRET}, b"{}")
    assert (reply.status, reply.headers["retry-after"], reply.body) == (507, "9", b"no room")
    (call,) = session.calls
    assert (call.method, call.url, call.headers) == ("POST", ADDRESS, {"Authorization": SECRET})
    assert (call.options["data"], call.options["timeout"]) == (b"{}", TIMEOUT)


@pytest.mark.parametrize(
    ("failure", "reason", "perhaps_done"),
    [
        (requests.ConnectTimeout(), "parcels_unreachable", False),
        (REFUSED, "parcels_unreachable", False),
        (requests.ReadTimeout(), "parcels_timeout", True),
        (requests.ConnectionError("reset"), "parcels_connection", True),
        (requests.ConnectionError(ProtocolError("reset")), "parcels_connection", True),
        (requests.exceptions.ChunkedEncodingError(), "parcels_connection", True),
        (requests.exceptions.SSLError(), "parcels_connection", True),
    ],
)
def test_only_a_request_that_never_left_is_known_not_to_be_done(
    failure: Exception, reason: str, perhaps_done: bool
) -> None:
    error = no_answer(FakeSession(failure))
    assert (error.reason, error.perhaps_done) == (reason, perhaps_done)
    assert isinstance(error, Unavailable)
    assert "Parcels" in str(error)
    assert SECRET not in str(error)


def test_an_answer_without_measure_is_given_up() -> None:
    error = no_answer(FakeSession(response(b" " * (LARGEST_ANSWER + 1))))
    assert (error.reason, error.perhaps_done) == ("parcels_too_large", True)
    assert "ask for fewer parcels at once" in str(error)


def test_the_largest_answer_is_taken() -> None:
    reply = exchange(FakeSession(response(b" " * LARGEST_ANSWER))).send("GET", ADDRESS, {})
    assert len(reply.body) == LARGEST_ANSWER


def test_an_answer_that_drips_is_given_up() -> None:
    times = iter([0.0, 30.0, 95.0])
    error = no_answer(FakeSession(response(b"x" * 200_000)), monotonic=lambda: next(times))
    assert (error.reason, error.perhaps_done) == ("parcels_timeout", True)


def test_a_redirect_is_not_followed_and_no_netrc_is_read() -> None:
    session = FakeSession(response(b"", 302))
    assert exchange(session).send("GET", ADDRESS, {}).status == 302
    options = session.calls[0].options
    assert options["allow_redirects"] is False
    prepared = requests.Request("GET", ADDRESS).prepare()
    assert options["auth"](prepared) is prepared


def test_no_call_is_made_when_the_guard_forbids_it() -> None:
    def forbid() -> None:
        raise AssertionError("inside a transaction")

    session = FakeSession(response({}))
    with pytest.raises(AssertionError, match="inside a transaction"):
        exchange(session, before_call=forbid).send("GET", ADDRESS, {})
    assert session.calls == []
