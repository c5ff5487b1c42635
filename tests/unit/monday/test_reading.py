"""Every shape in which monday.com says no, and the error that each becomes."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from requests.structures import CaseInsensitiveDict

from common.errors import Misconfigured, Refuse, Retry, ShelflineError, Unavailable, WaitUntil
from common.http.exchange import Reply
from functions.push.monday.answers import answer
from functions.push.monday.failures import CursorExpired, InProgress
from functions.push.monday.reading import read
from tests.fakes.http import reply
from tests.fakes.ledger import NOW
from tests.unit.monday.fakes import MIDNIGHT, error

OLD_COMPLEXITY = {
    "error_code": "ComplexityException",
    "status_code": 429,
    "error_message": "Complexity budget exhausted, query cost 30001 budget remaining 19986 out of 1000000 "
    "reset in 3 seconds",
    "error_data": {},
    "errors": ["Complexity budget exhausted"],
}


def raised(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> ShelflineError:
    """What a question raises that is answered so."""
    with pytest.raises(ShelflineError) as caught:
        read(reply(body, status, headers), NOW).whole_data()
    return caught.value


def seconds(found: ShelflineError) -> float:
    assert isinstance(found, WaitUntil)
    return (found.until - NOW).total_seconds()


def test_data_without_errors_is_the_answer() -> None:
    assert read(reply({"data": {"me": {"id": "1"}}}), NOW).whole_data() == {"me": {"id": "1"}}


@pytest.mark.parametrize("status", [200, 429])
def test_the_old_complexity_error_is_a_wait_whatever_its_http_status(status: int) -> None:
    found = raised(OLD_COMPLEXITY, status)
    assert seconds(found) == 3
    assert found.reason == "monday_complexity"


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("COMPLEXITY_BUDGET_EXHAUSTED", "monday_complexity"),
        ("Rate Limit Exceeded", "monday_minute"),
        ("MINUTE_RATE_LIMIT_EXCEEDED", "monday_minute"),
        ("maxConcurrencyExceeded", "monday_concurrency"),
        ("MAX_CONCURRENCY_EXCEEDED", "monday_concurrency"),
        ("IP_RATE_LIMIT_EXCEEDED", "monday_address_rate"),
    ],
)
@pytest.mark.parametrize("status", [200, 429])
def test_a_used_up_limit_is_a_wait_of_the_vendors_own_length(code: str, reason: str, status: int) -> None:
    found = raised({"errors": [error(code, retry_in_seconds=17)]}, status)
    assert seconds(found) == 17
    assert found.reason == reason


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"errors": [error("RATE_LIMIT_EXCEEDED", error_data={"retry_in_seconds": 9})]}, {}),
        ({"errors": [error("RATE_LIMIT_EXCEEDED")], "retry_in_seconds": 9}, {}),
        ({"errors": [error("RATE_LIMIT_EXCEEDED")]}, {"Retry-After": "9"}),
        ({"errors": [error("RATE_LIMIT_EXCEEDED")]}, {"Retry-After": "Fri, 20 Nov 2026 22:30:09 GMT"}),
        (b"<html>slow down</html>", {"Retry-After": "9"}),
    ],
)
def test_the_wait_is_taken_from_wherever_it_stands(body: Any, headers: dict[str, str]) -> None:
    assert seconds(raised(body, 429, headers)) == 9


def test_a_wait_that_nobody_names_is_a_minute() -> None:
    assert seconds(raised({"errors": [error("RATE_LIMIT_EXCEEDED")]}, 429)) == 60


def test_an_absurd_wait_is_a_day_at_most() -> None:
    assert seconds(raised({"errors": [error("RATE_LIMIT_EXCEEDED", retry_in_seconds=1e300)]})) == 86_400


def test_the_used_up_day_is_awaited_until_the_next_one_in_utc() -> None:
    found = raised({"errors": [error("DAILY_LIMIT_EXCEEDED", retry_in_seconds=30)]}, 429)
    assert isinstance(found, WaitUntil)
    assert (found.until, found.reason) == (MIDNIGHT, "monday_day")


def test_the_same_request_still_under_way_is_repeated_after_its_delay() -> None:
    found = raised({"errors": [error("IDEMPOTENCY_CONFLICT", status_code=409)]}, 409, {"Retry-After": "4"})
    assert isinstance(found, InProgress)
    assert found.after == 4


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"errors": [error("", "Resource is currently locked", status_code=423)]}, 200),
        ({"errors": [error("Resource is currently locked")]}, 423),
        (b"", 423),
    ],
)
def test_a_locked_board_is_tried_again(body: Any, status: int) -> None:
    found = raised(body, status)
    assert type(found) is Retry
    assert found.reason == "monday_locked"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"errors": ["Not Authenticated"]}, 200),
        ({"errors": ["Not Authenticated"]}, 401),
        ({"errors": [error("UserUnauthorizedException", status_code=403)]}, 200),
        ({"error_code": "UserUnauthorizedException", "error_message": "no", "status_code": 403}, 200),
        (b"", 401),
        (b"forbidden", 403),
    ],
)
def test_a_refused_token_is_for_whoever_configures(body: Any, status: int) -> None:
    found = raised(body, status)
    assert isinstance(found, Misconfigured)
    assert "shelfline connect monday" in str(found)


def test_a_board_that_is_not_ours_is_for_whoever_configures() -> None:
    found = raised({"data": None, "errors": [error("InvalidBoardIdException", "Board 7 does not exist")]})
    assert isinstance(found, Misconfigured)
    assert "Board 7 does not exist" in str(found)


@pytest.mark.parametrize("status", [301, 404])
def test_a_wrong_address_says_which_setting(status: int) -> None:
    found = raised(b"nothing here", status)
    assert isinstance(found, Misconfigured)
    assert "SHELFLINE_MONDAY_URL" in str(found)


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [{"message": "Unknown field", "locations": [{"line": 1, "column": 2}]}]},
        {"errors": [error("GRAPHQL_VALIDATION_FAILED")]},
        {
            "errors": [
                error("ComplexityException", "Query has complexity of 6000000, which exceeds max complexity")
            ]
        },
        {"errors": [error("IDEMPOTENCY_KEY_REUSED", status_code=422)]},
    ],
)
def test_a_malformed_request_is_refused(body: Any) -> None:
    assert isinstance(raised(body), Refuse)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"<html>Bad gateway</html>", 502),
        ({"errors": [error("INTERNAL_SERVER_ERROR", status_code=500)]}, 200),
        ({"error_code": "InternalServerError", "status_code": 500, "error_message": "oops"}, 500),
        ({"errors": [error("SomethingNew")]}, 200),
        ({"data": None}, 200),
        ({}, 200),
        ([], 200),
        (b"", 200),
        (b'{"data": {"me"', 200),
        ({"data": {"me": {}}}, 500),
        (b"\xff\xfe", 200),
        (b"[" * 100_000, 200),
    ],
)
def test_what_cannot_be_understood_leaves_the_outcome_open(body: Any, status: int) -> None:
    assert isinstance(raised(body, status), Unavailable)


def test_an_outage_is_tried_again_after_the_delay_it_names() -> None:
    found = raised(b"", 503, {"Retry-After": "20"})
    assert isinstance(found, Unavailable)
    assert found.after == 20


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [error("CursorException", "CursorExpiredError: The cursor provided has expired")]},
        {"errors": [error("", "The cursor provided for pagination has expired")]},
        {"error_code": "CursorExpiredError", "error_message": "expired"},
    ],
)
def test_an_expired_cursor_is_told_apart(body: Any) -> None:
    assert isinstance(raised(body), CursorExpired)


def test_half_an_answer_to_a_question_is_none() -> None:
    body = {"data": {"boards": []}, "errors": [error("ColumnValueException", path=["boards"])]}
    assert isinstance(raised(body), Refuse)


def test_of_several_errors_the_one_that_says_least_counts() -> None:
    body = {"errors": [error("RATE_LIMIT_EXCEEDED"), error("SomethingNew"), error("ColumnValueException")]}
    assert isinstance(raised(body), Unavailable)


def test_the_vendors_words_are_kept_short() -> None:
    found = raised({"errors": [error("ColumnValueException", "long " * 1000)]})
    assert len(str(found)) < 500


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
CODES = st.sampled_from(
    ["ComplexityException", "DAILY_LIMIT_EXCEEDED", "IDEMPOTENCY_CONFLICT", "ColumnValueException", "New", ""]
)
EXTENSIONS = st.fixed_dictionaries(
    {}, optional={"code": CODES | JSON, "status_code": JSON, "retry_in_seconds": JSON, "error_data": JSON}
)
ERRORS = st.fixed_dictionaries(
    {},
    optional={
        "message": st.text(max_size=30) | JSON,
        "path": st.lists(st.sampled_from(["m0", "m1", "id", 0])) | JSON,
        "locations": JSON,
        "extensions": EXTENSIONS | JSON,
    },
)
DATA = st.dictionaries(
    st.sampled_from(["m0", "m1", "complexity", "x"]), JSON | st.fixed_dictionaries({"id": st.text() | JSON})
)
BODIES = (
    st.fixed_dictionaries(
        {},
        optional={
            "data": DATA | JSON,
            "errors": st.lists(ERRORS | JSON, max_size=3) | JSON,
            "error_code": CODES | JSON,
            "error_message": JSON,
            "status_code": JSON,
            "retry_in_seconds": JSON,
        },
    )
    | JSON
    | st.binary(max_size=40)
)
HEADERS = st.dictionaries(
    st.sampled_from(["Retry-After", "RateLimit", "RateLimit-Policy", "Idempotency-Replayed"]),
    st.text(max_size=40) | st.sampled_from(["5", '"minuteRate";r=1', "Fri, 99 Nov 2026", "-1", "1e999"]),
)


@given(body=BODIES, status=st.integers(100, 599), headers=HEADERS)
def test_no_answer_whatever_raises_anything_untyped(body: Any, status: int, headers: dict[str, str]) -> None:
    """As a question and as a write of two mutations: a value, or one of our errors with a wait of at most a day."""
    got: Reply = reply(body, status)
    reading = read(Reply(status, CaseInsensitiveDict(headers), got.body), NOW)
    for understand in (reading.whole_data, lambda: answer(reading, ("m0", "m1"))):
        found = outcome_of(understand)
        assert found is None or found.reason.startswith("monday_")
        assert not isinstance(found, WaitUntil) or NOW <= found.until <= NOW + timedelta(days=1)


def outcome_of(understand: Callable[[], object]) -> ShelflineError | None:
    """What was raised, if it is one of ours; anything else goes on up."""
    try:
        understand()
    except ShelflineError as error_of_ours:
        return error_of_ours
    return None
