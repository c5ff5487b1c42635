"""Claim, run, record: what every step function does with a wake-up, whatever the flow.

A wake-up may come twice, late, or after its work was done: what cannot be claimed was done by another. A worker may
die anywhere: its lease runs out, and only what it had not recorded is done again.
"""

import logging
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from common.database.engine import Contended, DataRefused
from common.errors import Misconfigured, Retry, ShelflineError, WaitUntil
from common.pipeline import seals
from common.pipeline.flow import Flow, Page, Step, load
from common.pipeline.item import Claim
from common.pipeline.recorder import LeaseLost, Recorder
from common.pipeline.registry import flow
from common.pipeline.store import Aftermath, Closed, PipelineStore, Refused, Woken
from common.pipeline.verdicts import Verdicts
from common.pipeline.waker import Waker
from common.tasks.wake_up import WakeUp

if TYPE_CHECKING:
    from common.services import Services

_log = logging.getLogger(__name__)
_LEASE_SECONDS = 60.0  # until the claim tells the run's own figure; every record extends it by that
_DELAY = 2.0  # seconds before a source that failed is read again; doubles with each try
_MOST_SOURCE_TRIES = 5
_MOST_RACES = 3  # lost to another transaction before it is taken for more than a race
_MOST_WHOLE_TRIES = 12  # doubling delays up to retry_max_seconds: a target may be away for half an hour
_STILL_RUNNING = frozenset({"not_done_yet", "job_running"})
"""Reasons to look again that say nothing against what was started: such a wait costs no try."""


class Engine:
    """Runs one step of any flow on the chunk that a wake-up names."""

    def __init__(self, services: "Services") -> None:
        self._services = services
        self._store: PipelineStore = services.store
        self._waker: Waker = services.waker
        self._adapters: dict[str, Any] = {}

    def handle(self, wake_up: WakeUp) -> str:
        """Do what the wake-up asks for and say in one word what came of it. Raises only when nothing could be recorded.

        An integrated run goes on with the next step at once, one after the other, for as long as one wake-up may work.
        """
        began = time.monotonic()
        word, following = self._handled(wake_up, began)
        while following is not None:
            _, following = self._handled(following, began)
        return word

    def _handled(self, wake_up: WakeUp, began: float) -> tuple[str, WakeUp | None]:
        """One step: what came of it, and what to go on with at once. began: when the first one did, on the monotonic clock."""
        claim = self._store.claim(wake_up.chunk_id, wake_up.step, _LEASE_SECONDS)
        if claim is None:
            return "nothing_to_do", None
        if isinstance(claim, Refused):
            self._waker.wake_lanes(claim.tenant, [claim.lane])
            return f"lane_{claim.why}", None
        try:
            closed = self._run(claim)
        except LeaseLost:
            return "lease_lost", None
        return "recorded", self._followed(claim, closed, began)

    def _followed(self, claim: Claim, closed: Closed, began: float) -> WakeUp | None:
        """Send the wake-ups that a close asks for. Of an integrated run the first one that is due is kept, to go on with at once.

        The other steps' wake-ups are sent: another instance may take them. A push goes by its own queue, whose pace is the
        vendor's, and by the function that has the right to write. What is kept is in Postgres as well: a worker that dies
        before it has gone on leaves it to sweep.
        """
        aftermath = self._store.after_close(closed)
        settings = claim.run.settings
        is_fresh = time.monotonic() - began < settings.step_time_budget_seconds
        kept = _goes_on(aftermath, claim) if settings.use_integrated and is_fresh else None
        rest = [woken for woken in aftermath.woken if woken is not kept]
        self._waker.follow(replace(aftermath, woken=rest))
        self._seal(aftermath)
        if kept is None:
            return None
        return WakeUp(run_id=kept.run_id, step=kept.step, chunk_id=kept.chunk_id, generation=kept.generation)

    def _run(self, claim: Claim) -> Closed:
        declared = flow(claim.run.flow)
        step = declared.step(claim.step)
        if claim.kind == "source":
            return self._run_source(claim, declared, step)
        if _makes_no_progress(claim, step) and len(claim.items) > 1 and not _is_whole(claim, step):
            return _kept(self._store.split(claim, declared))
        return self._run_items(claim, declared, step)

    def _run_items(self, claim: Claim, declared: Flow, step: Step) -> Closed:
        adapter = self._adapter(step.adapter_of(claim.phase))
        verdicts = Verdicts(adapter, claim)
        recorder = Recorder(self._services.database, self._store, claim, declared, adapter, step.record_every)
        if _makes_no_progress(claim, step):
            return recorder.close(verdicts.crash_loop(claim.items))
        try:
            recorder.take(self._outcomes(adapter, claim, recorder))
            return recorder.close([])
        except ShelflineError as error:
            return self._stopped(claim, step, recorder, verdicts, error)
        except LeaseLost:
            raise
        except Exception as error:  # an unknown error is tried again a bounded number of times, then kept
            _log.exception("step_error", extra={"run": claim.run.id, "step": claim.step})
            unknown = Retry(repr(error), reason="unexpected_error")
            if len(recorder.unreached()) > 1 and not _is_whole(claim, step):
                # Which record it is about is not known: each stands alone from here, and none pays for another.
                recorder.flush()
                return _kept(self._store.split(claim, declared))
            return recorder.close(verdicts.on_error(recorder.unreached(), unknown))

    def _outcomes(self, adapter: Any, claim: Claim, recorder: Recorder) -> Iterable[Any]:
        items = recorder.still_wanted()
        if not items:
            return
        with self._services.database.transaction() as connection:
            loaded = adapter.load(connection, claim)
        budget = time.monotonic() + claim.run.settings.step_time_budget_seconds
        for outcome in adapter.run(claim, items, loaded):
            yield outcome
            if time.monotonic() > budget:
                return

    def _stopped(
        self, claim: Claim, step: Step, recorder: Recorder, verdicts: Verdicts, error: ShelflineError
    ) -> Closed:
        """The adapter stopped with an error that concerns all items it had not reached."""
        if isinstance(error, WaitUntil):
            self._store.close_lane(claim.run.tenant, claim.lane, error.until, error.reason)
            return recorder.close(verdicts.waiting(recorder.unreached(), error))
        if isinstance(error, Misconfigured):
            self._store.mark_failed(claim.run.id, _note(error))
        if _is_whole(claim, step) and isinstance(error, Retry):
            return self._stopped_whole(claim, recorder, verdicts, error)
        return recorder.close(verdicts.on_error(recorder.unreached(), error))

    def _stopped_whole(self, claim: Claim, recorder: Recorder, verdicts: Verdicts, error: Retry) -> Closed:
        """The chunk is tried again as it is; after many tries in a row its items are handed on."""
        recorder.flush()
        if error.reason in _STILL_RUNNING:
            return _kept(self._store.delay(claim, error.after or _DELAY, _note(error), planned=True))
        if claim.tries >= _MOST_WHOLE_TRIES:
            return recorder.close(verdicts.exhausted(recorder.unreached(), error))
        delay = min(_DELAY * 2 ** (claim.tries - 1), claim.run.settings.retry_max_seconds)
        return _kept(self._store.delay(claim, max(delay, error.after or 0), _note(error), planned=False))

    def _run_source(self, claim: Claim, declared: Flow, step: Step) -> Closed:
        if claim.tries > _MOST_SOURCE_TRIES:
            message = "Every worker that read this source died before it could record anything."
            return _kept(self._store.fail(claim, {"code": "crash_loop", "message": message}))
        try:
            return self._read(claim, declared, step)
        except WaitUntil as error:
            self._store.close_lane(claim.run.tenant, claim.lane, error.until, error.reason)
            return _kept(self._store.delay(claim, 0, _note(error), planned=True))
        except Retry as error:
            return self._read_later(claim, error)
        except ShelflineError as error:
            return _kept(self._store.fail(claim, _note(error)))
        except LeaseLost:
            raise
        except Exception as error:  # an unknown error is tried again a bounded number of times, then kept
            _log.exception("step_error", extra={"run": claim.run.id, "step": claim.step})
            return self._read_later(claim, Retry(repr(error), reason="unexpected_error"))

    def _read_later(self, claim: Claim, error: Retry) -> Closed:
        if claim.tries >= _MOST_SOURCE_TRIES:
            return _kept(self._store.fail(claim, _note(error)))
        planned = error.reason in _STILL_RUNNING
        delay = error.after or _DELAY * 2**claim.tries
        return _kept(self._store.delay(claim, delay, _note(error), planned=planned))

    def _read(self, claim: Claim, declared: Flow, step: Step) -> Closed:
        budget = time.monotonic() + claim.run.settings.step_time_budget_seconds
        adapter = self._adapter(step.adapter_of(claim.phase))
        with self._services.database.transaction() as connection:
            loaded = adapter.load(connection, claim)
        for page in adapter.read(claim, loaded):
            tired = time.monotonic() > budget
            closed, last = self._record_page(claim, declared, adapter, page, tired=tired)
            if last or tired or closed.cancelling:
                return closed
            self._follow(closed)
        raise AssertionError(f"the source of {declared.name} ended without a last page")

    def _record_page(
        self, claim: Claim, declared: Flow, adapter: Any, page: Page, *, tired: bool
    ) -> tuple[Closed, bool]:
        if not hasattr(adapter, "settle"):
            closed = self._store.record_page(claim, declared, page, give_back=tired and not page.last)
            return _kept(closed), page.last
        for _ in range(_MOST_RACES):
            try:
                return self._settle_page(claim, declared, adapter, page, tired=tired)
            except Contended:
                continue
            except (
                DataRefused
            ) as error:  # another piece of the source has just recorded the same key: it is seen now
                if not error.is_taken:
                    raise
        return self._settle_page(claim, declared, adapter, page, tired=tired)

    def _settle_page(
        self, claim: Claim, declared: Flow, adapter: Any, page: Page, *, tired: bool
    ) -> tuple[Closed, bool]:
        with self._services.database.transaction() as connection:
            settled = adapter.settle(connection, claim, page)
            give_back = tired and not settled.last
            recorded = self._store.record_page_with(connection, claim, declared, settled, give_back=give_back)
            # If it is not ours any more, what `settle` has written goes with the transaction.
            return _kept(recorded), settled.last

    def _follow(self, closed: Closed) -> None:
        aftermath = self._store.after_close(closed)
        self._waker.follow(aftermath)
        self._seal(aftermath)

    def _seal(self, aftermath: Aftermath) -> None:
        for tenant, run_id in aftermath.settled:
            seals.seal(self._services.database, tenant, run_id)

    def _adapter(self, reference: str) -> Any:
        if reference not in self._adapters:
            self._adapters[reference] = load(reference)(self._services)
        return self._adapters[reference]


def _goes_on(aftermath: Aftermath, claim: Claim) -> Woken | None:
    """The wake-up to go on with: of the same run, due now, and of a step before the last."""
    last = flow(claim.run.flow).steps[-1].name
    return next(
        (
            woken
            for woken in aftermath.woken
            if woken.run_id == claim.run.id and woken.due is None and woken.step != last
        ),
        None,
    )


def _is_whole(claim: Claim, step: Step) -> bool:
    return claim.phase in step.whole_phases


def _makes_no_progress(claim: Claim, step: Step) -> bool:
    """Whether whoever took this chunk died of it. Of a whole one failures count as well: they are not told apart."""
    allowed = _MOST_WHOLE_TRIES if _is_whole(claim, step) else claim.run.settings.crash_loop_tries
    return bool(claim.tries > allowed)


def _kept(closed: Closed | None) -> Closed:
    if closed is None:
        raise LeaseLost
    return closed


def _note(error: ShelflineError) -> Mapping[str, Any]:
    return {"code": error.reason, "message": str(error)}
