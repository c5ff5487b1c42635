"""A requests session without a network, a ledger without Postgres, and a client between the two."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from common.errors import ShelflineError
from common.quotas import Dimension, Grant
from functions.push.monday.client import Monday
from functions.push.monday.credentials import Credentials
from functions.push.monday.transport import Reply

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
TOKEN = "a-token-to-keep"


@dataclass
class Call:
    """One request as it was made."""

    method: str
    url: str
    options: Mapping[str, Any]

    @property
    def headers(self) -> Mapping[str, str]:
        headers: Mapping[str, str] = self.options["headers"]
        return headers

    @property
    def body(self) -> Any:
        return json.loads(self.options["data"])


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
        self.calls: list[Call] = []
        self._responses = list(responses)

    def request(self, method: Any, url: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        self.calls.append(Call(method, url, options))
        answer = self._responses.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


class FakeLedger:
    """Grants everything, and remembers what was taken, given back and reported."""

    def __init__(self, refusal: ShelflineError | None = None) -> None:
        self.reserved: list[Mapping[str, Dimension]] = []
        self.refunded: list[dict[str, float]] = []
        self.reports: list[tuple[str, float, datetime | None]] = []
        self._refusal = refusal

    def reserve(self, tenant: str, account: str, dimensions: Mapping[str, Dimension]) -> Grant:
        if self._refusal:
            raise self._refusal
        self.reserved.append(dimensions)
        number = str(len(self.reserved))
        return Grant(tenant=tenant, account=account, units=1, dimensions=dimensions, id=number, at=NOW)

    def refund(self, grant: Grant, unused: int) -> None:
        amounts = {name: dimension.cost * unused for name, dimension in grant.dimensions.items()}
        self.refunded.append(amounts)

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


def client(
    session: requests.Session,
    *,
    ledger: FakeLedger | None = None,
    base_url: str = "https://api.monday.com",
    before_call: Callable[[], None] = lambda: None,
    plan: str = "standard",
) -> Monday:
    """A client at a fixed time."""
    return Monday(
        base_url,
        lambda: Credentials(TOKEN),
        session,
        ledger=ledger or FakeLedger(),
        tenant="default",
        now=lambda: NOW,
        monday_plan=plan,
        before_call=before_call,
    )


def error(
    code: str = "",
    message: str = "words of the vendor",
    path: list[Any] | None = None,
    **extensions: Any,
) -> dict[str, Any]:
    """One of `errors`, as monday.com writes them today."""
    made: dict[str, Any] = {"message": message, "extensions": {"code": code, **extensions}}
    return made | ({"path": path} if path is not None else {})
