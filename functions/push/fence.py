"""The last look before a request leaves: whether what was checked in Postgres still holds.

A worker may be stopped for minutes between the commit that says "sent" and the socket. By then its lease may be another's,
and a look-up may have found no trace of a request that is still to come. So a write leaves at once or not at all. A pause
exactly between this look and the socket is closed only by a key of the vendor's own, such as monday.com's Idempotency-Key; Etsy has
none.
"""

import time
from collections.abc import Callable

from common.database.engine import assert_no_transaction
from common.errors import Retry

LONGEST_PAUSE = 5.0
"""Seconds from the check in Postgres, which also sees that the lease lasts for so long, to the socket."""
_OF_A_LEASE = 3


class Fence:
    """Lets writes out for a short while after each `open`; questions pass always."""

    def __init__(self, lease_seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        """lease_seconds: of a claim; the pause is at most a third of it, so that a short lease is no reason to write nothing."""
        self.longest_pause = min(LONGEST_PAUSE, lease_seconds / _OF_A_LEASE)
        self._monotonic = monotonic
        self._until: float | None = None

    def open(self) -> None:
        """Begin to count; called before the check, so that the time it takes is counted too."""
        self._until = self._monotonic() + self.longest_pause

    def close(self) -> None:
        """No write is on its way."""
        self._until = None

    def check(self) -> None:
        """Called just before the socket. Raises Retry when a write comes too late; nothing has been sent then."""
        assert_no_transaction()
        if self._until is not None and self._monotonic() > self._until:
            raise Retry("This worker was stopped for too long; nothing was sent.", reason="paused_too_long")
