"""A running stack seen from inside: through the functions' own clients, and its database."""

import itertools
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from common.command_line.clock import StackClock
from common.environment import Environment
from common.pipeline.runs import Runs
from common.services import Services
from common.settings import Layers, resolve
from tests.support.stack import Stack

_PREFIX = "SHELFLINE_"
_SECONDS = 100.0
_POLL = 0.05
_AGE = (
    "update chunks set woken_at = woken_at - interval '61 s' where state = 'ready' and woken_at is not null"
)
_SETTLED = "select state not in ('pending', 'running', 'cancelling') from runs where id = %s"


class Inside:
    """What a test may look at, and start, behind the commands."""

    def __init__(self, stack: Stack) -> None:
        named = {
            name.removeprefix(_PREFIX).lower(): value
            for name, value in stack.environment.items()
            if name.startswith(_PREFIX)
        }
        known = {name: value for name, value in named.items() if name in Environment.model_fields}
        self.services = Services(Environment(**known))  # type: ignore[arg-type]  # texts, as in a process environment
        self._clock = StackClock(stack.urls["control"])

    def start(self, flow: str, run_id: str, settings: Mapping[str, Any], **options: Any) -> None:
        """Start a run under an id of the test's choice."""
        runs = Runs(self.services.database, self.services.waker)
        resolved = resolve(Layers(request=dict(settings)), flow=flow)
        runs.start(flow, tenant="default", settings=resolved, options=options, run_id=run_id)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        with self.services.database.transaction() as connection:
            result = (
                connection.exec_driver_sql(statement, values)
                if values
                else connection.exec_driver_sql(statement)
            )
            return list(result)

    def done(self, run_id: str) -> int:
        """How much of a run has happened, in events."""
        return int(self.sql("select count(*) from events where stream = %s", run_id)[0][0])

    def has_settled(self, run_id: str) -> bool:
        """Whether a run has ended, or waits for people only."""
        return bool(self.sql(_SETTLED, run_id)[0][0])

    def finish(self, run_id: str) -> None:
        """Wait until a run has settled; see `beats`."""
        for _ in self.beats(run_id):
            if self.has_settled(run_id):
                return
        left = self.sql("select step, state, count(*) from items where run_id = %s group by 1, 2", run_id)
        raise AssertionError(f"{run_id} does not end: {left}")

    def beats(self, run_id: str) -> Iterator[int]:
        """Look again and again; when nothing has happened in a run for a second, the clock is moved on a minute."""
        end, quiet_since, seen = time.monotonic() + _SECONDS, time.monotonic(), -1
        for beat in itertools.count():
            if time.monotonic() > end:
                return
            yield beat
            if (now := self.done(run_id)) != seen:
                seen, quiet_since = now, time.monotonic()
            elif time.monotonic() - quiet_since > 1:
                self.a_minute_later()
                quiet_since = time.monotonic()
            time.sleep(_POLL)

    def a_minute_later(self) -> None:
        """Move the clock on: quota windows pass, and the scheduler calls the sweep.

        Whether a wake-up was lost is told by real time, which nothing moves; so those that wait are made as old.
        """
        with self.services.database.transaction() as connection:
            connection.exec_driver_sql(_AGE)
        self._clock.advance(self._clock.now() + timedelta(seconds=61))

    def close(self) -> None:
        """Let go of the connections."""
        self.services.warehouse.close()  # type: ignore[attr-defined]  # the real client has connections
        self.services.database.close()
        self._clock.close()


@contextmanager
def inside(stack: Stack) -> Iterator[Inside]:
    """The stack from inside; its variables are this process's for so long, as the clients read them."""
    with pytest.MonkeyPatch.context() as environment:
        for name, value in stack.environment.items():
            environment.setenv(name, value)
        found = Inside(stack)
        try:
            yield found
        finally:
            found.close()
