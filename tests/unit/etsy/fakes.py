"""A ledger without Postgres, and secrets that can fail."""

from collections.abc import Mapping
from datetime import UTC, datetime

from common.errors import Unavailable, WaitUntil
from common.quotas import Dimension, Grant
from tests.fakes.secret_store import FakeSecretStore

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


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
