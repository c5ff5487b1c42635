"""Verify a call between our services: an OIDC token that Google signed, for us, of an account we know.

The same code checks the tokens of Cloud Tasks, Cloud Scheduler and the local stack; only the address of the
certificates differs. Tokens live in real time, whatever the shared clock says.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.auth.bearer import bearer_token
from common.errors import Forbidden, Misconfigured, Unauthenticated, Unavailable
from common.once import Once
from common.recent import Recent

if TYPE_CHECKING:
    from common.auth.certificates import CachedCertificates, Transport

GOOGLE_CERTS_URL = "https://www.googleapis.com/oauth2/v1/certs"
_ISSUERS = ("https://accounts.google.com", "accounts.google.com")
_SKEW = 10  # seconds that clocks may differ
_SIGNATURE_REMOVED = "SIGNATURE_REMOVED_BY_GOOGLE"


@dataclass(frozen=True, slots=True)
class Caller:
    """A service that proved who it is. expires_at: seconds since the epoch, when its token ends."""

    email: str
    expires_at: float


class CallVerifier:
    """Checks the Authorization header of calls between our services.

    audience: the address under which this service is called, as the token names it.
    accounts: e-mail addresses of the service accounts that may call.
    transport: how certificates are fetched; None means over HTTP, as google-auth does it.
    kept: verified tokens that are remembered; there is one per calling account and hour.
    """

    def __init__(
        self,
        *,
        audience: str,
        accounts: Collection[str],
        certs_url: str = GOOGLE_CERTS_URL,
        transport: Transport | None = None,
        now: Callable[[], float] = time.time,
        kept: int = 256,
    ) -> None:
        self._audience = audience
        self._accounts = frozenset(accounts)
        self._certs_url = certs_url
        self._certificates = Once(lambda: _certificates(transport))
        self._now = now
        self._verified: Recent[bytes, Caller] = Recent(kept)

    def verify(self, authorization: str | None) -> Caller:
        """Who makes the call that carries this Authorization header.

        Raises:
            Unauthenticated: no token, or not one that Google signed for this audience and time.
            Forbidden: a good token of an account that may not call us.
            Unavailable: the certificates could not be fetched; nothing is known about the token.
            Misconfigured: the token's signature was cut off on the way to us.
        """
        token = bearer_token(authorization)
        caller = self._remembered(token)
        if caller is None:
            caller = self._caller(self._claims(token))
            self._verified.put(_key(token), caller)
        return caller

    def _remembered(self, token: str) -> Caller | None:
        """Who was verified with this very token before: each wake-up of an hour carries the same one."""
        caller = self._verified.get(_key(token))
        if caller is not None and caller.expires_at <= self._now():
            self._verified.drop(_key(token))
            return None
        return caller

    def _claims(self, token: str) -> Mapping[str, Any]:
        from google.auth import exceptions
        from google.oauth2 import id_token

        _refuse_unsigned(token)
        certificates = self._certificates()
        try:
            certificates.expect_key(_key_id(token))
            claims: Mapping[str, Any] = id_token.verify_token(
                token, certificates, self._audience, self._certs_url, clock_skew_in_seconds=_SKEW
            )
        except exceptions.TransportError as error:
            raise Unavailable(
                f"the certificates at {self._certs_url} could not be fetched", reason="no_certificates"
            ) from error
        except (exceptions.GoogleAuthError, ValueError, TypeError, AttributeError) as error:
            # The last two: google-auth takes the shape of a token's parts on trust.
            raise Unauthenticated(f"the token does not hold: {error}", reason="bad_token") from error
        return claims

    def _caller(self, claims: Mapping[str, Any]) -> Caller:
        if claims.get("iss") not in _ISSUERS:
            raise Unauthenticated("the token was not issued by Google", reason="bad_token")
        email = claims.get("email")
        if not isinstance(email, str) or claims.get("email_verified") is not True:
            raise Unauthenticated("the token does not name a verified account", reason="bad_token")
        if email not in self._accounts:
            raise Forbidden(
                f"{email} may not call {self._audience}; SHELFLINE_SERVICE_ACCOUNT names the one that may",
                reason="wrong_account",
            )
        return Caller(email, float(claims["exp"]))


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _certificates(transport: Transport | None) -> CachedCertificates:
    from common.auth.certificates import CachedCertificates

    if transport is None:
        from google.auth.transport.requests import Request

        transport = Request()
    return CachedCertificates(transport)


def _key_id(token: str) -> str | None:
    from google.auth import jwt

    key_id: str | None = jwt.decode_header(token).get("kid")  # type: ignore[no-untyped-call]
    return key_id


def _refuse_unsigned(token: str) -> None:
    """Cloud Run cuts the signature off a token that it has checked itself; such a token proves nothing here.

    Source: Cloud Run's troubleshooting guide, "signature removed".
    """
    if token.endswith(_SIGNATURE_REMOVED):
        raise Misconfigured(
            "Cloud Run removed the token's signature before it reached this function; deploy it with "
            "the invoker IAM check disabled and internal ingress, so that the token is verified here",
            reason="signature_removed",
        )
