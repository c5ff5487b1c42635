"""The real client in front of the stand-in, with the real ledger of budgets and a file of secrets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from common.etsy.account import NAME, Account, stored_account
from common.quotas import Ledger
from common.secrets.files import FileSecrets
from functions.push.etsy.client import Etsy
from functions.push.etsy.limits import Limits
from functions.push.etsy.listing import NewListing
from infra.local.vendors.etsy.application import Options
from tests.fakes.ledger import FakeLedger
from tests.support.database import database, now, quotas
from tests.support.etsy_account import REFRESH_TOKEN, SHOP, StandIn

__all__ = [
    "database",
    "now",
    "quotas",
]


def new_listing(**fields: Any) -> NewListing:
    """A listing that the stand-in takes."""
    usual: dict[str, Any] = {
        "title": "Sunflower tumbler wrap",
        "description": "A wrap.",
        "price": Decimal("4.00"),
        "quantity": 100,
        "taxonomy_id": 1063,
        "shipping_profile_id": 8001,
    }
    return NewListing(**(usual | fields))


@dataclass
class Desk:
    """The stand-in, and what a client is made of."""

    stand_in: StandIn
    secrets: FileSecrets
    ledger: FakeLedger = field(default_factory=FakeLedger)

    def client(
        self,
        *,
        ledger: Ledger | None = None,
        now: Callable[[], datetime] | None = None,
        session: requests.Session | None = None,
        limits: Limits | None = None,
    ) -> Etsy:
        return Etsy(
            self.stand_in.url,
            self.secrets,
            session or self.stand_in.session,
            ledger=ledger or self.ledger,
            tenant="default",
            now=now or self.stand_in.clock.now,
            limits=limits,
        )

    def account(self) -> Account:
        """What is stored."""
        return stored_account(self.secrets)

    def store(self, refresh_token: str) -> None:
        """Store the account with this refresh token and no access token."""
        account = Account(Options.keystring, Options.shared_secret, refresh_token, shop_id=SHOP)
        self.secrets.put(NAME, account.as_texts())


MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(start: Any, tmp_path: Path) -> MakeDesk:
    """A desk whose stand-in has any options; the account has its consent and no access token yet."""

    def made(**options: Any) -> Desk:
        desk = Desk(start(**options), FileSecrets(tmp_path / "secrets"))
        desk.store(REFRESH_TOKEN)
        return desk

    return made


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A desk with limits out of reach."""
    return make_desk()
