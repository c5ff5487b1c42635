"""Barriers: a phase starts once, as one chunk, when nothing before it is open; and a run settles exactly once."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from common.database.engine import call
from common.pipeline import outcome as outcomes
from common.pipeline.item import Claim
from common.pipeline.registry import register
from common.pipeline.sweep import sweep
from tests.integration.core.books import racing
from tests.integration.core.worker import Worker, outcome
from tests.support.harness import Pipeline, shuffled

for name in ("strict", "loose", "together"):
    register(name, f"tests.integration.core.barrier_flow:{name.upper()}")

BY_TWO = {"max_batch_size": 2}
BLOCKED = "select count(*) from chunks where state = 'blocked'"


def _to_load(worker: Worker, claim: Claim) -> None:
    worker.close(claim, [outcomes.proceed(item, to="push", phase="load") for item in claim.items])


def _started(pipeline: Pipeline, flow: str) -> tuple[Worker, str]:
    worker = Worker(pipeline, flow)
    return worker, worker.started(BY_TWO, records=6)


@pytest.mark.parametrize("seed", range(3))
def test_each_phase_runs_once_over_all_items(pipeline: Pipeline, seed: int) -> None:
    run = pipeline.start("strict", BY_TWO, records=11, page=4)
    pipeline.drive(twice=True, choose=shuffled(seed))
    assert pipeline.figures(run) == {"fetched": 11, "done": 11}
    phases = "select phase, cardinality(item_ids) from chunks where first_claimed_at is not null and phase <> '' order by 1"
    assert pipeline.sql(phases) == [("load", 11), ("publish", 11)]
    assert pipeline.imbalance(run) is None


def test_two_phases_behind_one_barrier_keep_their_items_apart(pipeline: Pipeline) -> None:
    worker = Worker(pipeline, "together")
    run = worker.started(BY_TWO, records=6, odd_publish=True)
    for chunk in worker.chunks(run):
        worker.pipeline.deliver(next(t for t in pipeline.tasks.waiting if f'"chunk":{chunk}' in _body(t)))
    phases = "select phase, cardinality(item_ids) from chunks where state = 'ready' order by 1"
    assert pipeline.sql(phases) == [("load", 3), ("publish", 3)]
    worker.audit(run)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 6, "done": 6}


def _body(task: object) -> str:
    return bytes(getattr(task, "body")).decode().replace(" ", "").replace("chunk_id", "chunk")  # noqa: B009


def test_a_strict_barrier_waits_for_what_waits_for_a_quota(pipeline: Pipeline) -> None:
    worker, run = _started(pipeline, "strict")
    first, second, third = worker.chunks(run)
    for chunk in (first, second):
        _to_load(worker, worker.claimed(chunk))
    waiting = worker.claimed(third)
    worker.close(waiting, [outcome("wait", item, waiting) for item in waiting.items])
    assert pipeline.one(BLOCKED) == 2
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 6, "done": 6}
    assert (
        pipeline.one("select count(*) from chunks where phase = 'load' and first_claimed_at is not null") == 1
    )


def test_another_barrier_goes_ahead_of_what_waits_for_a_quota(pipeline: Pipeline) -> None:
    worker, run = _started(pipeline, "loose")
    first, second, third = worker.chunks(run)
    for chunk in (first, second):
        _to_load(worker, worker.claimed(chunk))
    assert pipeline.one(BLOCKED) == 2
    waiting = worker.claimed(third)
    worker.close(waiting, [outcome("wait", item, waiting) for item in waiting.items])
    assert pipeline.one(BLOCKED) == 0
    ready = "select cardinality(item_ids) from chunks where phase = 'load' and state = 'ready'"
    assert pipeline.sql(ready) == [(4,)]
    worker.audit(run)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 6, "done": 6}


def test_a_barrier_whose_closers_all_died_is_released_by_sweep(pipeline: Pipeline) -> None:
    worker, run = _started(pipeline, "strict")
    for chunk in worker.chunks(run):
        claim = worker.claimed(chunk)
        worker.record(claim, [outcomes.proceed(i, to="push", phase="load") for i in claim.items], close=True)
    assert pipeline.one(BLOCKED) == 3
    pipeline.tasks.waiting.clear()
    sweep(pipeline.services)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 6, "done": 6}


def test_two_racing_closers_release_a_barrier_once(pipeline: Pipeline) -> None:
    worker = Worker(pipeline, "strict")
    for _ in range(20):
        run = worker.started(BY_TWO, records=4)
        claims = [worker.claimed(chunk) for chunk in worker.chunks(run)]
        racing(2, lambda n: _to_load(worker, claims[n]))  # noqa: B023  # the threads end within the round
        released = "select state, cardinality(item_ids) from chunks where run_id = %s and phase = 'load' and state <> 'closed'"
        assert pipeline.sql(released, run) == [("ready", 4)]
        worker.audit(run)


def test_a_run_settles_exactly_once_when_its_last_two_chunks_close_at_the_same_moment(
    pipeline: Pipeline,
) -> None:
    worker = Worker(pipeline)
    for _ in range(100):
        run = worker.started(BY_TWO, records=4)
        claims = [worker.claimed(chunk) for chunk in worker.chunks(run)]
        racing(2, lambda n: worker.close(claims[n], [outcomes.skip(i, "same") for i in claims[n].items]))  # noqa: B023
        settled = "select count(*) from events where stream = %s and kind = 'run_settled'"
        assert (pipeline.state(run), pipeline.one(settled, run)) == ("completed", 1)
    assert pipeline.one("select count(*) from sync_history") == 100


def test_what_is_resumed_as_the_run_settles_is_not_left_behind(pipeline: Pipeline) -> None:
    worker = Worker(pipeline)
    run = worker.started(records=2)
    claim = worker.claimed(worker.chunks(run)[0])
    broken, last = claim.items
    worker.record(claim, [outcomes.fail(broken, "broken", error="broken"), outcomes.skip(last, "same")])
    closed = worker.record(claim, [], close=True)
    resume = {"tenant": "default", "run": run, "items": [broken.id], "step": "decide", "lane": claim.lane}
    resume |= {"chunk_size": 10, "from": ["failed"], "reason": "retried", "by": "someone"}
    with ThreadPoolExecutor(1) as closer:
        with pipeline.services.database.transaction() as connection:
            assert call(connection, "shelfline_resume_items_v1", resume)["moved"] == 1
            settling = closer.submit(
                worker.follow, closed
            )  # sees no open chunk, and waits for the resume to end
            _wait_until_blocked(pipeline)
        settling.result(timeout=30)
    assert pipeline.state(run) == "running"
    sweep(pipeline.services)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    assert pipeline.state(run) == "completed"


def _wait_until_blocked(pipeline: Pipeline) -> None:
    end = time.monotonic() + 30
    while not pipeline.one("select count(*) from pg_locks where not granted"):
        assert time.monotonic() < end
