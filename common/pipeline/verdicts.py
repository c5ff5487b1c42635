"""What becomes of items that an adapter could not finish: the one place where errors turn into outcomes."""

from collections.abc import Sequence
from typing import Any

from common.errors import GiveUp, Refuse, ShelflineError, WaitUntil
from common.pipeline import outcome as outcomes
from common.pipeline.backoff import retry_at
from common.pipeline.flow import retryable
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome


class Verdicts:
    """Outcomes for items of one claim, by the type of the error."""

    def __init__(self, adapter: Any, claim: Claim) -> None:
        self._adapter = adapter
        self._claim = claim

    def on_error(self, items: Sequence[Item], error: ShelflineError) -> list[Outcome]:
        """One outcome for each item: tried again while attempts are left, refused, or handed on by the step's own rule."""
        return [self.of(item, error) for item in items]

    def of(self, item: Item, error: ShelflineError) -> Outcome:
        """The outcome of one item that ended in this error."""
        run = self._claim.run
        if isinstance(error, WaitUntil):
            return outcomes.wait(item, error.reason, error.until)
        if isinstance(error, Refuse):
            problem = {"column": getattr(error, "column", None), "reason": str(error)}
            return outcomes.reject(item, error.reason, [problem], dict(item.data))
        if retryable(error) and item.attempts + 1 < self._adapter.attempts_allowed(run):
            at = retry_at(item, run, self._claim.now, getattr(error, "after", None))
            return outcomes.retry(item, error.reason, at, error=str(error))
        if retryable(error) or isinstance(error, GiveUp):
            given_up: Outcome = self._adapter.exhausted(item, error, run)
            return given_up
        return outcomes.fail(item, error.reason, error=str(error))

    def exhausted(self, items: Sequence[Item], error: ShelflineError) -> list[Outcome]:
        """The items are handed on by the step's own rule: there are no tries left."""
        return [self._adapter.exhausted(item, error, self._claim.run) for item in items]

    def waiting(self, items: Sequence[Item], error: WaitUntil) -> list[Outcome]:
        """The items wait until their lane opens."""
        return [outcomes.wait(item, error.reason).telling(until=error.until.isoformat()) for item in items]

    def crash_loop(self, items: Sequence[Item]) -> list[Outcome]:
        """Whoever takes this item dies of it (running out of memory raises no error): it is handed on, not taken again."""
        error = GiveUp(
            "Every worker that took this item died before it could record anything.", reason="crash_loop"
        )
        return self.exhausted(items, error)
