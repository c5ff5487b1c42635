"""Records the outcomes of one claimed chunk, in sub-batches, each with everything it writes in one transaction."""

import time
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from common.database.engine import Contended, Database, DataRefused
from common.errors import ShelflineError
from common.pipeline import writers
from common.pipeline.flow import Flow
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome, reject
from common.pipeline.store import Closed, PipelineStore

if TYPE_CHECKING:
    from sqlalchemy import Connection

_RECORD_AT_LEAST_EVERY = 2.0  # seconds
_CANCELLED_FROM = frozenset({"recorded", "waiting", "manual"})
"""States that become cancelled when they are recorded in a run that is being cancelled."""
_MOST_RACES = 3  # lost to another transaction before it is taken for more than a race


class LeaseLost(Exception):
    """Another worker holds the chunk now; whatever we know of it is no longer ours to record."""


class Recorder:
    """What is known of a claimed chunk's items, and not yet recorded."""

    def __init__(
        self, database: Database, store: PipelineStore, claim: Claim, flow: Flow, adapter: Any, every: int
    ) -> None:
        self._database = database
        self._store = store
        self._claim = claim
        self._flow = flow
        self._adapter = adapter
        self._every = every
        self._held: list[Outcome] = []
        self._reached: set[int] = set()
        self._recorded_at = time.monotonic()

    def take(self, outcomes: Iterable[Outcome]) -> None:
        """Keep outcomes, recording whenever enough of them or enough time has come together."""
        for outcome in outcomes:
            self._keep(outcome)
            # The last sub-batch is recorded together with the close, in one transaction.
            if (
                len(self._held) >= self._every and self.unreached()
            ) or time.monotonic() - self._recorded_at > _RECORD_AT_LEAST_EVERY:
                self.flush()

    def flush(self) -> None:
        """Record what is held. Raises LeaseLost."""
        if self._held:
            self._write(self._held, close=False)
            self._held = []
        self._recorded_at = time.monotonic()

    def close(self, outcomes: Iterable[Outcome]) -> Closed:
        """Record what is held and these, and end the chunk; items nobody reached are given back. Raises LeaseLost."""
        for outcome in outcomes:
            self._keep(outcome)
        held, self._held = self._held, []
        return self._write(held, close=True)

    def unreached(self) -> list[Item]:
        """Items without an outcome so far."""
        return [item for item in self._claim.items if item.id not in self._reached]

    def still_wanted(self) -> list[Item]:
        """Items the adapter should look at: none of a cancelled run, but for those whose write may be on its way."""
        if not self._claim.run.cancelling:
            return list(self._claim.items)
        with self._database.transaction() as connection:
            in_flight = writers.items_in_flight(connection, [item.id for item in self._claim.items])
        return [item for item in self._claim.items if item.id in in_flight]

    def _keep(self, outcome: Outcome) -> None:
        self._held.append(outcome)
        self._reached.add(outcome.item.id)

    def _write(self, outcomes: Sequence[Outcome], *, close: bool) -> Closed:
        try:
            return self._write_against_others(outcomes, close=close)
        except DataRefused as error:
            return self._write_apart(outcomes, error, close=close)
        except ShelflineError:
            # Nothing of it was recorded: these items are open again, whatever is decided of them next.
            self._reached -= {outcome.item.id for outcome in outcomes}
            self._held = []
            raise

    def _write_against_others(self, outcomes: Sequence[Outcome], *, close: bool) -> Closed:
        """Another run may touch the same records at the same moment: it has committed by now, and its rows are seen."""
        for _ in range(_MOST_RACES):
            try:
                return self._write_together(outcomes, close=close)
            except Contended:
                continue
            except DataRefused as error:
                if not error.is_taken:
                    raise
        return self._write_together(outcomes, close=close)

    def _write_together(self, outcomes: Sequence[Outcome], *, close: bool) -> Closed:
        if not any(outcome.writes for outcome in outcomes) and not writers.has_own_apply(self._adapter):
            closed = self._store.record_alone(self._claim, self._flow, outcomes, close=close)
        else:
            with self._database.transaction() as connection:
                closed = self._store.record(connection, self._claim, self._flow, outcomes, close=close)
                if closed is not None:
                    self._apply(connection, self._standing(connection, closed, outcomes))
        if closed is None:
            raise LeaseLost
        return closed

    def _standing(
        self, connection: "Connection", closed: Closed, outcomes: Sequence[Outcome]
    ) -> Sequence[Outcome]:
        """Of a run that was cancelled meanwhile only what has ended is written, and what may be on its way outside."""
        if not closed.cancelling:
            return outcomes
        in_flight = writers.items_in_flight(connection, [outcome.item.id for outcome in outcomes])
        return [each for each in outcomes if each.state not in _CANCELLED_FROM or each.item.id in in_flight]

    def _apply(self, connection: "Connection", outcomes: Sequence[Outcome]) -> None:
        writers.write(connection, self._claim.run, outcomes)
        self._adapter.apply(connection, self._claim.run, outcomes)

    def _write_apart(self, outcomes: Sequence[Outcome], error: DataRefused, *, close: bool) -> Closed:
        """Postgres refused the data: halve until the culprits stand alone, and put those into quarantine."""
        if len(outcomes) <= 1:
            culprits = [_refused(outcome, error) for outcome in outcomes]
            return self._write_together(culprits, close=close)
        middle = len(outcomes) // 2
        self._write(outcomes[:middle], close=False)
        return self._write(outcomes[middle:], close=close)


def _refused(outcome: Outcome, error: DataRefused) -> Outcome:
    problem = {"column": None, "reason": f"Postgres refuses it: {error}"}
    return reject(outcome.item, error.reason, [problem], {"key": outcome.item.key})
