"""V4 signatures: made by the real client library, checked by the emulator."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from google.cloud.storage._signing import generate_signed_url_v4
from google.oauth2.service_account import Credentials

from infra.local.emulators.storage.errors import StorageError
from infra.local.emulators.storage.service_account import ensure_service_account, read_public_key
from infra.local.emulators.storage.signatures import SignatureVerifier, SignedRequest

SIGNED_AT = datetime(2030, 1, 31, 12, tzinfo=UTC)
HEADERS = {"x-goog-meta-color": "deep   blue", "content-type": "image/png"}


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return ensure_service_account(tmp_path_factory.mktemp("keys") / "account.json")


@pytest.fixture(scope="module")
def sign(key_file: Path) -> Callable[..., SignedRequest]:
    credentials = Credentials.from_service_account_file(str(key_file))

    def signed(
        method: str = "PUT", path: str = "/bucket/a%20b/%C3%BC%2Bc.png", **options: Any
    ) -> SignedRequest:
        url = generate_signed_url_v4(
            credentials,
            path,
            options.pop("expiration", timedelta(minutes=10)),
            api_access_endpoint="http://127.0.0.1:9023",
            method=method,
            headers=dict(HEADERS),
            _request_timestamp=SIGNED_AT.strftime("%Y%m%dT%H%M%SZ"),
            **options,
        )
        parts = urlsplit(url)
        return SignedRequest(method, parts.path, parse_qsl(parts.query), {"host": parts.netloc, **HEADERS})

    return signed


@pytest.fixture
def verifier(key_file: Path) -> SignatureVerifier:
    return verifier_at(key_file, SIGNED_AT + timedelta(minutes=5))


def verifier_at(key_file: Path, moment: datetime) -> SignatureVerifier:
    return SignatureVerifier(dict([read_public_key(key_file)]), lambda: moment)


def is_accepted(verifier: SignatureVerifier, request: SignedRequest) -> bool:
    try:
        verifier.check(request)
    except StorageError:
        return False
    return True


def refusal(verifier: SignatureVerifier, request: SignedRequest) -> tuple[int, str]:
    with pytest.raises(StorageError) as raised:
        verifier.check(request)
    return raised.value.status, raised.value.code


def with_parameter(request: SignedRequest, name: str, value: str) -> SignedRequest:
    pairs = [(key, old) for key, old in request.query if key != name]
    return replace(request, query=[*pairs, (name, value)])


def test_what_the_client_library_signed_is_accepted(
    verifier: SignatureVerifier, sign: Callable[..., SignedRequest]
) -> None:
    assert is_accepted(verifier, sign())
    assert is_accepted(verifier, sign("GET", query_parameters={"generation": "17", "x": "a b&c=d~"}))


def test_anything_else_than_what_was_signed_is_refused(
    verifier: SignatureVerifier, sign: Callable[..., SignedRequest]
) -> None:
    signed = sign()
    changed = [
        replace(signed, method="DELETE"),
        replace(signed, path="/bucket/other.png"),
        replace(signed, headers={**signed.headers, "content-type": "text/html"}),
        replace(signed, headers={**signed.headers, "host": "elsewhere"}),
        with_parameter(signed, "X-Goog-Expires", "86400"),
        with_parameter(signed, "X-Goog-Date", "20300131T120100Z"),
        with_parameter(signed, "generation", "1"),
        with_parameter(signed, "X-Goog-Signature", "00" * 256),
        with_parameter(signed, "X-Goog-Signature", "no hexadecimal"),
        with_parameter(signed, "X-Goog-Credential", "x@y.z/20300131/auto/storage/goog4_request"),
    ]
    assert {refusal(verifier, request) for request in changed} == {(403, "SignatureDoesNotMatch")}


def test_another_key_cannot_sign(
    tmp_path: Path, sign: Callable[..., SignedRequest], verifier: SignatureVerifier
) -> None:
    other = verifier_at(ensure_service_account(tmp_path / "other.json"), SIGNED_AT)
    assert refusal(other, sign()) == (403, "SignatureDoesNotMatch")


def test_a_signature_ends_with_its_time(key_file: Path, sign: Callable[..., SignedRequest]) -> None:
    late = verifier_at(key_file, SIGNED_AT + timedelta(minutes=10, seconds=1))
    early = verifier_at(key_file, SIGNED_AT - timedelta(minutes=16))
    assert refusal(late, sign()) == (400, "ExpiredToken")
    assert refusal(early, sign()) == (403, "RequestTimeTooSkewed")


def test_a_signed_header_must_be_sent(
    verifier: SignatureVerifier, sign: Callable[..., SignedRequest]
) -> None:
    request = sign()
    without = {name: value for name, value in request.headers.items() if name != "content-type"}
    assert refusal(verifier, replace(request, headers=without)) == (400, "MalformedSecurityHeader")


def test_a_header_with_an_effect_must_be_signed(
    verifier: SignatureVerifier, sign: Callable[..., SignedRequest]
) -> None:
    request = sign()
    more = replace(request, headers={**request.headers, "x-goog-meta-size": "1"})
    assert refusal(verifier, more) == (400, "MalformedSecurityHeader")


@pytest.mark.parametrize("name", ["X-Goog-Algorithm", "X-Goog-Credential", "X-Goog-SignedHeaders"])
def test_a_signature_that_cannot_be_read_is_a_bad_request(
    verifier: SignatureVerifier, sign: Callable[..., SignedRequest], name: str
) -> None:
    assert refusal(verifier, with_parameter(sign(), name, "?")) == (400, "MalformedSecurityHeader")


def test_the_key_file_is_made_once_and_for_its_owner_only(tmp_path: Path) -> None:
    path = ensure_service_account(tmp_path / "deep" / "account.json")
    first = path.read_bytes()
    assert ensure_service_account(path).read_bytes() == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path], "no scratch file stays"
