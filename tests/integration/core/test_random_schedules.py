"""Whatever workers, crashes, sweeps and wake-ups do, and in whatever order: nothing is lost, doubled or left behind."""

from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common.pipeline.item import Claim
from common.pipeline.store import Refused
from common.pipeline.sweep import sweep
from common.tasks.wake_up import parse
from tests.integration.core.worker import Worker, outcome
from tests.support.harness import Pipeline

WORDS = st.sampled_from(["next", "next", "next", "skip", "fail", "retry", "wait", "manual", "review"])
WIDTH = 2
RUNNING_IN_THE_METERED_LANE = """
select count(*) from chunks where step = 'scrape' and state = 'leased' and lease_until > clock_timestamp()
"""
FRESH = "truncate runs, chunks, items, lanes, lane_slots, run_counts, events, seals, sync_history cascade"
ENDED = ["done", "skipped", "failed", "manual", "waiting", "cancelled"]


class Schedule(RuleBasedStateMachine):
    """Every step is one thing that can happen to a pipeline; the pipeline is set by the test."""

    pipeline: Pipeline

    def __init__(self) -> None:
        super().__init__()
        self.worker = Worker(self.pipeline)
        self.held: list[Claim] = []
        self.lost: list[Claim] = []
        self.pipeline.tasks.waiting.clear()
        self.pipeline.sql(FRESH)

    @initialize(records=st.integers(1, 14), chunk=st.integers(1, 4))
    def start(self, records: int, chunk: int) -> None:
        """A run whose source has been read."""
        widths = {"automation_max_concurrent": WIDTH, "max_batch_size": chunk}
        self.run = self.worker.started(widths, records=records, page=5)
        self.records = records

    def _task(self, which: int) -> Any:
        waiting = self.pipeline.tasks.waiting
        return waiting[which % len(waiting)]

    def _claim(self, which: int) -> Claim:
        return self.held[which % len(self.held)]

    @precondition(lambda self: self.pipeline.tasks.waiting)
    @rule(which=st.integers(0, 9), twice=st.booleans())
    def deliver(self, which: int, twice: bool) -> None:
        """A wake-up comes, perhaps too early, perhaps to come again."""
        task = self._task(which)
        if not twice:
            self.pipeline.tasks.waiting.remove(task)
        wake_up = parse(task.body)
        answer = self.worker.store.claim(wake_up.chunk_id, wake_up.step, 60)
        if isinstance(answer, Refused):
            self.pipeline.services.waker.wake_lanes(answer.tenant, [answer.lane])
        elif answer is not None:
            self.held.append(answer)

    @precondition(lambda self: self.pipeline.tasks.waiting)
    @rule(which=st.integers(0, 9))
    def lose_a_wake_up(self, which: int) -> None:
        """The queue loses a task."""
        self.pipeline.tasks.waiting.remove(self._task(which))

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9), words=st.lists(WORDS, min_size=1, max_size=3))
    def record(self, which: int, words: list[str]) -> None:
        """A worker records some of what it has done."""
        claim = self._claim(which)
        told = [outcome(word, item, claim) for word, item in zip(words, claim.items, strict=False)]
        assert self.worker.record(claim, told) is not None

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9), words=st.lists(WORDS, max_size=4), dies_after=st.booleans())
    def close(self, which: int, words: list[str], dies_after: bool) -> None:
        """A worker closes its chunk, perhaps dying between its commit and the wake-ups."""
        claim = self._claim(which)
        self.held.remove(claim)
        told = [outcome(word, item, claim) for word, item in zip(words, claim.items, strict=False)]
        closed = self.worker.record(claim, told, close=True)
        assert closed is not None
        if not dies_after:
            self.worker.follow(closed)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9), how=st.sampled_from(["delay", "split"]))
    def give_back(self, which: int, how: str) -> None:
        """A worker gives its chunk back, whole or in pieces."""
        claim = self._claim(which)
        self.held.remove(claim)
        store = self.worker.store
        closed = (
            store.split(claim, self.worker.flow)
            if how == "split"
            else store.delay(claim, 7, None, planned=False)
        )
        self.worker.follow(closed)

    @precondition(lambda self: self.held)
    @rule(which=st.integers(0, 9))
    def die(self, which: int) -> None:
        """A worker is not heard of, until perhaps later."""
        claim = self._claim(which)
        self.held.remove(claim)
        self.worker.die(claim)
        self.lost.append(claim)

    @precondition(lambda self: self.lost)
    @rule(words=st.lists(WORDS, max_size=3))
    def come_back(self, words: list[str]) -> None:
        """A worker that was thought dead closes its chunk after all, if nobody else has it."""
        claim = self.lost.pop()
        told = [outcome(word, item, claim) for word, item in zip(words, claim.items, strict=False)]
        self.worker.close(claim, told)

    @rule()
    def sweep(self) -> None:
        """The minute's sweep."""
        sweep(self.pipeline.services, grace_seconds=0)

    @rule(seconds=st.sampled_from([1, 8, 50]))
    def time_passes(self, seconds: int) -> None:
        """Business time moves."""
        self.pipeline.advance(seconds)

    @invariant()
    def nothing_is_lost_or_doubled(self) -> None:
        """The books balance and every item has its place."""
        self.worker.audit(self.run)
        assert self.pipeline.one(RUNNING_IN_THE_METERED_LANE) <= WIDTH

    def teardown(self) -> None:
        """Once no more goes wrong, everything comes to its end."""
        for claim in self.held:
            self.worker.die(claim)
        for _ in range(40):
            if self.pipeline.state(self.run) in ("completed", "waiting"):
                break
            self.pipeline.advance(60)
            sweep(self.pipeline.services, grace_seconds=0)
            self.pipeline.drive()
        assert self.pipeline.state(self.run) in ("completed", "waiting")
        assert sum(self.pipeline.figures(self.run).get(name, 0) for name in ENDED) == self.records
        assert self.pipeline.one("select count(*) from chunks where state <> 'closed'") == 0
        settled = self.pipeline.one("select count(*) from events where kind = 'run_settled'")
        assert settled == 1
        self.worker.audit(self.run)


def test_nothing_is_lost_doubled_or_left_behind(pipeline: Pipeline) -> None:
    machine = type("ScheduleOnThisPipeline", (Schedule,), {"pipeline": pipeline})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=25,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        ),
    )
