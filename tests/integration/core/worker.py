"""The toy flow's chunks, taken and brought to an end by hand, one call at a time."""

from collections.abc import Sequence
from typing import Any

from common.pipeline import outcome as outcomes
from common.pipeline.item import Claim, Item
from common.pipeline.outcome import Outcome
from common.pipeline.registry import flow
from common.pipeline.store import Closed, Refused
from tests.support.harness import Pipeline

_OPEN_ELSEWHERE = """
select i.id, i.state, array_agg(c.id) from items i join chunks c on c.run_id = i.run_id and c.state <> 'closed' and i.id = any(c.item_ids)
where i.chunk_id is not null group by i.id having count(*) filter (where c.id <> i.chunk_id) > 0 or count(*) <> 1
"""
_WITHOUT_A_CHUNK = """
select i.id, i.state, i.outcome, c.id, c.state from items i left join chunks c on c.id = i.chunk_id
where not case
  when i.state in ('ready', 'recorded') then c.state <> 'closed' and i.id = any(c.item_ids)
  when i.state = 'waiting' then i.chunk_id is null or (c.state <> 'closed' and i.id = any(c.item_ids))
  else i.chunk_id is null end
  or (c.id is null and i.state in ('ready', 'recorded'))
"""


class Worker:
    """Somebody who calls the store as the engine does, but stops wherever the test wants."""

    def __init__(self, pipeline: Pipeline, flow_name: str = "toy") -> None:
        self.pipeline = pipeline
        self.store = pipeline.services.store
        self.flow = flow(flow_name)

    def started(self, settings: dict[str, Any] | None = None, **options: Any) -> str:
        """A run whose source has been read: its first chunks are ready and woken."""
        run = self.pipeline.start(self.flow.name, settings, **options)
        self.pipeline.deliver(self.pipeline.tasks.waiting.pop())
        return run

    def chunks(self, run: str, states: Sequence[str] = ("ready",)) -> list[int]:
        """Ids of chunks in these states, oldest first."""
        rows = self.pipeline.sql("select id, state from chunks where run_id = %s order by id", run)
        return [row[0] for row in rows if row[1] in states]

    def claim(self, chunk_id: int) -> Claim | Refused | None:
        """Take a chunk at its step."""
        step = self.pipeline.one("select step from chunks where id = %s", chunk_id)
        return self.store.claim(chunk_id, step, 60)

    def claimed(self, chunk_id: int) -> Claim:
        """Take a chunk that nothing holds back."""
        claim = self.claim(chunk_id)
        assert isinstance(claim, Claim), claim
        return claim

    def record(self, claim: Claim, told: Sequence[Outcome], *, close: bool = False) -> Closed | None:
        """Record, as it is, in a transaction of its own."""
        return self.store.record_alone(claim, self.flow, told, close=close)

    def close(self, claim: Claim, told: Sequence[Outcome] | None = None) -> Closed | None:
        """Close a chunk, all of it going on unless told otherwise, and do what a closer does after its commit."""
        everything = [outcomes.proceed(item) for item in claim.items]
        closed = self.record(claim, everything if told is None else told, close=True)
        self.follow(closed)
        return closed

    def follow(self, closed: Closed | None) -> None:
        """What comes after a commit: wake what may run, release barriers, settle."""
        if closed is not None:
            self.pipeline.services.waker.follow(self.store.after_close(closed))

    def die(self, claim: Claim) -> None:
        """The holder of a claim is not heard of again."""
        self.pipeline.sql(
            "update chunks set lease_until = clock_timestamp() - interval '1 s' where id = %s and state = 'leased'",
            claim.chunk_id,
        )
        self.pipeline.sql(
            "update lane_slots set lease_until = clock_timestamp() - interval '1 s' where chunk_id = %s",
            claim.chunk_id,
        )

    def audit(self, run: str) -> None:
        """The books balance, no item is in two open chunks, and every item that is on its way is in one."""
        assert self.pipeline.imbalance(run) is None
        assert self.pipeline.sql(_OPEN_ELSEWHERE) == []
        assert self.pipeline.sql(_WITHOUT_A_CHUNK) == []


def outcome(word: str, item: Item, claim: Claim) -> Outcome:
    """An outcome by its word."""
    from datetime import timedelta

    soon = claim.now + timedelta(seconds=45)
    made = {
        "next": lambda: outcomes.proceed(item),
        "skip": lambda: outcomes.skip(item, "same"),
        "fail": lambda: outcomes.fail(item, "broken", error="broken"),
        "retry": lambda: outcomes.retry(item, "not_yet", soon, error="not yet"),
        "wait": lambda: outcomes.wait(item, "window", soon),
        "review": lambda: outcomes.review(item, "audit"),
        "manual": lambda: outcomes.manual(item, "asked", {}),
    }
    return made[word]()
