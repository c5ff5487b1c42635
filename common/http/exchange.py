"""One HTTP exchange with a vendor: a whole answer, or `NoAnswer`. What the answer means is read elsewhere."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from common.database.engine import assert_no_transaction
from common.errors import Unavailable

TIMEOUT = (3.05, 60.0)
"""Seconds to connect and between two bytes; monday.com itself gives up a call after 60 s."""
LONGEST_ANSWER_SECONDS = 90.0
"""From the request to the last byte: an answer that drips must not hold a worker."""
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes, unpacked. A page of 100 listings with images, or of 100 items with subitems, is 1 to 2 MB."""
_PIECE = 64 * 1024

Files = Mapping[str, tuple[str, bytes, str]]
"""By the field of the form: name, content and media type of a file."""


class NoAnswer(Unavailable):
    """No whole answer came. `perhaps_done`: whether the vendor may have carried the request out all the same."""

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


@dataclass(frozen=True)
class Vendor:
    """What errors say of the one at the other end."""

    name: str
    """As people write it: "monday.com"."""
    prefix: str
    """What its reasons begin with: "monday"."""
    pieces: str
    """Of what fewer are to be asked for when an answer is too large: "items"."""


class Exchange:
    """Sends one request at a time through a session. Every call checks first that no database transaction is open."""

    def __init__(
        self,
        vendor: Vendor,
        session: requests.Session,
        *,
        before_call: Callable[[], None] = assert_no_transaction,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._vendor = vendor
        self._session = session
        self._before_call = before_call
        self._monotonic = monotonic

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Sequence[tuple[str, str]] | None = None,
        files: Files | None = None,
    ) -> Reply:
        """Send a request. Raises NoAnswer when no whole answer came.

        body: bytes as they are, or the fields of a form; with files the form is multipart, and requests sets
        its boundary.
        """
        self._before_call()
        started = self._monotonic()
        try:
            with self._session.request(
                method,
                url,
                headers=dict(headers),
                data=body if isinstance(body, bytes | None) else list(body),
                files=files,
                timeout=TIMEOUT,
                stream=True,
                allow_redirects=False,  # a redirect would carry our secret to another host
                auth=as_it_is,
            ) as response:
                return Reply(response.status_code, response.headers, self._content(response, started))
        except requests.RequestException as error:
            raise self._no_answer(error) from error

    def _content(self, response: requests.Response, started: float) -> bytes:
        name, content = self._vendor.name, bytearray()
        for piece in response.iter_content(_PIECE):
            content += piece
            if len(content) > LARGEST_ANSWER:
                fewer = f"ask for fewer {self._vendor.pieces} at once"
                raise self._lost(
                    "too_large", f"{name}'s answer is larger than {LARGEST_ANSWER} bytes; {fewer}"
                )
            if self._monotonic() - started > LONGEST_ANSWER_SECONDS:
                raise self._lost("timeout", f"{name}'s answer did not end in time")
        return bytes(content)

    def _no_answer(self, error: requests.RequestException) -> NoAnswer:
        vendor, kind = self._vendor.name, type(error).__name__
        if _never_left(error):
            message = f"{vendor} could not be reached ({kind}); nothing was sent"
            return NoAnswer(message, reason=f"{self._vendor.prefix}_unreachable", perhaps_done=False)
        if isinstance(error, requests.Timeout):
            return self._lost("timeout", f"{vendor} did not answer in time")
        return self._lost(
            "connection", f"the connection to {vendor} broke before its answer was whole ({kind})"
        )

    def _lost(self, why: str, message: str) -> NoAnswer:
        """The request has left, and its answer is not whole."""
        return NoAnswer(message, reason=f"{self._vendor.prefix}_{why}", perhaps_done=True)


def as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that adds nothing; without it a .netrc entry would replace our Authorization."""
    return request


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made, so that not one byte of the request can have arrived."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
