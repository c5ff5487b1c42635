"""One HTTP exchange with monday.com, or with the storage it names: a whole answer, or `NoAnswer`.

The exchange says nothing about what the answer means; see `reading`.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from common.database.engine import assert_no_transaction
from common.errors import Misconfigured, Refuse, Unavailable

API_VERSION = "2026-10"
TIMEOUT = (3.05, 60.0)
"""Seconds to connect and between two bytes; monday.com itself gives up a call after 60 s."""
LONGEST_ANSWER_SECONDS = 90.0
"""From the request to the last byte: an answer that drips must not hold a worker."""
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes, unpacked. A page of 100 items with their subitems is 1 to 2 MB."""
LONGEST_KEY = 255
_PIECE = 64 * 1024
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class NoAnswer(Unavailable):
    """No whole answer came. `perhaps_done`: whether monday.com may have carried the request out all the same."""

    def __init__(self, message: str, *, reason: str, perhaps_done: bool) -> None:
        super().__init__(message, reason=reason)
        self.perhaps_done = perhaps_done


@dataclass(frozen=True)
class Reply:
    """A complete answer of any status."""

    status: int
    headers: Mapping[str, str]
    """Case-insensitive."""
    body: bytes


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
        self._address = checked_address(base_url) + "/v2"
        self._is_local = _is_loopback(base_url)
        self._session = session
        self._before_call = before_call
        self._monotonic = monotonic

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
        return self._exchange("POST", self._address, headers, body)

    def put(self, url: str, content: bytes) -> Reply:
        """Upload to an address that monday.com has signed; our token stays here."""
        return self._exchange("PUT", self._checked_storage(url), {"Content-Type": "text/csv"}, content)

    def get(self, url: str) -> Reply:
        """Download from an address that monday.com has signed; our token stays here."""
        return self._exchange("GET", self._checked_storage(url), {}, None)

    def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        self._before_call()
        started = self._monotonic()
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body,
                timeout=TIMEOUT,
                stream=True,
                allow_redirects=False,  # a redirect would carry our token to another host
                auth=_as_it_is,
            ) as response:
                return Reply(response.status_code, response.headers, self._content(response, started))
        except requests.RequestException as error:
            raise _no_answer(error) from error

    def _content(self, response: requests.Response, started: float) -> bytes:
        content = bytearray()
        for piece in response.iter_content(_PIECE):
            content += piece
            if len(content) > LARGEST_ANSWER:
                raise NoAnswer(
                    f"monday.com's answer is larger than {LARGEST_ANSWER} bytes; ask for fewer items at once",
                    reason="monday_too_large",
                    perhaps_done=True,
                )
            if self._monotonic() - started > LONGEST_ANSWER_SECONDS:
                raise NoAnswer(
                    "monday.com's answer did not end in time", reason="monday_timeout", perhaps_done=True
                )
        return bytes(content)

    def _checked_storage(self, url: str) -> str:
        """The address, if what we send may travel there: encrypted, or on this machine where monday.com is too."""
        if urlsplit(url).scheme == "https" or (self._is_local and _is_loopback(url)):
            return url
        raise Misconfigured(
            "monday.com named a storage address that is not https; report it to them.",
            reason="monday_address",
        )


def checked_address(base_url: str) -> str:
    """The base address without a trailing slash; Misconfigured when our token would travel in plain text."""
    if urlsplit(base_url).scheme != "https" and not _is_loopback(base_url):
        raise Misconfigured(
            "SHELFLINE_MONDAY_URL must begin with https:// (http:// only on this machine): else our token "
            "would travel in plain text.",
            reason="monday_address",
        )
    return base_url.rstrip("/")


def _is_loopback(url: str) -> bool:
    address = urlsplit(url)
    return address.scheme == "http" and (address.hostname or "").lower() in _LOOPBACK


def _checked_key(key: str) -> str:
    if not 0 < len(key) <= LONGEST_KEY or not all("!" <= letter <= "~" for letter in key):
        raise Refuse(
            f"An idempotency key has 1 to {LONGEST_KEY} visible ASCII letters.", reason="idempotency_key"
        )
    return key


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that adds nothing; without it a .netrc entry would replace our Authorization."""
    return request


def _no_answer(error: requests.RequestException) -> NoAnswer:
    name = type(error).__name__
    if _never_left(error):
        message = f"monday.com could not be reached ({name}); nothing was sent"
        return NoAnswer(message, reason="monday_unreachable", perhaps_done=False)
    if isinstance(error, requests.Timeout):
        return NoAnswer("monday.com did not answer in time", reason="monday_timeout", perhaps_done=True)
    message = f"the connection to monday.com broke before its answer was whole ({name})"
    return NoAnswer(message, reason="monday_connection", perhaps_done=True)


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made, so that not one byte of the request can have arrived."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
