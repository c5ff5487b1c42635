"""HTTP to the API: one request a call, and every error as one of `common.errors`."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import quote, urlsplit

from common.errors import ShelflineError, Unavailable, Usage
from common.http.addresses import LOOPBACK
from common.problem_json import error_of

if TYPE_CHECKING:
    from requests import PreparedRequest, Response, Session

log = logging.getLogger(__name__)

Document = dict[str, Any]

NOT_RUNNING = "The local stack is not running: `shelfline up` starts it."
LONG_SECONDS = 600.0
"""For what reads a lot before it answers: a file, a replay of decisions, whole event chains."""
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 60.0


class Wire:
    """One request at a time to one deployment, as one caller; see `Shelfline`."""

    def __init__(self, url: str, token: str = "", *, session: Session | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Usage(f"{url!r} is no address of an API; it looks like https://api.example.org.")
        self.is_local = parts.hostname in LOOPBACK
        if parts.scheme == "http" and token and not self.is_local:
            raise Usage(f"{url} would carry the token unencrypted; use https.")
        self.url = url.rstrip("/")
        self._token = token
        self._given = session

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._given is None and "_session" in vars(self):
            self._session.close()
            del self._session

    @cached_property
    def _session(self) -> Session:
        import requests

        if self._given is not None:
            return self._given
        session = requests.Session()
        session.trust_env = not self.is_local  # a proxy for the internet must not see calls on this machine
        return session

    def _get(self, path: str, seconds: float = _ANSWER_SECONDS, /, **query: object) -> Document:
        return object_of(self._call("GET", path, query=given(query), seconds=seconds))

    def _post(self, path: str, body: object = None, *, seconds: float = _ANSWER_SECONDS) -> Document:
        return object_of(self._call("POST", path, body if body is not None else {}, seconds=seconds))

    def _call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        query: Mapping[str, Any] | None = None,
        files: Mapping[str, Any] | Sequence[tuple[str, Any]] | None = None,
        seconds: float = _ANSWER_SECONDS,
    ) -> Any:
        import requests

        began = time.monotonic()
        try:
            answer = self._session.request(
                method,
                self.url + path,
                params=query,
                json=body,
                files=files,
                auth=self._authorize,
                timeout=(_CONNECT_SECONDS, seconds),
            )
        except requests.ConnectionError as error:
            raise Unavailable(self._unreachable(), reason="unreachable") from error
        except requests.Timeout as error:
            raise Unavailable(f"{self.url} did not answer within {seconds:.0f} s; ask again.") from error
        except requests.RequestException as error:
            raise Unavailable(f"{self.url} could not be asked: {type(error).__name__}.") from error
        log.debug("%s %s %s %.0f ms", method, path, answer.status_code, (time.monotonic() - began) * 1000)
        return self._read(answer)

    def _read(self, answer: Response) -> Any:
        document = _json(answer)
        if answer.status_code >= 400:
            raise error_of(answer.status_code, document, answer.headers.get("Retry-After"))
        if answer.status_code == 204 or not answer.content:
            return {}
        if document is None:
            raise ShelflineError(f"What answers at {self.url} is not Shelfline's API; check --url.")
        return document

    def _authorize(self, request: PreparedRequest) -> PreparedRequest:
        # As `auth`, so that a .netrc of the user's cannot take the header's place.
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _unreachable(self) -> str:
        if self.is_local:
            return NOT_RUNNING
        return f"{self.url} cannot be reached; check the address (--url, SHELFLINE_URL) and the network."


def opened_file(file: Path) -> Any:
    """A file open for sending; close it. Raises Usage when it cannot be opened."""
    try:
        return file.open("rb")
    except OSError as error:
        raise Usage(f"{file} cannot be read: {error.strerror}.", reason="unreadable_file") from error


def _json(answer: Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def given(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was said; the API has its own defaults for the rest."""
    return {name: value for name, value in values.items() if value is not None}


def listed(name: str, answer: Any) -> Document:
    """A bare list under its name: what a method answers is always an object."""
    return (
        {name: answer}
        if isinstance(answer, Iterable) and not isinstance(answer, Mapping)
        else object_of(answer)
    )


def object_of(answer: Any) -> Document:
    """The answer, if it is an object. Raises ShelflineError when it is not."""
    if not isinstance(answer, dict):
        raise ShelflineError(
            f"The API answered {type(answer).__name__} where an object belongs; its version differs."
        )
    return answer


def part(value: object) -> str:
    """One part of a path, whatever it is made of. Dots alone would be a path of their own."""
    text = quote(str(value), safe="")
    return text if text.strip(".") else text.replace(".", "%2E")
