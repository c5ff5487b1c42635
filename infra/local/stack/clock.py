"""Moving virtual time: in Postgres, where the functions read it, and in the file, where all others do."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

from pg8000.exceptions import DatabaseError

from infra.local.clock import SharedClock
from infra.local.postgres import connection_to

DATABASE = "shelfline"


class ClockRefused(Exception):
    """The clock may not be moved now, or not there; the message says why."""


class ClockMover:
    """Moves the shared clock forward.

    database_socket: unix socket of Postgres, "" for a stack without.
    real_vendors: as long as there is one, time is real: quotas and limits of a real service do not move.
    """

    def __init__(self, clock: SharedClock, database_socket: str, real_vendors: Mapping[str, str]) -> None:
        self._clock = clock
        self._socket = database_socket
        self._real = dict(real_vendors)
        self._one_at_a_time = asyncio.Lock()

    async def advance(self, seconds: float) -> SharedClock:
        """Move it `seconds` ahead of where it is. Raises ClockRefused."""
        async with self._one_at_a_time:
            await asyncio.to_thread(self._set, seconds)
        return self._clock

    async def advance_to(self, moment: datetime) -> SharedClock:
        """Move it to an aware moment in the future. Raises ClockRefused."""
        async with self._one_at_a_time:
            await asyncio.to_thread(self._set, (moment - self._clock.now()).total_seconds())
        return self._clock

    def _set(self, seconds: float) -> None:
        if self._real:
            vendors = ", ".join(f"{name} ({url})" for name, url in self._real.items())
            raise ClockRefused(f"the clock cannot move while a vendor is the real service: {vendors}")
        if seconds < 0:
            raise ClockRefused("the clock only moves forward")
        offset = self._clock.offset() + seconds
        self._set_in_postgres(offset)  # first: if it fails nothing has moved, and asking again moves both
        self._clock.set_offset(offset)

    def _set_in_postgres(self, offset: float) -> None:
        if not self._socket:
            return
        try:
            with connection_to(self._socket, DATABASE) as connection:
                connection.run("select shelfline_set_clock_offset(:seconds)", seconds=offset)
        except DatabaseError as error:
            raise ClockRefused(f"Postgres refused to move its clock: {error}") from error
