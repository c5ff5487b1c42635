"""Keys, consent with PKCE, and tokens of which each refresh makes new ones."""

import hashlib
from base64 import urlsafe_b64encode
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from infra.local.vendors.etsy.application import Options
from tests.support.etsy_account import REFRESH_TOKEN, SHOP, StandIn, Start

VERIFIER = "a-verifier-of-more-than-forty-three-characters-it-is"
CHALLENGE = urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
ASKED = {
    "response_type": "code",
    "client_id": Options.keystring,
    "redirect_uri": "http://127.0.0.1:3003/callback",
    "scope": "listings_r shops_r",
    "state": "the-state",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def answered(stand_in: StandIn, decision: str = "grant", **asked: str) -> dict[str, str]:
    """What the application is told after the seller has pressed a button."""
    address = stand_in.agree(f"{stand_in.url}/oauth/connect?{urlencode(ASKED | asked)}", decision)
    assert address.startswith(ASKED["redirect_uri"])
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def exchanged(stand_in: StandIn, code: str, **other: str) -> Any:
    fields = {
        "grant_type": "authorization_code",
        "client_id": Options.keystring,
        "redirect_uri": ASKED["redirect_uri"],
        "code": code,
        "code_verifier": VERIFIER,
    }
    return stand_in.ask_tokens(**(fields | other))


def test_the_page_is_a_form_that_names_what_is_asked_for(stand_in: StandIn) -> None:
    page = stand_in.session.get(f"{stand_in.url}/oauth/connect", params=ASKED, timeout=10)
    assert page.status_code == 200
    assert "listings_r shops_r" in page.text
    assert 'name="state" value="the-state"' in page.text


def test_the_page_shows_what_it_was_given_and_does_not_run_it(stand_in: StandIn) -> None:
    asked = ASKED | {"state": '"><script>alert(1)</script>'}
    page = stand_in.session.get(f"{stand_in.url}/oauth/connect", params=asked, timeout=10)
    assert "<script>" not in page.text


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("response_type", "token"),
        ("client_id", "other"),
        ("redirect_uri", "http://elsewhere.example/callback"),
        ("scope", "listings_r everything"),
        ("code_challenge_method", "plain"),
        ("state", ""),
    ],
)
def test_a_bad_question_is_refused(stand_in: StandIn, name: str, value: str) -> None:
    page = stand_in.session.get(f"{stand_in.url}/oauth/connect", params=ASKED | {name: value}, timeout=10)
    assert page.status_code == 400


def test_a_code_becomes_tokens_with_the_scopes_that_were_agreed_to(start: Start) -> None:
    stand_in = start()
    said = answered(stand_in)
    assert said["state"] == "the-state"
    tokens = exchanged(stand_in, said["code"]).json()
    assert tokens["expires_in"] == 3600
    assert tokens["access_token"].startswith("1001.")
    stand_in.token = tokens["access_token"]
    assert stand_in.call("GET", "/users/me").json() == {"user_id": 1001, "shop_id": SHOP}
    refused = stand_in.create()
    assert (refused.status_code, refused.json()["error"]) == (403, "insufficient_scope")


def test_a_seller_may_decline(stand_in: StandIn) -> None:
    assert answered(stand_in, "deny")["error"] == "access_denied"


def test_a_code_is_good_once(stand_in: StandIn) -> None:
    code = answered(stand_in)["code"]
    assert exchanged(stand_in, code).status_code == 200
    assert exchanged(stand_in, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "other", [{"code_verifier": "another"}, {"redirect_uri": "https://a.example/"}, {"code": "x"}]
)
def test_a_code_without_what_belongs_to_it_is_refused(stand_in: StandIn, other: dict[str, str]) -> None:
    refused = exchanged(stand_in, **{"code": answered(stand_in)["code"], **other})
    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_token_is_good_once_and_brings_the_next(start: Start) -> None:
    stand_in = start()
    first = stand_in.refresh(REFRESH_TOKEN).json()
    assert stand_in.refresh(REFRESH_TOKEN).json()["error"] == "invalid_grant"
    second = stand_in.refresh(first["refresh_token"]).json()
    assert len({REFRESH_TOKEN, first["refresh_token"], second["refresh_token"]}) == 3


def test_a_planted_refresh_token_is_not_planted_again_by_a_restart(start: Start) -> None:
    assert start().refresh(REFRESH_TOKEN).status_code == 200
    assert start().refresh(REFRESH_TOKEN).json()["error"] == "invalid_grant"


def test_an_access_token_has_its_time(start: Start) -> None:
    stand_in = start(token_lifetime=0).sign_in()
    refused = stand_in.call("GET", "/users/me")
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")


@pytest.mark.parametrize("key", ["", Options.keystring, f"{Options.keystring}:wrong"])
def test_the_key_needs_its_shared_secret(stand_in: StandIn, key: str) -> None:
    assert stand_in.call("GET", "/users/me", key=key).status_code == 403


def test_what_is_the_sellers_needs_a_token(start: Start) -> None:
    assert start().create().status_code == 401
