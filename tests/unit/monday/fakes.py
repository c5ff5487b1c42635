"""A client in front of a ledger without Postgres, and errors as monday.com writes them."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import requests

from functions.push.monday.client import Monday
from functions.push.monday.credentials import Credentials
from tests.fakes.ledger import NOW, FakeLedger

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
TOKEN = "a-token-to-keep"


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
