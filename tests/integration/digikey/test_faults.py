"""Every planted fault is met by the real client, and what the client makes of it."""

from collections.abc import Callable
from typing import Any

import pytest

from common.errors import Misconfigured, Refuse, ShelflineError, Unavailable, WaitUntil
from functions.scrape.digikey.client import DigiKeyClient
from tests.integration.digikey.conftest import StandIn

Ask = Callable[[DigiKeyClient], Any]


def search(client: DigiKeyClient) -> Any:
    return client.search("LM358P")


def details(client: DigiKeyClient) -> Any:
    return client.product_details("LM317T/NOPB")


def makers(client: DigiKeyClient) -> Any:
    return client.manufacturers()


OPERATIONS = [("digikey.token", search), ("digikey.keyword", search), ("digikey.productdetails", details)]
FAILURES = [
    ("status", {"status": 429}, WaitUntil, "digikey_burst"),
    ("status", {"status": 429, "limit": "day"}, WaitUntil, "digikey_day"),
    ("status", {"status": 403}, Misconfigured, "digikey_credentials"),
    ("status", {"status": 500}, Unavailable, "digikey_http_500"),
    ("status", {"status": 502}, Unavailable, "digikey_http_502"),
    ("status", {"status": 503, "retry_after": 7}, Unavailable, "digikey_http_503"),
    ("status", {"status": 504}, Unavailable, "digikey_http_504"),
    ("drop", {}, Unavailable, "digikey_connection"),
    ("malformed", {}, Unavailable, "digikey_malformed"),
]


@pytest.mark.parametrize(("operation", "ask"), OPERATIONS)
@pytest.mark.parametrize(("kind", "parameters", "error", "reason"), FAILURES)
def test_a_fault_becomes_a_typed_error_once_and_then_all_is_well(
    stand_in: StandIn,
    operation: str,
    ask: Ask,
    kind: str,
    parameters: dict[str, Any],
    error: type[ShelflineError],
    reason: str,
) -> None:
    stand_in.plant(operation, kind, **parameters)
    asking = stand_in.client()
    with pytest.raises(error) as raised:
        ask(asking)
    assert raised.value.reason == reason
    assert getattr(raised.value, "after", None) == parameters.get("retry_after")
    ask(asking)
    assert stand_in.struck() == [1]


@pytest.mark.parametrize(("operation", "ask"), OPERATIONS[1:])
def test_an_answer_whose_product_is_null_is_unavailable(stand_in: StandIn, operation: str, ask: Ask) -> None:
    stand_in.plant(operation, "null_product")
    with pytest.raises(Unavailable) as raised:
        ask(stand_in.client())
    assert raised.value.reason == "digikey_malformed"
    assert stand_in.struck() == [1]


@pytest.mark.parametrize("ask", [search, details, makers])
def test_missing_rate_headers_do_no_harm(stand_in: StandIn, ask: Ask) -> None:
    stand_in.plant("*", "no_rate_headers", times=2)  # the token's answer and the call's
    assert ask(stand_in.client()).rate is None
    assert stand_in.struck() == [2]


def test_a_delay_only_takes_time(stand_in: StandIn) -> None:
    stand_in.plant("digikey.keyword", "delay", seconds=0.05)
    assert stand_in.client().search("LM358P").value.exact_matches
    assert stand_in.struck() == [1]


def test_a_second_401_in_a_row_means_wrong_credentials(stand_in: StandIn) -> None:
    stand_in.plant("digikey.productdetails", "status", status=401, times=2)
    with pytest.raises(Misconfigured):
        details(stand_in.client())
    assert stand_in.struck() == [2]


def test_a_request_called_bad_is_refused(stand_in: StandIn) -> None:
    stand_in.plant("digikey.keyword", "status", status=400)
    with pytest.raises(Refuse):
        search(stand_in.client())


def test_a_fault_strikes_only_the_part_it_names(stand_in: StandIn) -> None:
    stand_in.plant("*", "status", status=500, match={"part_number": "LM317T/NOPB"})
    search(stand_in.client())
    assert stand_in.struck() == [0]
    with pytest.raises(Unavailable):
        details(stand_in.client())
    assert stand_in.struck() == [1]


def test_a_fault_of_unknown_kind_shows_itself(stand_in: StandIn) -> None:
    stand_in.plant("digikey.keyword", "sulk")
    with pytest.raises(Unavailable, match="unknown fault kind 'sulk'"):
        search(stand_in.client())
