"""Whose turn it is to call Etsy: short waits for the next second are sat out, longer ones are told.

A lane that closes for a fifth of a second costs its chunks a wake-up each; a worker that waits so long costs nothing. What is
short is a setting, `wait_small_seconds`; 0 makes a wake-up of every wait.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from common.errors import WaitUntil
from common.quotas import Dimension, Grant, Ledger
from functions.push.etsy.budget import ACCOUNT, dimensions
from functions.push.etsy.limits import Limits

_SHORTEST_WAIT = 0.01


class Turns:
    """The shared budget of calls, as one worker takes it. For one thread."""

    def __init__(
        self,
        ledger: Ledger,
        tenant: str,
        limits: Limits,
        *,
        now: Callable[[], datetime],
        longest_wait: float,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """now: business time, in which the ledger says when there is room again. longest_wait: seconds sat out for one call."""
        self._ledger = ledger
        self._tenant = tenant
        self._dimensions = dimensions(limits)
        self._now = now
        self._longest_wait = longest_wait
        self._sleep = sleep
        self._taken: Grant | None = None

    @contextmanager
    def ahead(self) -> Iterator[None]:
        """Take the turn of the next call before anything is written of it; it is given back where no call was made.

        Raises WaitUntil, as `reserve` does.
        """
        self._taken = self.reserve(self._tenant, ACCOUNT, self._dimensions)
        try:
            yield
        finally:
            unused, self._taken = self._taken, None
            if unused is not None:
                self._ledger.refund(unused, 1)

    def reserve(self, tenant: str, account: str, dimensions: Mapping[str, Dimension]) -> Grant:
        """See Ledger.reserve. Raises WaitUntil for a longer wait than is sat out."""
        if account != ACCOUNT:
            return self._ledger.reserve(tenant, account, dimensions)
        if self._taken is not None:
            taken, self._taken = self._taken, None
            return taken
        left = self._longest_wait
        while True:
            try:
                return self._ledger.reserve(tenant, account, dimensions)
            except WaitUntil as error:
                wait = max((error.until - self._now()).total_seconds(), _SHORTEST_WAIT)
                if wait > left:
                    raise
                left -= wait
                self._sleep(wait)

    def refund(self, grant: Grant, unused: int) -> None:
        """See Ledger.refund."""
        self._ledger.refund(grant, unused)

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
        """See Ledger.report."""
        self._ledger.report(
            tenant, account, dimension, remaining=remaining, at=at, blocked_until=blocked_until
        )
