"""Keeping tokens: consent, storing, and what happens when storing fails."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests

from common.errors import Forbidden, Misconfigured, Retry, Unavailable, Usage, WaitUntil
from common.etsy.account import NAME, Account, Tokens, stored_account
from common.etsy.addresses import Addresses
from common.etsy.callback import Callback
from common.etsy.consent import SCOPES, Question
from common.etsy.seller import seller_of
from common.etsy.token_endpoint import GrantRefused, TokenEndpoint
from common.etsy.transport import Transport
from common.secrets.store import SecretStore
from functions.push.etsy.refresh_lock import RefreshLock
from functions.push.etsy.tokens import EARLY_SECONDS, TokenKeeper
from tests.fakes.http import FakeSession, response
from tests.fakes.ledger import NOW, FakeLedger
from tests.fakes.secret_store import FakeSecretStore
from tests.unit.etsy.fakes import FailingSecrets

CONSENT = "https://www.etsy.com/oauth/connect"
HELD = {"etsy-refresh": WaitUntil(NOW, "held")}
"""Another has the right to renew."""
BACK = "http://127.0.0.1:3003/callback"


def account(refresh: str = "1.old", seconds: float = 0) -> Account:
    return Account("key", "secret", refresh, "1.access", NOW + timedelta(seconds=seconds), 5001)


def tokens(number: int) -> dict[str, Any]:
    return {"access_token": f"1.a{number}", "refresh_token": f"1.r{number}", "expires_in": 3600}


def keeper(
    secrets: SecretStore, *responses: requests.Response | Exception, ledger: FakeLedger | None = None
) -> TokenKeeper:
    transport = Transport(FakeSession(*responses), before_call=lambda: None)
    endpoint = TokenEndpoint(Addresses.of("https://api.etsy.com"), transport)
    lock = RefreshLock(ledger or FakeLedger(), NAME)
    return TokenKeeper(secrets, endpoint, lock, now=lambda: NOW, wall=lambda: NOW)


def holding(kept: Account, secrets: FakeSecretStore | None = None) -> FakeSecretStore:
    secrets = secrets or FakeSecretStore()
    secrets.put(NAME, kept.as_texts())
    return secrets


def test_an_account_is_stored_and_read_back_whole() -> None:
    assert stored_account(holding(account())) == account()


@pytest.mark.parametrize(
    "change",
    [{"refresh_token": ""}, {"shared_secret": "a\nb"}, {"expires_at": "soon"}, {"expires_at": "2026-01-01"}],
)
def test_an_account_that_is_not_whole_names_the_next_step(change: Mapping[str, str]) -> None:
    secrets = FakeSecretStore()
    secrets.put(NAME, {**account().as_texts(), **change})
    with pytest.raises(Misconfigured, match="connect etsy"):
        stored_account(secrets)


def test_a_token_that_is_good_for_a_while_is_used() -> None:
    kept = account(seconds=EARLY_SECONDS)
    assert keeper(holding(kept)).current() == kept


def test_a_token_near_its_end_is_renewed_and_both_are_stored() -> None:
    secrets, ledger = holding(account(seconds=EARLY_SECONDS - 1)), FakeLedger()
    renewed = keeper(secrets, response(tokens(1)), ledger=ledger).current()
    assert (renewed.access_token, renewed.refresh_token) == ("1.a1", "1.r1")
    assert renewed.expires_at == NOW + timedelta(seconds=3600)
    assert stored_account(secrets) == renewed
    assert ledger.given_back == ["etsy-refresh"], "the right is given back"


def test_who_has_not_the_right_goes_on_with_a_token_that_is_still_good() -> None:
    ledger, kept = FakeLedger(HELD), account(seconds=60)
    assert keeper(holding(kept), ledger=ledger).current() == kept


def test_who_has_not_the_right_and_no_token_waits_a_little() -> None:
    ledger = FakeLedger(HELD)
    with pytest.raises(WaitUntil) as raised:
        keeper(holding(account()), ledger=ledger).current()
    assert (raised.value.reason, raised.value.until) == ("etsy_refresh", NOW + timedelta(seconds=2))


def test_the_second_waiter_reads_again_and_uses_the_new_token() -> None:
    secrets = holding(account())

    class Renewed(FakeLedger):
        """While the right was waited for, another worker has stored new tokens."""

        def reserve(self, *arguments: Any) -> Any:
            holding(account("1.new", seconds=3000), secrets)
            return super().reserve(*arguments)

    assert keeper(secrets, ledger=Renewed()).current().refresh_token == "1.new"


def test_a_store_that_takes_nothing_stops_the_refresh_before_etsy_is_asked() -> None:
    secrets = FailingSecrets("etsy-renewal", 1)
    with pytest.raises(Unavailable, match="store is down"):
        keeper(holding(account(), secrets)).current()
    assert stored_account(secrets) == account()


def test_storing_is_tried_again() -> None:
    secrets = FailingSecrets(NAME, 0)
    holding(account(), secrets)
    secrets.times = 2
    keeper(secrets, response(tokens(1))).current()
    assert stored_account(secrets).refresh_token == "1.r1"


def test_tokens_that_cannot_be_stored_work_on_and_are_stored_later() -> None:
    secrets = FailingSecrets(NAME, 0)
    holding(account(), secrets)
    secrets.times = 3
    kept = keeper(secrets, response(tokens(1)))
    assert kept.current().refresh_token == "1.r1"
    assert stored_account(secrets).refresh_token == "1.old"
    kept.current()
    assert stored_account(secrets).refresh_token == "1.r1"


def test_a_refused_token_that_another_has_replaced_meanwhile_is_no_error() -> None:
    secrets = holding(account())

    class Overtaken(FakeSession):
        def request(self, *arguments: Any, **options: Any) -> requests.Response:
            holding(account("1.new", seconds=3000), secrets)
            return response({"error": "invalid_grant"}, 400)

    endpoint = TokenEndpoint(
        Addresses.of("https://api.etsy.com"), Transport(Overtaken(), before_call=lambda: None)
    )
    lock = RefreshLock(FakeLedger(), NAME)
    kept = TokenKeeper(secrets, endpoint, lock, now=lambda: NOW, wall=lambda: NOW)
    assert kept.current().refresh_token == "1.new"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (response({"error": "invalid_grant"}, 400), GrantRefused),
        (response({"error": "invalid_client"}, 401), Misconfigured),
        (response({"error": "slow down"}, 429), Retry),
        (response(b"<html>", 502), Unavailable),
        (response(b'{"access_token": "x"', 200), Unavailable),
        (response({"access_token": "x"}, 200), Unavailable),
        (requests.ReadTimeout(), Unavailable),
    ],
)
def test_a_refresh_that_fails_says_what_to_do_next(
    answer: requests.Response | Exception, kind: type[Exception]
) -> None:
    ledger = FakeLedger()
    with pytest.raises(kind):
        keeper(holding(account()), answer, ledger=ledger).current()
    assert ledger.given_back == ["etsy-refresh"]


def test_the_address_of_a_consent_holds_no_secret_and_its_answer_is_recognised() -> None:
    question = Question("key", BACK)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(question.address(CONSENT)).query).items()}
    assert asked["scope"].split() == list(SCOPES)
    assert asked["code_challenge_method"] == "S256"
    assert question.verifier not in question.address(CONSENT)
    assert question.code_in(f"{BACK}?{urlencode({'code': 'c', 'state': question.state})}") == "c"


def test_the_challenge_is_the_one_of_the_standard() -> None:
    """RFC 7636, appendix B."""
    question = Question("key", BACK, verifier="dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
    assert "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&" in question.address(CONSENT)


@pytest.mark.parametrize("said", ["", "code=c", "code=c&state=other", "state="])
def test_an_answer_to_another_question_is_bad_usage(said: str) -> None:
    with pytest.raises(Usage):
        Question("key", BACK).code_in(f"{BACK}?{said}")


def test_a_seller_who_declines_is_understood() -> None:
    question = Question("key", BACK)
    with pytest.raises(Forbidden, match="access_denied"):
        question.code_in(f"{BACK}?error=access_denied&state={question.state}")


@pytest.mark.parametrize("address", ["http://api.etsy.com", "ftp://127.0.0.1", "api.etsy.com", ""])
def test_tokens_do_not_travel_in_plain_text(address: str) -> None:
    with pytest.raises(Misconfigured):
        Addresses.of(address)


def test_etsys_own_addresses() -> None:
    real = Addresses.of("https://api.etsy.com/")
    assert (real.api, real.consent) == ("https://api.etsy.com/v3/application", CONSENT)
    assert real.token == "https://api.etsy.com/v3/public/oauth/token"


@pytest.mark.parametrize("address", ["https://example.org/callback", "http://127.0.0.1/callback"])
def test_nothing_listens_elsewhere_than_on_this_machine(address: str) -> None:
    with pytest.raises(Usage, match="--paste"):
        Callback(address)


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (response({"user_id": 1, "shop_id": None}), Misconfigured),
        (response({"error": "invalid_token"}, 401), Misconfigured),
        (response({"error": "Invalid API key"}, 403), Misconfigured),
        (response([], 200), Unavailable),
        (response(b"<html>", 502), Unavailable),
    ],
)
def test_an_account_that_does_not_work_is_noticed_at_once(
    answer: requests.Response, kind: type[Exception]
) -> None:
    transport = Transport(FakeSession(answer), before_call=lambda: None)
    with pytest.raises(kind):
        seller_of(account(), Addresses.of("https://api.etsy.com"), transport)


def test_tokens_and_secrets_are_not_shown() -> None:
    kept = account()
    shown = f"{kept!r} {Tokens('1.access', '1.old', 5)!r} {Question('key', BACK, verifier='hidden')!r}"
    assert not any(secret in shown for secret in ("1.access", "1.old", "'secret'", "hidden"))


def test_real_time_is_what_tokens_run_out_by() -> None:
    secrets = holding(account(seconds=0))
    transport = Transport(FakeSession(response(tokens(1))), before_call=lambda: None)
    lock = RefreshLock(FakeLedger(), NAME)
    endpoint = TokenEndpoint(Addresses.of("https://api.etsy.com"), transport)
    renewed = TokenKeeper(secrets, endpoint, lock, now=lambda: NOW).current()
    assert timedelta(seconds=3500) < renewed.expires_at - datetime.now(UTC) <= timedelta(seconds=3600)
