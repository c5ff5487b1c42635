"""The client against a session without a network: what it sends, and what each failure becomes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests

from common.errors import GiveUp, Misconfigured, Refuse, ShelflineError, Unavailable, WaitUntil
from functions.scrape.digikey.credentials import Credentials
from functions.scrape.digikey.rates import RateReport
from functions.scrape.digikey.token import TokenSource
from functions.scrape.digikey.transport import Transport
from tests.unit.digikey.fake_session import (
    NOW,
    RATE,
    SECRET,
    CallGuard,
    FakeSession,
    Monotonic,
    client,
    reply,
    token_reply,
)
from tests.unit.digikey.products import document, search_body

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
PROBLEM = {
    "type": "t",
    "title": "Not Found",
    "status": 404,
    "detail": "no such number",
    "correlationId": "c-1",
}


def failing(*replies: requests.Response | Exception) -> ShelflineError:
    """What a search raises when it is answered so."""
    with pytest.raises(ShelflineError) as raised:
        client(FakeSession(*replies)).search("LM358P")
    return raised.value


# What is sent


def test_a_search_sends_keywords_token_client_id_and_locale() -> None:
    session = FakeSession(reply(200, search_body()))
    client(session).search("LM358P", manufacturer_id=7)
    (call,) = session.calls
    assert (call.method, call.url) == ("POST", "https://api.digikey.com/products/v4/search/keyword")
    assert call.options["json"] == {
        "Keywords": "LM358P",
        "Limit": 50,
        "Offset": 0,
        "FilterOptionsRequest": {"ManufacturerFilter": [{"Id": "7"}]},
    }
    assert (
        call.headers.items()
        >= {
            "Authorization": "Bearer token-1",
            "X-DIGIKEY-Client-Id": "client",
            "X-DIGIKEY-Locale-Site": "US",
            "X-DIGIKEY-Locale-Language": "en",
            "X-DIGIKEY-Locale-Currency": "USD",
        }.items()
    )
    assert "X-DIGIKEY-Account-Id" not in call.headers
    assert call.options["allow_redirects"] is False
    assert call.options["timeout"]


def test_an_account_is_named_when_the_credentials_have_one() -> None:
    session = FakeSession(reply(200, search_body()))
    client(session, credentials=lambda: Credentials("client", SECRET, "4711")).search("LM358P")
    assert session.calls[0].headers["X-DIGIKEY-Account-Id"] == "4711"


@pytest.mark.parametrize(
    ("number", "segment"),
    [
        ("PIC16F84A-04/P", "PIC16F84A-04%2FP"),
        ("LT1001CN8#PBF", "LT1001CN8%23PBF"),
        ("A?B C+", "A%3FB%20C%2B"),
    ],
)
def test_a_number_is_one_percent_encoded_path_segment(number: str, segment: str) -> None:
    session = FakeSession(reply(200, {"Product": document(number)}))
    client(session).product_details(number, manufacturer_id=7)
    assert session.calls[0].url.endswith(f"/search/{segment}/productdetails")
    assert session.calls[0].options["params"] == {"manufacturerId": "7"}


@pytest.mark.parametrize("number", ["", ".", ".."])
def test_a_number_that_would_change_the_path_is_not_sent(number: str) -> None:
    session = FakeSession()
    with pytest.raises(ValueError, match="by path"):
        client(session).product_details(number)
    assert session.calls == []


def test_the_guard_is_asked_before_every_call_and_can_forbid_it() -> None:
    guard, session = CallGuard(), FakeSession(reply(200, search_body()))
    client(session, before_call=guard).search("LM358P")
    assert guard.asked == 2  # the token's and the search's
    guard.forbid = RuntimeError("a database transaction is open")
    with pytest.raises(RuntimeError, match="transaction"):
        client(session, before_call=guard).search("LM358P")
    assert len(session.calls) == 1


@pytest.mark.parametrize("host", ["https://sandbox-api.digikey.com", "https://SANDBOX-API.digikey.com.:443/"])
def test_the_sandbox_is_refused_because_it_answers_everything_alike(host: str) -> None:
    with pytest.raises(Misconfigured, match="one canned part") as raised:
        client(FakeSession(), base_url=host)
    assert raised.value.reason == "digikey_sandbox"


@pytest.mark.parametrize("host", ["http://api.digikey.com", "api.digikey.com", ""])
def test_an_address_without_encryption_is_refused_unless_it_is_this_machine(host: str) -> None:
    with pytest.raises(Misconfigured, match="https://"):
        client(FakeSession(), base_url=host)
    client(FakeSession(), base_url="http://127.0.0.1:8091")


# Tokens


def test_a_token_is_got_once_and_used_until_half_a_minute_before_it_expires() -> None:
    clock = Monotonic()
    session = FakeSession(*[reply(200, search_body()) for _ in range(3)])
    asking = client(session, monotonic=clock)
    asking.search("A")
    clock.seconds += 599 - 30 - 0.1
    asking.search("B")
    assert len(session.token_calls) == 1
    clock.seconds += 0.2
    asking.search("C")
    assert [call.headers["Authorization"] for call in session.calls] == [
        "Bearer token-1",
        "Bearer token-1",
        "Bearer token-2",
    ]
    assert session.token_calls[0].options["data"]["grant_type"] == "client_credentials"


def test_an_expired_token_is_replaced_once_and_the_call_repeated() -> None:
    session = FakeSession(reply(401, PROBLEM), reply(200, search_body()))
    client(session).search("LM358P")
    assert [call.headers["Authorization"] for call in session.calls] == ["Bearer token-1", "Bearer token-2"]


def test_a_second_401_means_that_the_credentials_are_wrong() -> None:
    error = failing(reply(401, PROBLEM), reply(401, PROBLEM))
    assert isinstance(error, Misconfigured)
    assert error.reason == "digikey_credentials"


@pytest.mark.parametrize("status", [400, 401, 403])
def test_refused_credentials_are_a_matter_of_configuration(status: int) -> None:
    refused = reply(status, {"error": "invalid_client", "error_description": "unknown client"})
    with pytest.raises(Misconfigured, match="shelfline connect digikey") as raised:
        client(FakeSession(tokens=[refused])).search("LM358P")
    assert SECRET not in str(raised.value)
    assert "unknown client" in str(raised.value)


def test_missing_credentials_are_said_before_anything_is_sent() -> None:
    session = FakeSession()
    with pytest.raises(Misconfigured, match="No DigiKey credentials"):
        client(session, credentials=lambda: Credentials("", "")).search("LM358P")
    assert session.token_calls == []


@pytest.mark.parametrize(("status", "kind"), [(429, WaitUntil), (500, Unavailable), (503, Unavailable)])
def test_a_busy_token_service_is_waited_for(status: int, kind: type[ShelflineError]) -> None:
    with pytest.raises(kind):
        client(FakeSession(tokens=[reply(status, {})])).search("LM358P")


@pytest.mark.parametrize("body", [b"<html>", {"expires_in": 599}, {"access_token": ""}, {"access_token": 5}])
def test_a_token_answer_without_a_token_is_unavailable(body: Any) -> None:
    with pytest.raises(Unavailable):
        client(FakeSession(tokens=[reply(200, body)])).search("LM358P")


@pytest.mark.parametrize("lifetime", [None, "599", 599.5, "soon", -1, True])
def test_a_token_lives_ten_minutes_when_its_lifetime_makes_no_sense(lifetime: Any) -> None:
    clock = Monotonic()
    session = FakeSession(
        reply(200, search_body()), reply(200, search_body()), tokens=[token_reply("only", lifetime)]
    )
    asking = client(session, monotonic=clock)
    asking.search("A")
    clock.seconds += 560
    asking.search("B")
    assert len(session.token_calls) == 1


def test_forgetting_a_token_that_was_replaced_meanwhile_keeps_the_new_one() -> None:
    session = FakeSession()
    transport = Transport("https://api.digikey.com", session, CallGuard())
    tokens = TokenSource(transport, lambda: Credentials("client", SECRET), lambda: NOW, Monotonic())
    first = tokens.current()
    tokens.forget(first)
    second = tokens.current()
    tokens.forget(first)
    assert tokens.current() is second
    assert SECRET not in repr(second)
    assert second.value not in repr(second)


def test_secrets_are_in_no_repr() -> None:
    assert SECRET not in repr(Credentials("client", SECRET))


# Answers


def test_a_search_answers_products_without_a_float_and_the_budget() -> None:
    body = search_body(document("LM358P", UnitPrice=0.4158), count=77)
    answer = client(FakeSession(reply(200, body, RATE))).search("LM358P")
    assert answer.rate == RateReport(1000, 876, NOW)
    assert answer.at == NOW
    (found,) = answer.value.products
    assert found.document["UnitPrice"] == Decimal("0.4158")
    assert (answer.value.count, answer.value.is_cut()) == (77, True)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"X-RateLimit-Limit": "many"}, None),
        ({"X-RateLimit-Remaining": "3"}, RateReport(None, 3, NOW)),
        ({"x-ratelimit-limit": "1000"}, RateReport(1000, None, NOW)),
    ],
)
def test_rate_headers_may_be_missing_in_part_or_whole(
    headers: dict[str, str], expected: RateReport | None
) -> None:
    answer = client(FakeSession(reply(200, search_body(), headers))).search("LM358P")
    assert answer.rate == expected


def test_an_unknown_number_is_a_value_not_an_error() -> None:
    answer = client(FakeSession(reply(404, PROBLEM, RATE))).product_details("NOPE")
    assert answer.value is None
    assert answer.rate == RateReport(1000, 876, NOW)


def test_a_404_that_is_not_digikeys_means_a_wrong_address() -> None:
    with pytest.raises(Misconfigured, match="SHELFLINE_DIGIKEY_URL"):
        client(FakeSession(reply(404, b"<html>nothing here</html>"))).product_details("LM358P")


def test_a_search_answered_with_404_found_nothing() -> None:
    assert client(FakeSession(reply(404, PROBLEM))).search("LM358P").value.products == ()


def test_fields_that_are_null_or_missing_do_no_harm() -> None:
    body = {
        "Products": [None, {}, {"ProductVariations": None, "OtherNames": [None, 7, " "]}],
        "ExactMatches": None,
    }
    result = client(FakeSession(reply(200, body))).search("LM358P").value
    assert [found.other_names for found in result.products] == [(), ()]
    assert (result.exact_matches, result.count) == ((), 2)


def test_every_manufacturer_is_listed() -> None:
    body = {"Manufacturers": [{"Id": 7, "Name": "Texas Instruments"}, {"Name": "without an id"}]}
    makers = client(FakeSession(reply(200, body))).manufacturers().value
    assert [(maker.id, maker.name) for maker in makers] == [(7, "Texas Instruments")]


# Failures


@pytest.mark.parametrize(
    "answer",
    [
        reply(200, b'{"Products": [{"Manuf'),
        reply(200, b"[]"),
        reply(200, b'{"Products": NaN}'),
        reply(200, b"\xff\xfe"),
        reply(200, {"ProductsCount": 0}),
        reply(200, {"Products": None, "ProductsCount": 0}),
    ],
    ids=["cut short", "no object", "not a number", "no text", "no list", "null list"],
)
def test_an_answer_that_is_not_whole_never_looks_like_nothing_found(answer: requests.Response) -> None:
    error = failing(answer)
    assert isinstance(error, Unavailable)
    assert error.reason == "digikey_malformed"


@pytest.mark.parametrize("product", [None, [], "x"])
def test_details_without_a_product_are_unavailable_not_unknown(product: Any) -> None:
    with pytest.raises(Unavailable):
        client(FakeSession(reply(200, {"Product": product}))).product_details("LM358P")


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_what_may_pass_is_unavailable_with_digikeys_delay(status: int) -> None:
    error = failing(reply(status, b"", {"Retry-After": "17"}))
    assert isinstance(error, Unavailable)
    assert (error.reason, error.after) == (f"digikey_http_{status}", 17)


@pytest.mark.parametrize(
    ("raised", "reason"),
    [
        (requests.ConnectTimeout(), "digikey_timeout"),
        (requests.ReadTimeout(), "digikey_timeout"),
        (requests.ConnectionError(), "digikey_connection"),
        (requests.exceptions.ChunkedEncodingError(), "digikey_connection"),
        (requests.exceptions.ContentDecodingError(), "digikey_connection"),
    ],
)
def test_what_went_wrong_on_the_way_is_unavailable(raised: Exception, reason: str) -> None:
    error = failing(raised)
    assert isinstance(error, Unavailable)
    assert error.reason == reason


def test_a_forbidden_application_is_a_matter_of_configuration() -> None:
    assert isinstance(failing(reply(403, PROBLEM)), Misconfigured)


def test_a_redirect_means_a_wrong_address() -> None:
    assert failing(reply(301, b"")).reason == "digikey_address"


def test_a_request_that_digikey_calls_bad_is_refused_with_its_reasons() -> None:
    error = failing(
        reply(400, {"title": "Bad Request", "errors": {"Keywords": ["too long"]}, "correlationId": "c-9"})
    )
    assert isinstance(error, Refuse)
    assert "too long" in str(error)
    assert "c-9" in str(error)


def test_any_other_refusal_gives_up() -> None:
    error = failing(reply(418, {}))
    assert isinstance(error, GiveUp)
    assert error.reason == "digikey_http_418"


BURST_BODY = {"ErrorResponseVersion": "3.0.0.0", "StatusCode": 429, "ErrorMessage": "BurstLimit exceeded"}


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({"Retry-After": "23", **RATE}, NOW + timedelta(seconds=23)),
        ({"X-BurstLimit-Reset": "9"}, NOW + timedelta(seconds=9)),
        ({"Retry-After": "Fri, 20 Nov 2026 22:31:00 GMT"}, NOW + timedelta(minutes=1)),
        ({"Retry-After": "Fri, 20 Nov 2026 22:31:00 -0000"}, NOW + timedelta(minutes=1)),
        ({"Retry-After": "Fri, 20 Nov 2026 22:00:00 GMT"}, NOW),
        ({"Retry-After": "soon"}, NOW + timedelta(minutes=1)),
        ({"Retry-After": "99999999999999"}, NOW + timedelta(days=1)),
        ({}, NOW + timedelta(minutes=1)),
    ],
)
def test_a_used_up_minute_waits_as_long_as_digikey_says(headers: dict[str, str], until: datetime) -> None:
    error = failing(reply(429, BURST_BODY, headers))
    assert isinstance(error, WaitUntil)
    assert (error.reason, error.until) == ("digikey_burst", until)


@pytest.mark.parametrize(
    ("headers", "until"),
    [
        ({}, MIDNIGHT),
        ({"Retry-After": "5400"}, NOW + timedelta(minutes=90)),
        ({"Retry-After": "x"}, MIDNIGHT),
    ],
)
def test_a_used_up_day_waits_for_digikeys_delay_or_midnight(headers: dict[str, str], until: datetime) -> None:
    error = failing(reply(429, {"title": "Too Many Requests"}, {"X-RateLimit-Remaining": "0", **headers}))
    assert isinstance(error, WaitUntil)
    assert (error.reason, error.until) == ("digikey_day", until)
