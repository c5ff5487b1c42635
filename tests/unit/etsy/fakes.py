"""A requests session without a network, a ledger without Postgres, secrets that can fail."""

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from common.errors import Unavailable, WaitUntil
from common.etsy.transport import Reply
from common.quotas import Dimension, Grant
from tests.fakes.secret_store import FakeSecretStore

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


def response(
    body: Any = None, status: int = 200, headers: Mapping[str, str] | None = None
) -> requests.Response:
    """A response as requests builds it; bytes are sent as they are, anything else as JSON."""
    made = requests.Response()
    made.status_code = status
    made.headers = CaseInsensitiveDict(headers or {})
    made.raw = io.BytesIO(body if isinstance(body, bytes) else json.dumps(body).encode())
    return made


def reply(body: Any = None, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """The same as the transport hands it on."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(status, CaseInsensitiveDict(headers or {}), content)


class FakeSession(requests.Session):
    """Answers each request with the next of its responses; an exception among them is raised."""

    def __init__(self, *responses: requests.Response | Exception) -> None:
        super().__init__()
        self.calls: list[tuple[str, str, Mapping[str, Any]]] = []
        self._responses = list(responses)

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        self.calls.append((method, url, options))
        answer = self._responses.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeLedger:
    """Grants everything but what is held by another, and remembers what was taken, given back and reported."""

    def __init__(self) -> None:
        self.reserved: list[tuple[str, Mapping[str, Dimension]]] = []
        self.refunded: list[str] = []
        self.reports: list[tuple[str, float, datetime | None]] = []
        self.held: set[str] = set()
        """Accounts for which nothing is granted."""

    def reserve(self, tenant: str, account: str, dimensions: Mapping[str, Dimension]) -> Grant:
        if account in self.held:
            raise WaitUntil(NOW, "held")
        self.reserved.append((account, dimensions))
        number = str(len(self.reserved))
        return Grant(tenant=tenant, account=account, units=1, dimensions=dimensions, id=number, at=NOW)

    def refund(self, grant: Grant, unused: int) -> None:
        self.refunded.append(grant.account)

    def report(
        self,
        tenant: str,
        account: str,
        dimension: str,
        *,
        remaining: float,
        at: datetime,
        blocked_until: datetime | None = None,
    ) -> None:
        self.reports.append((dimension, remaining, blocked_until))


class FailingSecrets(FakeSecretStore):
    """Refuses to keep one name for so many times."""

    def __init__(self, name: str, times: int) -> None:
        super().__init__()
        self.refuses, self.times = name, times

    def put(self, name: str, value: Mapping[str, str]) -> None:
        if name == self.refuses and self.times > 0:
            self.times -= 1
            raise Unavailable("the store is down")
        super().put(name, value)
