"""Who is let in, and what a request may hold: a mistake must show here, not against the real service."""

import base64
from typing import Any

import pytest
import requests

from common.errors import Misconfigured
from functions.scrape.digikey.credentials import Credentials
from tests.integration.digikey.conftest import CREDENTIALS, StandIn, Start
from tests.integration.digikey.products import SMALL
from tests.support.processes import until


def is_problem(response: requests.Response, status: int) -> bool:
    """Whether this is the RFC 7807 body of v4."""
    fields = {"type", "title", "status", "detail", "instance", "correlationId", "errors"}
    body: dict[str, Any] = response.json()
    return response.status_code == status == body["status"] and body.keys() == fields


def test_a_token_is_given_for_form_fields_or_basic_authentication(stand_in: StandIn) -> None:
    url = f"{stand_in.url}/v1/oauth2/token"
    basic = base64.b64encode(f"{CREDENTIALS.client_id}:{CREDENTIALS.client_secret}".encode()).decode()
    answer = requests.post(
        url, data={"grant_type": "client_credentials"}, headers={"Authorization": f"Basic {basic}"}, timeout=5
    )
    assert answer.json().keys() == {"access_token", "expires_in", "token_type"}
    assert (answer.json()["expires_in"], answer.json()["token_type"]) == (599, "Bearer")


@pytest.mark.parametrize("header", ["Basic !", "Basic ZsO8cg==", "Basic /w=="])
def test_basic_authentication_that_makes_no_sense_is_refused(stand_in: StandIn, header: str) -> None:
    url = f"{stand_in.url}/v1/oauth2/token"
    form = {"grant_type": "client_credentials"}
    assert is_problem(requests.post(url, data=form, headers={"Authorization": header}, timeout=5), 401)


def test_another_grant_is_refused(stand_in: StandIn) -> None:
    url = f"{stand_in.url}/v1/oauth2/token"
    assert is_problem(requests.post(url, data={"grant_type": "password"}, timeout=5), 400)


def test_wrong_credentials_end_as_misconfigured(stand_in: StandIn) -> None:
    with pytest.raises(Misconfigured, match="refuses our credentials"):
        stand_in.client(Credentials("local-client", "wrong")).search("LM358P")


def test_a_token_expires_in_real_time_and_the_client_gets_another(start: Start) -> None:
    expiring = start(SMALL, token_lifetime=0.2)
    asking = expiring.client()
    asking.search("LM358P")
    headers = {"Authorization": expiring.seen[-1].headers["Authorization"]}
    until(lambda: expiring.call("GET", "/manufacturers", headers=headers).status_code == 401)
    asking.search("LM358P")
    assert [request.path_url for request in expiring.seen].count("/v1/oauth2/token") == 2


def test_a_token_that_expires_under_way_is_replaced_once(stand_in: StandIn) -> None:
    stand_in.plant("digikey.keyword", "status", status=401)
    stand_in.client().search("LM358P")
    assert stand_in.struck() == [1]
    assert [request.path_url for request in stand_in.seen].count("/v1/oauth2/token") == 2


@pytest.mark.parametrize(
    ("headers", "drop", "status"),
    [
        ({}, "Authorization", 401),
        ({"Authorization": "Basic abc"}, "", 401),
        ({"Authorization": "Bearer forged.token"}, "", 401),
        ({"Authorization": "Bearer ünsigned".encode()}, "", 401),
        ({}, "X-DIGIKEY-Client-Id", 400),
        ({"X-DIGIKEY-Client-Id": "somebody-else"}, "", 401),
    ],
)
def test_a_call_without_good_headers_is_refused(
    stand_in: StandIn, headers: Any, drop: str, status: int
) -> None:
    assert is_problem(stand_in.call("GET", "/manufacturers", headers=headers, drop=drop), status)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "Keywords"),
        ({"Keywords": ""}, "Keywords"),
        ({"Keywords": "x" * 251}, "Keywords"),
        ({"Keywords": "x", "Limit": 51}, "Limit"),
        ({"Keywords": "x", "Limit": "5"}, "Limit"),
        ({"Keywords": "x", "Offset": -1}, "Offset"),
        ({"Keywords": "x", "keywords": "y"}, "keywords"),
        ({"Keywords": "x", "RecordCount": 5}, "RecordCount"),
        (
            {"Keywords": "x", "FilterOptionsRequest": {"ManufacturerFilter": [{"Id": 7}]}},
            "FilterOptionsRequest.ManufacturerFilter.0.Id",
        ),
        (
            {"Keywords": "x", "FilterOptionsRequest": {"SeriesFilter": [{"Id": "7"}]}},
            "FilterOptionsRequest.SeriesFilter",
        ),
        ({"Keywords": "x", "SortOptions": {"Field": "Beauty"}}, "SortOptions.Field"),
        ([], "body"),
    ],
)
def test_a_bad_search_names_the_field(stand_in: StandIn, body: Any, field: str) -> None:
    refused = stand_in.call("POST", "/keyword", json=body)
    assert is_problem(refused, 400)
    assert field in refused.json()["errors"]


def test_a_search_that_is_no_json_is_refused(stand_in: StandIn) -> None:
    assert is_problem(stand_in.call("POST", "/keyword", data=b"{"), 400)


@pytest.mark.parametrize("query", ["manufacturerId=TI", "manufacturer=7"])
def test_a_bad_question_for_details_is_refused(stand_in: StandIn, query: str) -> None:
    assert is_problem(stand_in.call("GET", f"/LM358P/productdetails?{query}"), 400)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/NOPE/productdetails"),
        ("GET", "/LM317T/NOPB/productdetails"),
        ("GET", "/categories"),
        ("GET", "/keyword"),
    ],
)
def test_what_is_not_there_is_a_problem_too(stand_in: StandIn, method: str, path: str) -> None:
    assert is_problem(stand_in.call(method, path), 404)


@pytest.mark.parametrize(
    ("asked", "used"),
    [
        ({}, {"Site": "US", "Language": "en", "Currency": "USD"}),
        (
            {
                "X-DIGIKEY-Locale-Site": "DE",
                "X-DIGIKEY-Locale-Language": "de",
                "X-DIGIKEY-Locale-Currency": "EUR",
            },
            {"Site": "DE", "Language": "de", "Currency": "EUR"},
        ),
        ({"X-DIGIKEY-Locale-Site": "Mars"}, {"Site": "US", "Language": "en", "Currency": "USD"}),
    ],
)
def test_a_locale_is_used_or_corrected(
    stand_in: StandIn, asked: dict[str, str], used: dict[str, str]
) -> None:
    answer = stand_in.call("GET", "/LM358P/productdetails", headers=asked)
    assert answer.json()["SearchLocaleUsed"] == used
