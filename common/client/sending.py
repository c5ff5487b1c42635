"""Files straight to storage, by the requests that the API has signed for them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from common.http.addresses import LOOPBACK

if TYPE_CHECKING:
    from requests import PreparedRequest, Session

UNREADABLE, REFUSED, NOT_SENT = "unreadable", "refused_by_storage", "not_sent"
"""Why a file was not sent: we cannot read it; storage does not want it; storage does not answer."""
_SECONDS = (5.0, 300.0)
_PAUSES = (0.5, 1.0, 2.0)  # seconds before storage is asked again
_MOST_IN_A_ROW = 3  # files that storage did not answer for, before it is taken to be away
_THERE_ALREADY = 412


class Sender:
    """Sends one file after the other. Our token is not sent along: the addresses are not ours."""

    def __init__(self, pause: Callable[[float], None] = time.sleep) -> None:
        self._pause = pause
        self._session: Session | None = None
        self._unanswered = 0
        """Files in a row."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._session is not None:
            self._session.close()

    def send(self, file: Path, wanted: Mapping[str, Any]) -> str | None:
        """Send a file as {method, url, headers} say; None when it is there, else one of the reasons above.

        Storage that does not answer is asked again a few times, and for a few files; then the rest is not tried.
        """
        if self._unanswered >= _MOST_IN_A_ROW:
            return NOT_SENT
        for pause in (*_PAUSES, None):
            try:
                stream = file.open("rb")
            except OSError:
                return UNREADABLE
            with stream:
                status = self._status(stream, wanted)
            if status is not None and status != 429 and status < 500:
                self._unanswered = 0
                # An earlier try whose answer was lost is there, and is not replaced.
                return None if status < 400 or status == _THERE_ALREADY else REFUSED
            if pause is not None:
                self._pause(pause)
        self._unanswered += 1
        return NOT_SENT

    def _status(self, stream: Any, wanted: Mapping[str, Any]) -> int | None:
        """What storage says; None when it does not answer."""
        import requests

        url = wanted["url"]
        # A stream without content would be sent in pieces, which a limit of sizes cannot be held against.
        body = stream if stream.seek(0, 2) else b""
        stream.seek(0)
        try:
            answer = self._connections(url).request(
                wanted["method"],
                url,
                headers=dict(wanted["headers"]),
                data=body,
                timeout=_SECONDS,
                auth=_as_it_is,
            )
        except requests.RequestException:
            return None
        return answer.status_code

    def _connections(self, url: str) -> Session:
        import requests

        if self._session is None:
            self._session = requests.Session()
            # A proxy for the internet must not see calls on this machine.
            self._session.trust_env = urlsplit(url).hostname not in LOOPBACK
        return self._session


def _as_it_is(request: PreparedRequest) -> PreparedRequest:
    """So that a .netrc of the user's adds nothing to what was signed."""
    return request
