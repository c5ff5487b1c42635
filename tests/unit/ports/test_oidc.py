"""Only a token that Google signed, for us, now, of an account we know, opens a step."""

import base64
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.auth.certificates import CachedCertificates
from common.auth.oidc import CallVerifier
from common.errors import Forbidden, Misconfigured, Unauthenticated, Unavailable
from tests.support.signer import ACCOUNT, AUDIENCE, Certificates, token


class Clock:
    """Seconds that a test moves."""

    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def a_verifier(
    certificates: Certificates | None = None, clock: Clock | None = None, kept: int = 256
) -> CallVerifier:
    return CallVerifier(
        audience=AUDIENCE,
        accounts=[ACCOUNT],
        certs_url="http://certificates.invalid/certs",
        transport=certificates or Certificates("first"),
        now=clock or time.time,
        kept=kept,
    )


def from_now(changes: dict[str, Any]) -> dict[str, Any]:
    """Claims whose times are given in seconds from now."""
    now = int(time.time())
    return {
        name: now + value if isinstance(value, int) and name in ("exp", "iat") else value
        for name, value in changes.items()
    }


def test_a_good_token_says_who_calls_and_until_when() -> None:
    expires = int(time.time()) + 100
    caller = a_verifier().verify(f"Bearer {token(exp=expires)}")
    assert (caller.email, caller.expires_at) == (ACCOUNT, expires)


def test_the_scheme_is_read_in_any_case() -> None:
    assert a_verifier().verify(f"bearer  {token()} ").email == ACCOUNT


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic dXNlcjpwYXNz", "token"])
def test_a_call_without_a_bearer_token_is_refused(header: str | None) -> None:
    with pytest.raises(Unauthenticated, match="Authorization: Bearer"):
        a_verifier().verify(header)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"aud": "http://127.0.0.1:8080/push"}, id="for another function"),
        pytest.param({"iss": "https://evil.example"}, id="of another issuer"),
        pytest.param({"exp": -11}, id="expired beyond the skew"),
        pytest.param({"iat": 60}, id="from the future"),
        pytest.param({"email_verified": False}, id="of an account that was not verified"),
        pytest.param({"email_verified": None}, id="that does not say whether its account was verified"),
        pytest.param({"email": None}, id="without an account"),
        pytest.param({"exp": None}, id="without an end"),
    ],
)
def test_a_token_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(Unauthenticated):
        a_verifier().verify(f"Bearer {token(**from_now(changes))}")


def test_a_token_of_another_account_is_forbidden() -> None:
    with pytest.raises(Forbidden, match=r"someone@else\.example may not call"):
        a_verifier().verify(f"Bearer {token(email='someone@else.example')}")


@pytest.mark.parametrize("changes", [{"exp": -3}, {"iat": 5}])
def test_clocks_may_differ_by_ten_seconds(changes: dict[str, Any]) -> None:
    assert a_verifier().verify(f"Bearer {token(**from_now(changes))}").email == ACCOUNT


def test_a_key_that_the_server_does_not_know_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        a_verifier().verify(f"Bearer {token('stranger')}")


def test_a_token_signed_by_another_key_under_a_known_id_is_refused() -> None:
    with pytest.raises(Unauthenticated):
        a_verifier().verify(f"Bearer {token('stranger', header={'kid': 'first'})}")


def test_a_token_without_a_signature_is_refused() -> None:
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none", "kid": "first"}).encode()).decode()
    claims = token().split(".")[1]
    with pytest.raises(Unauthenticated):
        a_verifier().verify(f"Bearer {header}.{claims}.")


def test_claims_changed_after_signing_are_refused() -> None:
    (header, _, signature), (_, claims, _) = token().split("."), token(sub="2").split(".")
    with pytest.raises(Unauthenticated):
        a_verifier().verify(f"Bearer {header}.{claims}.{signature}")


@given(st.text() | st.binary().map(lambda data: base64.urlsafe_b64encode(data).decode()))
def test_anything_that_is_not_a_token_is_refused_and_never_crashes(text: str) -> None:
    with pytest.raises(Unauthenticated):
        a_verifier().verify(f"Bearer {text}")


@given(
    st.lists(
        st.none() | st.integers() | st.text() | st.dictionaries(st.text(), st.integers()),
        min_size=3,
        max_size=3,
    )
)
def test_a_token_whose_parts_are_any_json_is_refused(parts: list[object]) -> None:
    text = ".".join(base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts)
    with pytest.raises(Unauthenticated):
        a_verifier().verify(f"Bearer {text}")


def test_a_token_whose_signature_cloud_run_cut_off_says_how_to_deploy() -> None:
    cut = token().rsplit(".", 1)[0] + ".SIGNATURE_REMOVED_BY_GOOGLE"
    with pytest.raises(Misconfigured, match="invoker IAM check"):
        a_verifier().verify(f"Bearer {cut}")


def test_certificates_that_cannot_be_fetched_say_nothing_about_the_token() -> None:
    certificates = Certificates("first")
    certificates.status = 503
    verifier = a_verifier(certificates)
    with pytest.raises(Unavailable, match=r"certificates\.invalid"):
        verifier.verify(f"Bearer {token()}")
    certificates.status = 200
    assert verifier.verify(f"Bearer {token()}").email == ACCOUNT


def test_certificates_are_fetched_once_for_many_tokens() -> None:
    certificates = Certificates("first")
    verifier = a_verifier(certificates)
    for number in range(3):
        verifier.verify(f"Bearer {token(sub=str(number))}")
    assert certificates.asked == 1


def test_a_rotated_key_is_fetched_once_and_invented_ones_do_not_make_us_ask_again() -> None:
    certificates = Certificates("first")
    verifier = a_verifier(certificates)
    verifier.verify(f"Bearer {token('first')}")
    certificates.key_ids = ["first", "second"]
    assert verifier.verify(f"Bearer {token('second')}").email == ACCOUNT
    assert certificates.asked == 2
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            verifier.verify(f"Bearer {token('stranger')}")
    assert certificates.asked == 2


def test_a_verified_token_is_kept_until_it_expires() -> None:
    clock, certificates = Clock(time.time()), Certificates("first", max_age=0)
    verifier = a_verifier(certificates, clock)
    header = f"Bearer {token(exp=int(time.time()) + 100)}"
    verifier.verify(header)
    certificates.key_ids = []  # a token that is verified again fails from here on
    assert verifier.verify(header).email == ACCOUNT
    clock.now += 101
    with pytest.raises(Unauthenticated):
        verifier.verify(header)


def test_only_so_many_verified_tokens_are_kept() -> None:
    certificates = Certificates("first", max_age=0)
    verifier = a_verifier(certificates, kept=2)
    first, second, third = (f"Bearer {token(sub=str(number))}" for number in range(3))
    for header in (first, second, first, third):
        verifier.verify(header)
    certificates.key_ids = []  # a token that is verified again fails from here on
    assert verifier.verify(first).email == verifier.verify(third).email == ACCOUNT
    with pytest.raises(Unauthenticated):
        verifier.verify(second)


def test_certificates_are_fetched_again_after_the_age_their_server_gave() -> None:
    clock, server = Clock(0), Certificates("first", max_age=60)
    cached = CachedCertificates(server, now=clock)
    for clock.now in (0, 59, 60, 61):
        cached("http://certificates.invalid")
    assert server.asked == 2


def test_certificates_without_an_age_are_kept_for_five_minutes() -> None:
    clock, server = Clock(0), Certificates("first", max_age=None)
    cached = CachedCertificates(server, now=clock)
    for clock.now in (0, 299, 300):
        cached("http://certificates.invalid")
    assert server.asked == 2
