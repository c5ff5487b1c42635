"""A vendor account's budget, shared by every instance through Postgres: asked before sending, corrected by what the vendor reports."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from common.database.engine import ConnectionLost, Database
from common.errors import Misconfigured, Usage, WaitUntil

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """One limit of an account. cost: what one call takes of it.

    kind: bucket (capacity, refilled at rate a second), fixed (window of seconds aligned to UTC), sliding (window of seconds),
        concurrency (held until given back or window_seconds have passed), interval (rate: seconds between two calls).
    """

    kind: str
    capacity: float
    cost: float = 1
    rate: float = 0
    window_seconds: float = 0
    bucket_seconds: float = 0

    def as_json(self) -> dict[str, Any]:
        """The form in which Postgres takes it."""
        return {name: getattr(self, name) for name in self.__slots__}


def per_minute(calls: float, cost: float = 1) -> Dimension:
    """At most so many calls in any 60 seconds."""
    return Dimension(kind="sliding", capacity=calls, cost=cost, window_seconds=60, bucket_seconds=4)


def per_utc_day(calls: float, cost: float = 1) -> Dimension:
    """At most so many calls in one UTC day."""
    return Dimension(kind="fixed", capacity=calls, cost=cost, window_seconds=86_400)


def per_sliding_day(calls: float, cost: float = 1) -> Dimension:
    """At most so many calls in any 24 hours, counted in quarters of an hour."""
    return Dimension(kind="sliding", capacity=calls, cost=cost, window_seconds=86_400, bucket_seconds=900)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Leave to make so many calls. What is not used is given back with `Quotas.refund`."""

    tenant: str
    account: str
    units: int
    dimensions: Mapping[str, Dimension]
    id: str
    at: datetime
    """Business time at which it was given."""


class Ledger(Protocol):
    """What a vendor's client needs of `Quotas`: one call at a time."""

    def reserve(self, tenant: str, account: str, dimensions: Mapping[str, Dimension]) -> Grant:
        """Leave for one call: in all dimensions or in none. Raises WaitUntil and Misconfigured as `Quotas` does."""
        ...

    def refund(self, grant: Grant, unused: int) -> None:
        """Give back what a grant did not use."""
        ...

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
        """What the vendor says is left at a time."""
        ...


class Quotas:
    """The shared ledger of budgets."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def reserve(
        self,
        tenant: str,
        account: str,
        dimensions: Mapping[str, Dimension],
        *,
        units: int = 1,
        minimum: int = 1,
    ) -> Grant:
        """Leave for up to `units` calls: in all dimensions or in none.

        Raises WaitUntil with the earliest time when not even `minimum` fit, Misconfigured when they never will,
        Usage when `minimum` is more than `units`.
        """
        if minimum > units:
            raise Usage(
                f"{account}: {minimum} calls at least, of {units} at most, cannot be granted; ask for more units."
            )
        wanted = {name: dimension.as_json() for name, dimension in dimensions.items()}
        request = {
            "tenant": tenant,
            "account": account,
            "units": units,
            "minimum": minimum,
            "dimensions": wanted,
        }
        answer = self._database.call("shelfline_reserve_v1", request)
        if answer["granted"] >= minimum:
            return Grant(
                tenant=tenant,
                account=account,
                units=int(answer["granted"]),
                dimensions=dimensions,
                id=answer["grant"],
                at=datetime.fromisoformat(answer["at"]),
            )
        if answer["until"] == "infinity":
            raise Misconfigured(
                f"{account}: {minimum} calls never fit into the limit {answer['dimension']}; raise it."
            )
        raise WaitUntil(
            datetime.fromisoformat(answer["until"]),
            f"{account}: the budget {answer['dimension']} is used up.",
            reason=f"quota_{answer['dimension']}",
        )

    def refund(self, grant: Grant, unused: int) -> None:
        """Give back what a grant did not use; a grant never settled counts as spent.

        Not tried again when the connection is lost: given back twice, it would be somebody else's.
        """
        amounts = {name: dimension.cost * unused for name, dimension in grant.dimensions.items()}
        given = {
            "tenant": grant.tenant,
            "account": grant.account,
            "at": grant.at.isoformat(),
            "grant": grant.id,
        }
        try:
            self._database.call_once("shelfline_refund_v1", {**given, "amounts": amounts})
        except ConnectionLost:
            _log.warning("refund_lost", extra={"account": grant.account, "units": unused})

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
        """What the vendor says is left at a time; older news than what is known is not taken."""
        blocked = blocked_until.isoformat() if blocked_until else None
        report = {"tenant": tenant, "account": account, "dimension": dimension, "remaining": remaining}
        self._database.call(
            "shelfline_report_quota_v1", {**report, "at": at.isoformat(), "blocked_until": blocked}
        )
