"""A requests session without a network, and the clocks that go with it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from functions.scrape.digikey.client import DigiKeyClient
from functions.scrape.digikey.credentials import Credentials
from tests.fakes.http import Call, response
from tests.fakes.http import FakeSession as AnsweringSession

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
SECRET = "a-secret-to-keep"
RATE = {"X-RateLimit-Limit": "1000", "X-RateLimit-Remaining": "876"}


def reply(status: int = 200, body: Any = None, headers: Mapping[str, str] | None = None) -> requests.Response:
    """A response, its status first."""
    return response(body, status, headers)


def token_reply(value: str = "token", expires_in: Any = 599) -> requests.Response:
    return reply(200, {"access_token": value, "expires_in": expires_in, "token_type": "Bearer"})


class FakeSession(AnsweringSession):
    """Answers each request with the next of its replies; an exception among them is raised.

    Requests for a token are answered apart, each with a token of its own ("token-1", "token-2" …).
    """

    def __init__(
        self, *replies: requests.Response | Exception, tokens: list[requests.Response] | None = None
    ) -> None:
        super().__init__(*replies)
        self.token_calls: list[Call] = []
        self._tokens = tokens

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        if not url.endswith("/oauth2/token"):
            return super().request(method, url, **options)
        self.token_calls.append(Call(method, url, options))
        return self._tokens.pop(0) if self._tokens else token_reply(f"token-{len(self.token_calls)}")


@dataclass
class Monotonic:
    """A monotonic clock that moves when told."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass
class CallGuard:
    """Counts how often it was asked before a call, and can forbid one."""

    asked: int = 0
    forbid: Exception | None = field(default=None)

    def __call__(self) -> None:
        self.asked += 1
        if self.forbid:
            raise self.forbid


def client(
    session: requests.Session,
    *,
    base_url: str = "https://api.digikey.com",
    credentials: Callable[[], Credentials] = lambda: Credentials("client", SECRET),
    before_call: Callable[[], None] | None = None,
    monotonic: Callable[[], float] | None = None,
) -> DigiKeyClient:
    """A client at a fixed time."""
    return DigiKeyClient(
        base_url,
        credentials,
        session,
        now=lambda: NOW,
        before_call=before_call or CallGuard(),
        monotonic=monotonic or Monotonic(),
    )
