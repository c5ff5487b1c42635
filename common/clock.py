"""The one clock of the functions: business time, which the local stack can move forward.

Leases, tokens and time-outs of calls do not use it: a stalled process does not get younger when virtual time moves.
"""

from datetime import UTC, datetime
from typing import Protocol

from common.database.engine import Database


class Clock(Protocol):
    """Where business time comes from."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        ...


class DatabaseClock:
    """Business time as Postgres says it, so that every instance and every SQL function agree."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def now(self) -> datetime:
        """The time now, aware, in UTC."""
        now: datetime = self._database.call("shelfline_now")
        return now.astimezone(UTC)
