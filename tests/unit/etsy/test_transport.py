"""One exchange: a whole answer, or an error that says whether the request may have been carried out."""

from typing import Any

import pytest
import requests
from urllib3.connectionpool import HTTPConnectionPool
from urllib3.exceptions import MaxRetryError, NewConnectionError

from common.etsy.transport import LARGEST_ANSWER, NoAnswer, Transport, Upload
from tests.unit.etsy.fakes import FakeSession, response

POOL = HTTPConnectionPool("api.etsy.com")
REFUSED = requests.ConnectionError(MaxRetryError(POOL, "/", NewConnectionError(POOL, "refused")))  # type: ignore[arg-type]


def send(session: requests.Session, **options: Any) -> Any:
    transport = Transport(session, before_call=lambda: None, **options)
    return transport.send("GET", "https://api.etsy.com/v3/application/users/me", {"x-api-key": "a:b"})


@pytest.mark.parametrize(
    ("error", "perhaps_done"),
    [
        (REFUSED, False),
        (requests.ConnectTimeout(), False),
        (requests.ReadTimeout(), True),
        (requests.ConnectionError("reset"), True),
        (requests.exceptions.ChunkedEncodingError(), True),
    ],
)
def test_a_failure_says_whether_it_may_have_been_done(error: Exception, perhaps_done: bool) -> None:
    with pytest.raises(NoAnswer) as raised:
        send(FakeSession(error))
    assert raised.value.perhaps_done is perhaps_done


def test_an_answer_that_does_not_end_is_given_up() -> None:
    times = iter([0.0, 100.0])
    with pytest.raises(NoAnswer, match="in time"):
        send(FakeSession(response(b"{}")), monotonic=lambda: next(times))


def test_an_answer_without_measure_is_given_up() -> None:
    with pytest.raises(NoAnswer, match="larger"):
        send(FakeSession(response(b" " * (LARGEST_ANSWER + 1))))


def test_a_redirect_is_not_followed_and_no_netrc_is_read() -> None:
    session = FakeSession(response(b"", 302))
    assert send(session).status == 302
    _, _, options = session.calls[0]
    assert options["allow_redirects"] is False
    prepared = requests.Request("GET", "https://api.etsy.com").prepare()
    assert options["auth"](prepared) is prepared


def test_no_call_is_made_inside_a_transaction() -> None:
    def forbids() -> None:
        raise AssertionError("inside a transaction")

    session = FakeSession()
    with pytest.raises(AssertionError):
        Transport(session, before_call=forbids).send("GET", "https://api.etsy.com", {})
    assert session.calls == []


def test_the_fields_beside_a_file_are_form_data_and_the_boundary_is_set_for_us() -> None:
    session = FakeSession(response({}, 201))
    upload = Upload("image", "a.jpg", b"content", "image/jpeg")
    transport = Transport(session, before_call=lambda: None)
    transport.send("POST", "https://api.etsy.com", {}, [("rank", "2")], upload)
    _, _, options = session.calls[0]
    assert (options["data"], options["files"]) == (
        [("rank", "2")],
        {"image": ("a.jpg", b"content", "image/jpeg")},
    )
    assert "Content-Type" not in options["headers"]
