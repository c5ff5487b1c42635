"""A ledger without Postgres, a client in front of it, and errors as monday.com writes them."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import requests

from common.errors import ShelflineError
from common.quotas import Dimension, Grant
from functions.push.monday.client import Monday
from functions.push.monday.credentials import Credentials

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
TOKEN = "a-token-to-keep"


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
