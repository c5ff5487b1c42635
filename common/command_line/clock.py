"""The local stack's clock, which may be moved ahead when there is nothing to do before a known time."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from common.errors import Conflict, Unavailable

if TYPE_CHECKING:
    from requests import Session

_TIMEOUT = 30.0  # seconds


class StackClock:
    """A client of the stack's control server. url: its address."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def now(self) -> datetime:
        """The stack's time. Raises Unavailable."""
        return datetime.fromisoformat(self._call("GET", "/clock")["now"])

    def advance(self, to: datetime) -> datetime:
        """Move the time to an aware moment ahead; the new time.

        Raises Conflict, saying why, when it may not be moved: a vendor is the real service, or it is later
        already.
        """
        return datetime.fromisoformat(self._call("POST", "/clock/advance", {"to": to.isoformat()})["now"])

    def close(self) -> None:
        """Close the connection."""
        if "_session" in vars(self):
            self._session.close()
            del self._session

    @cached_property
    def _session(self) -> Session:
        import requests

        session = requests.Session()
        session.trust_env = False
        return session

    def _call(self, method: str, path: str, body: Any = None) -> Any:
        import requests

        try:
            answer = self._session.request(method, self._url + path, json=body, timeout=_TIMEOUT)
            document = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise Unavailable(f"The stack's clock at {self._url} does not answer.") from error
        if answer.status_code >= 400:
            raise Conflict(str(document.get("error") or "the clock cannot be moved"), reason="clock_refused")
        return document
