"""However a chunk or a run ends, every item is somewhere and counted once: fail, delay, split, cancel, resume, end."""

from collections.abc import Sequence
from typing import Any

import pytest

from common.database.engine import DataRefused
from common.pipeline import outcome as outcomes
from common.pipeline.flow import Child, Page
from common.pipeline.item import Claim
from tests.integration.core.worker import Worker, outcome
from tests.support.harness import Pipeline

MIXED = ["next", "wait", "manual", "review", "skip"]


@pytest.fixture
def worker(pipeline: Pipeline) -> Worker:
    """Takes chunks by hand."""
    return Worker(pipeline)


def _half_recorded(worker: Worker, run: str, words: Sequence[str] = MIXED) -> Claim:
    """A claimed chunk some of whose items have an outcome already."""
    claim = worker.claimed(worker.chunks(run)[0])
    told = [outcome(word, item, claim) for word, item in zip(words, claim.items, strict=False)]
    assert worker.record(claim, told) is not None
    worker.audit(run)
    return claim


def test_a_failed_chunk_fails_its_items_and_its_run_and_they_can_be_tried_again(worker: Worker) -> None:
    run = worker.started(records=8)
    claim = _half_recorded(worker, run)
    worker.follow(worker.store.fail(claim, {"code": "broken", "message": "The step cannot go on."}))
    worker.audit(run)
    assert worker.pipeline.state(run) == "failed"
    assert worker.pipeline.figures(run) == {
        "fetched": 8,
        "failed": 5,
        "manual": 1,
        "waiting": 1,
        "skipped": 1,
    }
    assert worker.pipeline.runs.retry("default", run, step=None, reason="broken", by="someone") == 5
    worker.pipeline.drive()
    worker.audit(run)
    assert worker.pipeline.figures(run) == {"fetched": 8, "done": 5, "manual": 1, "waiting": 1, "skipped": 1}


def test_a_source_that_fails_fails_its_run_and_is_never_no_data(worker: Worker) -> None:
    run = worker.pipeline.start(records=8)
    source = worker.claimed(worker.chunks(run)[0])
    worker.follow(worker.store.fail(source, {"code": "gone", "message": "no such table"}))
    assert worker.pipeline.state(run) == "failed"
    assert worker.pipeline.one("select error->>'code' from runs where id = %s", run) == "gone"


def test_a_delayed_chunk_comes_back_whole_with_what_was_recorded(worker: Worker) -> None:
    run = worker.started(records=8)
    claim = _half_recorded(worker, run)
    worker.follow(worker.store.delay(claim, 30, {"code": "busy"}, planned=True))
    worker.audit(run)
    assert worker.claim(claim.chunk_id) is None  # not before its time
    worker.pipeline.advance(31)
    again = worker.claimed(claim.chunk_id)
    assert [item.key for item in again.items] == [item.key for item in claim.items[5:]]
    assert again.tries == 1
    worker.close(again)
    worker.audit(run)


def test_an_unplanned_delay_counts_as_a_try(worker: Worker) -> None:
    run = worker.started(records=2)
    for tries in (1, 2, 3):
        claim = worker.claimed(worker.chunks(run)[0])
        assert claim.tries == tries
        worker.store.delay(claim, 0, None, planned=False)


def test_a_split_takes_apart_what_has_no_outcome_and_lets_the_rest_go_on(worker: Worker) -> None:
    run = worker.started(records=8)
    claim = _half_recorded(worker, run)
    worker.follow(worker.store.split(claim, worker.flow))
    worker.audit(run)
    ready = "select step, cardinality(item_ids) from chunks where run_id = %s and state = 'ready' order by 1, 2, id"
    rows = worker.pipeline.sql(ready, run)
    assert rows == [
        ("decide", 1),
        ("decide", 1),
        ("decide", 1),
        ("decide", 1),
        ("scrape", 1),
    ]  # one decide waits
    worker.pipeline.drive()
    worker.audit(run)
    assert worker.pipeline.figures(run) == {"fetched": 8, "done": 5, "manual": 1, "waiting": 1, "skipped": 1}
    twice = "select count(*) from (select from events where kind = 'next' group by item_id, step having count(*) > 1) x"
    assert worker.pipeline.one(twice) == 0


@pytest.mark.parametrize("call", ["fail", "delay", "split", "record"])
def test_who_lost_the_lease_changes_nothing(worker: Worker, call: str) -> None:
    run = worker.started(records=4)
    stale = worker.claimed(worker.chunks(run)[0])
    worker.die(stale)
    worker.claimed(stale.chunk_id)
    books = "select jsonb_agg(c order by id) from chunks c"
    before = worker.pipeline.one(books)
    attempts: dict[str, Any] = {
        "fail": lambda: worker.store.fail(stale, {"code": "late"}),
        "delay": lambda: worker.store.delay(stale, 1, None, planned=True),
        "split": lambda: worker.store.split(stale, worker.flow),
        "record": lambda: worker.record(stale, [outcomes.proceed(stale.items[0])], close=True),
    }
    assert attempts[call]() is None
    assert worker.pipeline.one(books) == before
    worker.audit(run)


def test_a_cancel_before_the_source_was_read_ends_a_run_of_nothing(worker: Worker) -> None:
    run = worker.pipeline.start(records=8)
    assert worker.pipeline.runs.cancel("default", run, by="someone")
    assert worker.pipeline.state(run) == "cancelled"
    worker.audit(run)


def test_a_cancel_while_the_source_is_read_ends_at_its_next_page(worker: Worker) -> None:
    run = worker.pipeline.start(records=8)
    source = worker.claimed(worker.chunks(run)[0])
    page = Page(children=[Child(key="a", row=1)], cursor={"next": 1}, declared=8)
    assert worker.store.record_page(source, worker.flow, page, give_back=False) is not None
    worker.audit(run)  # one of eight so far, and nothing is amiss
    worker.pipeline.runs.cancel("default", run, by="someone")
    closed = worker.store.record_page(
        source, worker.flow, Page(children=[Child(key="b", row=2)], cursor={"next": 2}), give_back=False
    )
    assert closed is not None
    assert closed.cancelling
    worker.follow(closed)
    worker.pipeline.drive()
    assert (worker.pipeline.state(run), worker.pipeline.figures(run)) == (
        "cancelled",
        {"fetched": 2, "cancelled": 2},
    )
    worker.audit(run)


def test_a_cancel_ends_what_is_ready_waiting_recorded_and_parked(worker: Worker) -> None:
    run = worker.started({"max_batch_size": 6}, records=12)
    claim = _half_recorded(worker, run)
    worker.store.delay(claim, 500, None, planned=True)
    worker.pipeline.runs.cancel("default", run, by="someone")
    assert worker.pipeline.state(run) == "cancelled"
    assert worker.pipeline.figures(run) == {"fetched": 12, "cancelled": 11, "skipped": 1}
    worker.audit(run)


@pytest.mark.parametrize("word", ["next", "wait", "manual", "review", "skip", "fail"])
def test_a_cancel_reaches_a_leased_chunk_at_its_next_record(worker: Worker, word: str) -> None:
    run = worker.started(records=3)
    claim = worker.claimed(worker.chunks(run)[0])
    worker.pipeline.runs.cancel("default", run, by="someone")
    worker.audit(run)
    assert worker.pipeline.state(run) == "cancelling"
    worker.close(claim, [outcome(word, item, claim) for item in claim.items[:2]])
    ended = {"skip": "skipped", "fail": "failed"}.get(word)
    expected = {ended: 2, "cancelled": 1} if ended else {"cancelled": 3}
    assert worker.pipeline.figures(run) == {"fetched": 3, **expected}
    assert worker.pipeline.state(run) == "cancelled"
    worker.audit(run)


def test_a_cancelled_run_leaves_no_task_and_no_change_open(worker: Worker) -> None:
    run = worker.started(records=2)
    claim = worker.claimed(worker.chunks(run)[0])
    worker.pipeline.runs.cancel("default", run, by="someone")
    told = [outcome("manual", claim.items[0], claim), outcome("review", claim.items[1], claim)]
    closed = worker.record(claim, told, close=True)
    worker.pipeline.sql(
        "insert into manual_tasks (tenant_id, flow, key, run_id, item_id, task_type, priority, reason)"
        " select tenant_id, flow, key, run_id, id, 't', 'HIGH', 'r' from items"
    )
    worker.pipeline.sql(
        "insert into staged_changes (tenant_id, flow, target, key, run_id, item_id, operation, state)"
        " select tenant_id, flow, 'shop', key, run_id, id, 'create', 'pending' from items"
    )
    worker.follow(closed)
    assert worker.pipeline.sql("select 1 from manual_tasks where state <> 'cancelled'") == []
    assert worker.pipeline.sql("select distinct state from staged_changes") == [("cancelled",)]


def test_an_item_whose_write_may_be_on_its_way_ends_after_its_look_up_only(worker: Worker) -> None:
    run = worker.started(records=3)
    claim = worker.claimed(worker.chunks(run)[0])
    states = dict(zip((item.id for item in claim.items), ("planned", "sent", "unknown"), strict=True))
    for item, state in states.items():
        worker.pipeline.sql(
            "insert into effects (tenant_id, target, key, change_id, item_id, run_id, operation, state, content_hash)"
            " values ('default', 'shop', %s, %s, %s, %s, 'create', %s, 'h')",
            f"key{item}",
            item,
            item,
            run,
            state,
        )
    worker.store.delay(claim, 0, None, planned=True)
    worker.pipeline.runs.cancel("default", run, by="someone")
    worker.audit(run)
    assert worker.pipeline.figures(run) == {"fetched": 3, "cancelled": 1, "in_progress": 2}
    assert sorted(row[0] for row in worker.pipeline.sql("select state from effects")) == ["sent", "unknown"]
    looking = worker.claimed(claim.chunk_id)
    worker.pipeline.sql("update effects set state = 'confirmed'")
    worker.close(looking)
    assert worker.pipeline.figures(run) == {"fetched": 3, "cancelled": 3}
    worker.audit(run)


@pytest.mark.parametrize("state", ["completed", "cancelled", "failed"])
def test_a_run_that_has_ended_cannot_be_cancelled(worker: Worker, state: str) -> None:
    run = worker.started(records=1)
    worker.pipeline.drive()
    worker.pipeline.sql("update runs set state = %s", state)
    assert not worker.pipeline.runs.cancel("default", run, by="someone")
    assert worker.pipeline.state(run) == state


def test_parked_items_go_on_in_the_same_run_and_it_settles_again(worker: Worker) -> None:
    run = worker.started(records=6)
    claim = worker.claimed(worker.chunks(run)[0])
    worker.close(
        claim,
        [outcome(w, i, claim) for w, i in zip(["manual", "review", "fail"] * 2, claim.items, strict=True)],
    )
    assert worker.pipeline.state(run) == "waiting"
    parked = [item.id for item in claim.items]
    resume = worker.pipeline.runs.resume
    assert (
        resume("default", run, parked, "stage", states=["manual", "waiting"], reason="answered", by="someone")
        == 4
    )
    worker.audit(run)
    assert (
        resume("default", run, parked, "stage", states=["manual", "waiting"], reason="answered", by="someone")
        == 0
    )
    worker.pipeline.drive()
    assert (worker.pipeline.state(run), worker.pipeline.figures(run)) == (
        "completed",
        {"fetched": 6, "done": 4, "failed": 2},
    )
    worker.audit(run)


def test_resuming_nothing_leaves_an_ended_run_as_it_is(worker: Worker) -> None:
    run = worker.started(records=2)
    worker.pipeline.drive()
    before = worker.pipeline.sql("select to_jsonb(r) from runs r")
    moved = worker.pipeline.runs.resume(
        "default", run, [1, 2], "stage", states=["failed"], reason="r", by="someone"
    )
    assert moved == 0
    assert worker.pipeline.sql("select to_jsonb(r) from runs r") == before


@pytest.mark.parametrize("state", ["rejected", "skipped", "cancelled", "failed", "done"])
def test_parked_items_may_end_without_going_on(worker: Worker, state: str) -> None:
    run = worker.started(records=3)
    claim = worker.claimed(worker.chunks(run)[0])
    words = ["manual", "review", "skip"]
    worker.close(claim, [outcome(word, item, claim) for word, item in zip(words, claim.items, strict=True)])
    end = {"tenant": "default", "run": run, "items": [item.id for item in claim.items], "state": state}
    end |= {"outcome": "person", "reason": "said so", "by": "someone"}
    database = worker.pipeline.services.database
    assert database.call("shelfline_end_items_v1", end) == 2
    assert database.call("shelfline_end_items_v1", end) == 0
    worker.audit(run)
    worker.pipeline.runs.follow_up("default", run)
    assert worker.pipeline.state(run) == "completed"
    assert worker.pipeline.figures(run).get("skipped", 0) + worker.pipeline.figures(run).get(state, 0) >= 3
    with pytest.raises(DataRefused, match="does not end as ready"):
        database.call("shelfline_end_items_v1", {**end, "state": "ready"})


def test_a_bad_record_with_a_key_already_met_is_kept_beside_it(worker: Worker) -> None:
    run = worker.pipeline.start(records=4)
    source = worker.claimed(worker.chunks(run)[0])
    problem = [{"column": "n", "reason": "no number"}]
    bad = [Child(key="a", row=row, problems=problem, raw={"n": "x"}) for row in (1, 3)]
    first = Page(children=[bad[0], Child(key="a", row=2), bad[1]], cursor={"next": 3}, declared=4)
    worker.follow(worker.store.record_page(source, worker.flow, first, give_back=False))
    worker.audit(run)
    later = Page(children=[Child(key="a", row=4, problems=problem)], cursor={"next": 4}, last=True)
    worker.follow(worker.store.record_page(source, worker.flow, later, give_back=False))
    keys = worker.pipeline.sql("select key, state from items order by key")
    assert keys == [("a", "ready"), ("a~1", "rejected"), ("a~3", "rejected"), ("a~4", "rejected")]
    worker.pipeline.drive()
    assert worker.pipeline.figures(run) == {"fetched": 4, "done": 1, "rejected": 3}
    worker.audit(run)
