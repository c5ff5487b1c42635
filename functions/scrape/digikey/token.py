"""The access token: got with the client's credentials, kept until shortly before it expires.

Lives about ten minutes of real time and cannot be refreshed, only got anew (OAuth 2 client credentials).
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from common.errors import Misconfigured, Unavailable
from functions.scrape.digikey.credentials import Credentials
from functions.scrape.digikey.failures import Refusal, token_failure
from functions.scrape.digikey.transport import Transport

TOKEN_PATH = "/v1/oauth2/token"  # noqa: S105  # an address, not a secret
_MARGIN = 30.0  # seconds before its expiry at which a token is no longer used
_LIFETIME = 600.0  # seconds, when DigiKey does not say


@dataclass(frozen=True)
class Token:
    """An access token and the credentials it was issued for."""

    value: str = field(repr=False)
    credentials: Credentials
    expires: float
    """By the monotonic clock, in seconds."""

    def headers(self) -> dict[str, str]:
        """Who is calling, as every call but the token's own must say."""
        said = {"Authorization": f"Bearer {self.value}", "X-DIGIKEY-Client-Id": self.credentials.client_id}
        if self.credentials.account_id:
            said["X-DIGIKEY-Account-Id"] = self.credentials.account_id
        return said


class TokenSource:
    """Hands out the current token."""

    def __init__(
        self,
        transport: Transport,
        credentials: Callable[[], Credentials],
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
    ) -> None:
        self._transport = transport
        self._credentials = credentials
        self._now = now
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._token: Token | None = None

    def current(self) -> Token:
        """A token good for at least the next 30 seconds; got anew when there is none."""
        with self._lock:
            if self._token is None or self._monotonic() >= self._token.expires - _MARGIN:
                self._token = self._request()
            return self._token

    def forget(self, token: Token) -> None:
        """Drop a token that DigiKey refused; one that another thread has replaced meanwhile stays."""
        with self._lock:
            if self._token is token:
                self._token = None

    def _request(self) -> Token:
        credentials = self._credentials()
        if not (credentials.client_id and credentials.client_secret):
            message = "No DigiKey credentials are set; give them with `shelfline connect digikey`."
            raise Misconfigured(message, reason="digikey_credentials")
        asked = self._monotonic()
        form = {
            "grant_type": "client_credentials",
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        }
        reply = self._transport.send("POST", TOKEN_PATH, form=form)
        if reply.status != 200:
            raise token_failure(Refusal(reply.status, reply.headers, reply.body or {}), self._now())
        value = (reply.body or {}).get("access_token")
        if reply.body is None or not isinstance(value, str) or not value:
            raise Unavailable("DigiKey's token answer holds no token", reason="digikey_malformed")
        return Token(value, credentials, asked + _seconds(reply.body.get("expires_in")))


def _seconds(value: Any) -> float:
    if isinstance(value, str) and value.isascii() and value.isdigit():
        return float(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and value > 0:
        return float(value)
    return _LIFETIME
