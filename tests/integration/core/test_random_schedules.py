"""Whatever workers, crashes, sweeps and wake-ups do, and in whatever order: nothing is lost, doubled or left behind.

A schedule is a list of things that happen, drawn by hypothesis; after each of them the books are audited, and at the end
nothing more goes wrong and everything has to come to its end. (A rule-based state machine would draw the same rules, but
switches most of them off in any one of so few examples.)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from common.pipeline.item import Claim
from common.pipeline.outcome import Outcome
from common.pipeline.store import Refused
from common.pipeline.sweep import sweep
from common.tasks.wake_up import parse
from tests.integration.core.worker import Worker, outcome
from tests.support.harness import Pipeline

WIDTH = 2
RUNNING_IN_THE_METERED_LANE = """
select count(*) from chunks where step = 'scrape' and state = 'leased' and lease_until > clock_timestamp()
"""
FRESH = "truncate runs, chunks, items, lanes, lane_slots, run_counts, events, seals, sync_history cascade"
ENDED = ["done", "skipped", "failed", "manual", "waiting", "cancelled"]


@dataclass(frozen=True)
class Happening:
    """One thing that happens. which: to the how manieth of those it can happen to."""

    what: str
    which: int
    words: Sequence[str]


class Schedule:
    """A run whose chunks stand before its metered step, and the workers that hold some of them."""

    def __init__(self, pipeline: Pipeline, chunks: int, size: int) -> None:
        self.pipeline = pipeline
        self.worker = Worker(pipeline)
        self.held: list[Claim] = []
        self.lost: list[Claim] = []
        pipeline.tasks.waiting.clear()
        pipeline.sql(FRESH)
        self.records = chunks * size
        settings = {"automation_max_concurrent": WIDTH, "max_batch_size": size}
        self.run = self.worker.started(settings, records=self.records)
        for chunk in self.worker.chunks(self.run):
            self.worker.close(self.worker.claimed(chunk))

    def happen(self, happening: Happening) -> None:
        """Let it happen, if it can, and audit the books."""
        getattr(self, happening.what)(happening)
        self.worker.audit(self.run)
        assert self.pipeline.one(RUNNING_IN_THE_METERED_LANE) <= WIDTH

    def deliver(self, now: Happening) -> None:
        """A wake-up comes, perhaps too early."""
        if task := self._task(now):
            self.pipeline.tasks.waiting.remove(task)
            self._take(task)

    def deliver_and_keep(self, now: Happening) -> None:
        """A wake-up comes, and will come again."""
        if task := self._task(now):
            self._take(task)

    def lose(self, now: Happening) -> None:
        """A wake-up is lost."""
        if task := self._task(now):
            self.pipeline.tasks.waiting.remove(task)

    def record(self, now: Happening) -> None:
        """A worker records some of what it has done."""
        if claim := self._claim(now):
            assert self.worker.record(claim, _told(claim, now)) is not None
            self.held.append(claim)

    def close(self, now: Happening) -> None:
        """A worker closes its chunk; items it did not reach are given back."""
        if claim := self._claim(now):
            assert self.worker.close(claim, _told(claim, now)) is not None

    def close_and_die(self, now: Happening) -> None:
        """A worker dies between its commit and the wake-ups that follow."""
        if claim := self._claim(now):
            assert self.worker.record(claim, _told(claim, now), close=True) is not None

    def delay(self, now: Happening) -> None:
        """A worker gives its chunk back, to be woken later."""
        if claim := self._claim(now):
            self.worker.follow(self.worker.store.delay(claim, 7, None, planned=False))

    def split(self, now: Happening) -> None:
        """A worker records a little and then cuts its chunk into pieces."""
        if claim := self._claim(now):
            self.worker.record(claim, _told(claim, now)[:1])
            self.worker.follow(self.worker.store.split(claim, self.worker.flow))

    def die(self, now: Happening) -> None:
        """A worker is not heard of, until perhaps later."""
        if claim := self._claim(now):
            self.worker.die(claim)
            self.lost.append(claim)

    def die_and_be_replaced(self, now: Happening) -> None:
        """A worker dies, and its chunk goes to another at once."""
        if claim := self._claim(now):
            self.worker.die(claim)
            self.lost.append(claim)
            self._keep(self.worker.store.claim(claim.chunk_id, claim.step, 60))

    def come_back(self, now: Happening) -> None:
        """A worker that was thought dead closes its chunk after all, if nobody else has it."""
        if self.lost:
            claim = self.lost.pop()
            token = self.pipeline.one("select token::text from chunks where id = %s", claim.chunk_id)
            closed = self.worker.close(claim, _told(claim, now))
            assert closed is None or token == claim.token

    def sweep(self, now: Happening) -> None:
        """The minute's sweep."""
        sweep(self.pipeline.services, grace_seconds=0)

    def wait(self, now: Happening) -> None:
        """Business time moves."""
        self.pipeline.advance(8 * (now.which + 1))

    def end(self) -> None:
        """Once no more goes wrong, everything comes to its end: nothing was left behind."""
        for claim in self.held:
            self.worker.die(claim)
        for _ in range(40):
            self.pipeline.advance(60)
            sweep(self.pipeline.services, grace_seconds=0)
            self.pipeline.drive()
            if self.pipeline.state(self.run) in ("completed", "waiting"):
                break
        assert self.pipeline.one("select count(*) from chunks where state <> 'closed'") == 0
        assert sum(self.pipeline.figures(self.run).get(name, 0) for name in ENDED) == self.records
        assert self.pipeline.one("select count(*) from events where kind = 'run_settled'") == 1
        twice = "select count(*) from (select from events where kind = 'next' group by item_id, step having count(*) > 1) x"
        assert self.pipeline.one(twice) == 0
        self.worker.audit(self.run)

    def _task(self, now: Happening) -> Any:
        waiting = self.pipeline.tasks.waiting
        return waiting[now.which % len(waiting)] if waiting else None

    def _claim(self, now: Happening) -> Claim | None:
        return self.held.pop(now.which % len(self.held)) if self.held else None

    def _take(self, task: Any) -> None:
        wake_up = parse(task.body)
        self._keep(self.worker.store.claim(wake_up.chunk_id, wake_up.step, 60))

    def _keep(self, answer: Claim | Refused | None) -> None:
        if isinstance(answer, Refused):
            self.pipeline.services.waker.wake_lanes(answer.tenant, [answer.lane])
        elif answer is not None:
            self.held.append(answer)


def _told(claim: Claim, now: Happening) -> list[Outcome]:
    return [outcome(word, item, claim) for word, item in zip(now.words, claim.items, strict=False)]


WEIGHTS = {
    "deliver": 6,
    "deliver_and_keep": 2,
    "record": 3,
    "close": 3,
    "split": 2,
    "die_and_be_replaced": 2,
    "sweep": 2,
}
ONCE = ["lose", "close_and_die", "delay", "die", "come_back", "wait"]
WHAT = st.sampled_from([name for name, weight in WEIGHTS.items() for _ in range(weight)] + ONCE)
WORD = st.sampled_from(["next", "next", "next", "skip", "fail", "retry", "wait", "manual", "review"])
HAPPENING = st.builds(Happening, WHAT, st.integers(0, 5), st.lists(WORD, min_size=1, max_size=3))


@given(
    chunks=st.integers(2, 7), size=st.integers(1, 3), happenings=st.lists(HAPPENING, min_size=25, max_size=40)
)
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.generate],  # a failure names all that happened, which is short enough
    suppress_health_check=list(HealthCheck),
)
def test_nothing_is_lost_doubled_or_left_behind(
    pipeline: Pipeline, chunks: int, size: int, happenings: list[Happening]
) -> None:
    schedule = Schedule(pipeline, chunks, size)
    for happening in happenings:
        schedule.happen(happening)
    schedule.end()
    assert pipeline.state(schedule.run) in ("completed", "waiting")
