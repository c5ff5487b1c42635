"""One HTTP exchange with monday.com, or with the storage it names: a whole answer, or `NoAnswer`.

The exchange says nothing about what the answer means; see `reading`.
"""

import time
from collections.abc import Callable
from urllib.parse import urlsplit

import requests

from common.database.engine import assert_no_transaction
from common.errors import Misconfigured, Refuse
from common.http.addresses import is_loopback, private_base
from common.http.exchange import Exchange, Reply, Vendor

API_VERSION = "2026-10"
LONGEST_KEY = 255
_MONDAY = Vendor("monday.com", "monday", pieces="items")


class Transport:
    """Sends one request at a time through a session. Every call checks first that no database transaction is open."""

    def __init__(
        self,
        base_url: str,
        session: requests.Session,
        *,
        before_call: Callable[[], None] = assert_no_transaction,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Raise Misconfigured for a plain-text address. base_url: without "/v2"."""
        base = private_base(
            base_url, setting="SHELFLINE_MONDAY_URL", carries="token", reason="monday_address"
        )
        self._address = f"{base}/v2"
        self._is_local = is_loopback(base_url)
        self._exchange = Exchange(_MONDAY, session, before_call=before_call, monotonic=monotonic)

    def post(self, body: bytes, token: str, *, idempotency_key: str | None = None) -> Reply:
        """Send a GraphQL request. Raises NoAnswer when no whole answer came."""
        headers = {
            "Accept": "application/json",
            "Content-Type": "application/json",
            "Authorization": token,  # without "Bearer": monday.com takes the bare token
            "API-Version": API_VERSION,
        }
        if idempotency_key is not None:
            headers["Idempotency-Key"] = _checked_key(idempotency_key)
        return self._exchange.send("POST", self._address, headers, body)

    def put(self, url: str, content: bytes) -> Reply:
        """Upload to an address that monday.com has signed; our token stays here."""
        return self._exchange.send("PUT", self._checked_storage(url), {"Content-Type": "text/csv"}, content)

    def get(self, url: str) -> Reply:
        """Download from an address that monday.com has signed; our token stays here."""
        return self._exchange.send("GET", self._checked_storage(url), {})

    def _checked_storage(self, url: str) -> str:
        """The address, if what we send may travel there: encrypted, or on this machine where monday.com is too."""
        if urlsplit(url).scheme == "https" or (self._is_local and is_loopback(url)):
            return url
        raise Misconfigured(
            "monday.com named a storage address that is not https; report it to them.",
            reason="monday_address",
        )


def _checked_key(key: str) -> str:
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise Refuse(
            f"An idempotency key has 1 to {LONGEST_KEY} visible ASCII letters.", reason="idempotency_key"
        )
    return key
