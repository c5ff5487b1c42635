"""The application's limits in the shared ledger: taken before a call, corrected by what Etsy's answer says.

Dimensions: second (any second, not a bucket that refills: after a rest that would let twice as many calls into one of Etsy's
seconds) and day (the last 24 hours). Each call costs one of both.
"""

from datetime import datetime

from common.quotas import Dimension, Grant, Ledger, per_sliding_day
from functions.push.etsy.calls import LARGEST_PAGE
from functions.push.etsy.limits import Limits, Usage

ACCOUNT = "etsy"
_SECOND = 1.1
"""Seconds in which so many calls are made as Etsy takes in one: two may be nearer to each other there than when they left here."""
_FINE = 0.05
"""Seconds: so exactly it is counted."""
_LOW = 0.5  # share of the day below which Etsy's own figure is worth a note; above it cannot bind


class Budget:
    """One tenant's account."""

    def __init__(self, ledger: Ledger, tenant: str, limits: Limits) -> None:
        self._ledger = ledger
        self._tenant = tenant
        self._limits = limits

    def reserve(self) -> Grant:
        """Leave for one call; WaitUntil when a limit does not allow it now."""
        return self._ledger.reserve(self._tenant, ACCOUNT, dimensions(self._limits))

    def unsent(self, grant: Grant) -> None:
        """The call never left: give everything back."""
        self._ledger.refund(grant, 1)

    def settle(self, usage: Usage, at: datetime) -> None:
        """The call was answered: note what Etsy says is left of the day, where that is less than we may think."""
        left, capacity = usage.left_today, self._limits.per_day
        is_smaller = usage.per_day is not None and usage.per_day < capacity
        if left is not None and (is_smaller or left < _LOW * capacity):
            self._ledger.report(self._tenant, ACCOUNT, "day", remaining=left, at=at)

    def close(self, usage: Usage, at: datetime) -> None:
        """Let nobody try before a used-up limit opens again. Books nothing: our own count goes on."""
        name = "day" if usage.is_day_used_up() else "second"
        capacity = dimensions(self._limits)[name].capacity
        until = usage.reopens_at(at)
        self._ledger.report(self._tenant, ACCOUNT, name, remaining=capacity, at=at, blocked_until=until)


def dimensions(limits: Limits) -> dict[str, Dimension]:
    """What one call takes of each limit."""
    second = Dimension(
        kind="sliding", capacity=limits.per_second, window_seconds=_SECOND, bucket_seconds=_FINE
    )
    return {"second": second, "day": per_sliding_day(limits.per_day)}


def calls_of_a_listing(images: int, *, has_inventory: bool = True) -> int:
    """How many calls a draft takes: its creation, each image, and its inventory."""
    return 1 + images + has_inventory


def calls_of_a_look_up(drafts: int) -> int:
    """How many calls it takes to look through so many drafts."""
    return max(1, -(-drafts // LARGEST_PAGE))
