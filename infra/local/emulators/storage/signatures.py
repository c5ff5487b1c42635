"""V4 signed URLs: whether a request is exactly the one that the service account's key has signed.

Source: https://cloud.google.com/storage/docs/authentication/canonical-requests. The payload's own hash, if
the signer has put one into the request, is not compared with the body.
"""

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256

from . import errors

_ALGORITHM = "GOOG4-RSA-SHA256"
_LONGEST = 7 * 24 * 3600  # seconds
_SKEW = timedelta(minutes=15)
_CREDENTIAL = re.compile(r"([^/]+)/(\d{8}/[^/]+/storage/goog4_request)")
_MUST_BE_SIGNED = (
    "x-goog-acl",
    "x-goog-content-length-range",
    "x-goog-if-",
    "x-goog-meta-",
    "x-goog-resumable",
)


@dataclass(frozen=True)
class SignedRequest:
    """What was sent. path: still percent-encoded; query: decoded pairs; headers: names in lower case."""

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Mapping[str, str]

    def parameter(self, name: str) -> str:
        """A signature's parameter; raises 400 if it is missing."""
        value = dict(self.query).get(name)
        if value is None:
            raise errors.malformed_signature(name, f"{name} is missing.")
        return value


class SignatureVerifier:
    """Checks requests against the public keys of the service accounts that may sign.

    keys: by the service account's e-mail address. now: real time, which is what the client library signs
    with.
    """

    def __init__(
        self, keys: Mapping[str, RSAPublicKey], now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._keys = keys
        self._now = now

    def check(self, request: SignedRequest) -> None:
        """Raise 403 unless the signature fits, 400 if it cannot be read or has expired."""
        if request.parameter("X-Goog-Algorithm") != _ALGORITHM:
            raise errors.malformed_signature("X-Goog-Algorithm", f"Only {_ALGORITHM} is known here.")
        credential = _CREDENTIAL.fullmatch(request.parameter("X-Goog-Credential"))
        if credential is None:
            raise errors.malformed_signature(
                "X-Goog-Credential", "It must be <e-mail>/<date>/<location>/storage/.."
            )
        canonical = canonical_request(request)
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        to_sign = "\n".join((_ALGORITHM, request.parameter("X-Goog-Date"), credential[2], digest))
        if not self._signed(credential[1], request.parameter("X-Goog-Signature"), to_sign):
            raise errors.signature_mismatch(to_sign, canonical)
        self._check_time(request)
        _check_all_signed(request)

    def _signed(self, signer: str, signature: str, text: str) -> bool:
        key = self._keys.get(signer)
        if key is None:
            return False
        try:
            key.verify(bytes.fromhex(signature), text.encode(), PKCS1v15(), SHA256())
        except (InvalidSignature, ValueError):
            return False
        return True

    def _check_time(self, request: SignedRequest) -> None:
        begins, seconds = _signed_at(request), _lifetime(request)
        if begins - self._now() > _SKEW:
            raise errors.clock_skewed()
        ends = begins + timedelta(seconds=seconds)
        if self._now() > ends:
            raise errors.token_expired(ends.isoformat())


def canonical_request(request: SignedRequest) -> str:
    """The text whose hash is signed."""
    names = request.parameter("X-Goog-SignedHeaders").split(";")
    missing = [name for name in names if name not in request.headers]
    if missing:
        details = "Header was included in signedheaders, but not in the request."
        raise errors.malformed_signature(missing[0], details)
    pairs = sorted(
        f"{quote(name, safe='~')}={quote(value, safe='~')}"
        for name, value in request.query
        if name != "X-Goog-Signature"
    )
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names)
    payload = (
        request.headers["x-goog-content-sha256"] if "x-goog-content-sha256" in names else "UNSIGNED-PAYLOAD"
    )
    path = quote(unquote(request.path), safe="/~")
    return "\n".join((request.method, path, "&".join(pairs), headers, ";".join(names), payload))


def _signed_at(request: SignedRequest) -> datetime:
    try:
        return datetime.strptime(request.parameter("X-Goog-Date"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        raise errors.malformed_signature("X-Goog-Date", "It must look like 20300131T235959Z.") from None


def _lifetime(request: SignedRequest) -> int:
    given = request.parameter("X-Goog-Expires")
    if not given.isdecimal() or not 1 <= int(given) <= _LONGEST:
        raise errors.malformed_signature("X-Goog-Expires", f"It must be from 1 to {_LONGEST} seconds.")
    return int(given)


def _check_all_signed(request: SignedRequest) -> None:
    """A header that changes what is done must be the signer's, not the sender's."""
    signed = request.parameter("X-Goog-SignedHeaders").split(";")
    for name in request.headers:
        if name.startswith(_MUST_BE_SIGNED) and name not in signed:
            raise errors.malformed_signature(
                name, "Header was included in the request, but not in signedheaders."
            )
