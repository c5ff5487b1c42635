"""The ledger of budgets without Postgres."""

from collections.abc import Mapping
from datetime import UTC, datetime

from common.errors import ShelflineError
from common.quotas import Dimension, Grant, Ledger

NOW = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)
"""When everything is granted."""


class FakeLedger(Ledger):
    """Grants everything but what it has a refusal for, and remembers what was taken, given back and reported."""

    def __init__(self, refusals: Mapping[str, ShelflineError] | None = None) -> None:
        """refusals: by account, what is raised instead of a grant."""
        self.reserved: list[Mapping[str, Dimension]] = []
        self.refunded: list[dict[str, float]] = []
        """How much of each dimension."""
        self.given_back: list[str] = []
        """The account of each refund."""
        self.reports: list[tuple[str, float, datetime | None]] = []
        """The dimension, what remains of it, and until when nothing goes."""
        self._refusals = refusals or {}

    def reserve(self, tenant: str, account: str, dimensions: Mapping[str, Dimension]) -> Grant:
        if account in self._refusals:
            raise self._refusals[account]
        self.reserved.append(dimensions)
        number = str(len(self.reserved))
        return Grant(tenant=tenant, account=account, units=1, dimensions=dimensions, id=number, at=NOW)

    def refund(self, grant: Grant, unused: int) -> None:
        amounts = {name: dimension.cost * unused for name, dimension in grant.dimensions.items()}
        self.refunded.append(amounts)
        self.given_back.append(grant.account)

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
