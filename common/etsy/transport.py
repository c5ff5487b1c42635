"""One HTTP exchange with Etsy: a whole answer, or `NoAnswer`. What the answer means is read elsewhere."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import requests
from urllib3.exceptions import MaxRetryError, NewConnectionError

from common.database.engine import assert_no_transaction
from common.errors import Unavailable

TIMEOUT = (3.05, 60.0)
"""Seconds to connect and between two bytes."""
LONGEST_ANSWER_SECONDS = 90.0
"""From the request to the last byte: an answer that drips must not hold a worker."""
LARGEST_ANSWER = 32 * 1024 * 1024
"""Bytes, unpacked. A page of 100 listings with images and inventory is about 1 MB."""
_PIECE = 64 * 1024


class NoAnswer(Unavailable):
    """No whole answer came. `perhaps_done`: whether Etsy may have carried the request out all the same."""

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
class Upload:
    """A file in a form. The fields beside it travel as form data: put among the files, Etsy overlooks them."""

    field: str
    name: str
    content: bytes
    media_type: str


class Transport:
    """Sends one request at a time through a session. Every call checks first that no database transaction is open."""

    def __init__(
        self,
        session: requests.Session,
        *,
        before_call: Callable[[], None] = assert_no_transaction,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._before_call = before_call
        self._monotonic = monotonic

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        body: bytes | Sequence[tuple[str, str]] | None = None,
        upload: Upload | None = None,
    ) -> Reply:
        """Send a request. Raises NoAnswer when no whole answer came.

        body: bytes as they are, or the fields of a form; with an upload the form is multipart, and requests sets
        its boundary.
        """
        self._before_call()
        started = self._monotonic()
        files = {upload.field: (upload.name, upload.content, upload.media_type)} if upload else None
        try:
            with self._session.request(
                method,
                url,
                headers={"Accept": "application/json", **headers},
                data=body if isinstance(body, bytes | None) else list(body),
                files=files,
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
                    f"Etsy's answer is larger than {LARGEST_ANSWER} bytes; ask for fewer listings at once",
                    reason="etsy_too_large",
                    perhaps_done=True,
                )
            if self._monotonic() - started > LONGEST_ANSWER_SECONDS:
                raise NoAnswer("Etsy's answer did not end in time", reason="etsy_timeout", perhaps_done=True)
        return bytes(content)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Authentication that adds nothing; without it a .netrc entry would replace our Authorization."""
    return request


def _no_answer(error: requests.RequestException) -> NoAnswer:
    name = type(error).__name__
    if _never_left(error):
        message = f"Etsy could not be reached ({name}); nothing was sent"
        return NoAnswer(message, reason="etsy_unreachable", perhaps_done=False)
    if isinstance(error, requests.Timeout):
        return NoAnswer("Etsy did not answer in time", reason="etsy_timeout", perhaps_done=True)
    message = f"the connection to Etsy broke before its answer was whole ({name})"
    return NoAnswer(message, reason="etsy_connection", perhaps_done=True)


def _never_left(error: requests.RequestException) -> bool:
    """Whether no connection was made, so that not one byte of the request can have arrived."""
    if isinstance(error, requests.ConnectTimeout):
        return True
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)
