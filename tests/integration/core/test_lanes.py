"""Lanes: no more at once than the width, closed until a time, paused, and nothing forgotten in them."""

from datetime import timedelta

import pytest

from common.pipeline.item import Claim
from common.pipeline.store import Refused
from common.pipeline.sweep import sweep
from tests.integration.core.books import racing
from tests.integration.core.worker import Worker
from tests.support.harness import Pipeline

WIDTH = {"automation_max_concurrent": 3, "max_batch_size": 2}
SLOTS = "select count(*) from lane_slots where chunk_id is not null and lease_until > clock_timestamp()"


@pytest.fixture
def worker(pipeline: Pipeline) -> Worker:
    """Takes chunks by hand."""
    return Worker(pipeline)


@pytest.fixture
def scrapes(worker: Worker) -> list[int]:
    """Eight chunks before the metered step of a run, three of which may run at once."""
    run = worker.started(WIDTH, records=16)
    for chunk in worker.chunks(run):
        worker.close(worker.claimed(chunk))
    return worker.chunks(run)


def _lane(worker: Worker) -> tuple[str, str]:
    return "default", worker.pipeline.one("select lane from chunks where step = 'scrape' limit 1")


def test_eight_racing_claimers_get_as_many_chunks_as_the_lane_is_wide(
    worker: Worker, scrapes: list[int]
) -> None:
    answers = racing(8, lambda n: worker.claim(scrapes[n]))
    assert sum(isinstance(answer, Claim) for answer in answers) == 3
    assert {answer.why for answer in answers if isinstance(answer, Refused)} == {"full"}
    assert worker.pipeline.one(SLOTS) == 3


def test_eight_racing_claimers_of_one_chunk_are_one_holder(worker: Worker, scrapes: list[int]) -> None:
    answers = racing(8, lambda _: worker.claim(scrapes[0]))
    assert sum(isinstance(answer, Claim) for answer in answers) == 1
    assert answers.count(None) == 7


def test_threads_that_take_and_close_again_and_again_never_exceed_the_width(
    worker: Worker, scrapes: list[int]
) -> None:
    live = "select count(*) from chunks where step = 'scrape' and state = 'leased' and lease_until > clock_timestamp()"
    most: list[int] = []

    def take_and_close(number: int) -> None:
        for chunk in scrapes[number:] + scrapes[:number]:
            claim = worker.claim(chunk)
            if isinstance(claim, Claim):
                most.append(worker.pipeline.one(live))
                worker.record(claim, [], close=False)
                worker.close(claim)

    racing(4, take_and_close)
    assert max(most) <= 3
    assert worker.pipeline.one(SLOTS) == 0


def test_who_closes_wakes_the_next(worker: Worker, scrapes: list[int]) -> None:
    woken = [task for task in worker.pipeline.tasks.waiting if "/scrape" in task.url]
    assert len(woken) == 3
    worker.close(worker.claimed(scrapes[0]))
    assert len([task for task in worker.pipeline.tasks.waiting if "/scrape" in task.url]) == 4


def test_a_lane_closed_until_a_time_gives_nothing_before_it(worker: Worker, scrapes: list[int]) -> None:
    tenant, lane = _lane(worker)
    until = worker.pipeline.services.clock.now() + timedelta(minutes=5)
    worker.store.close_lane(tenant, lane, until, "quota_day")
    worker.store.close_lane(tenant, lane, until - timedelta(minutes=4), "quota_minute")  # a later time stands
    assert worker.claim(scrapes[0]) == Refused(why="closed", tenant=tenant, lane=lane)
    woken = worker.store.top_up(tenant, lane).woken
    assert [wake.due for wake in woken] == [pytest.approx(until.timestamp(), abs=0.001)]
    worker.pipeline.advance(301)
    assert isinstance(worker.claim(scrapes[0]), Claim)


def test_a_time_that_has_passed_closes_a_lane_for_a_moment_only(worker: Worker, scrapes: list[int]) -> None:
    tenant, lane = _lane(worker)
    now = worker.pipeline.services.clock.now()
    worker.store.close_lane(tenant, lane, now - timedelta(days=1), "late clock")
    open_at = worker.pipeline.one("select open_at from lanes where name = %s", lane)
    assert timedelta(0) < open_at - now < timedelta(seconds=3)


def test_a_paused_lane_gives_nothing_and_goes_on_where_it_was(worker: Worker, scrapes: list[int]) -> None:
    tenant, lane = _lane(worker)
    worker.pipeline.sql("update lanes set paused = true where name = %s", lane)
    assert worker.claim(scrapes[0]) == Refused(why="paused", tenant=tenant, lane=lane)
    assert worker.store.top_up(tenant, lane).woken == []
    worker.pipeline.sql("update lanes set paused = false where name = %s", lane)
    assert [wake.chunk_id for wake in worker.store.top_up(tenant, lane).woken] == [scrapes[0]]
    assert isinstance(worker.claim(scrapes[0]), Claim)


def test_what_is_cancelled_ends_in_a_paused_lane_too(worker: Worker, scrapes: list[int]) -> None:
    run = worker.pipeline.one("select run_id from chunks where id = %s", scrapes[0])
    held = worker.claimed(scrapes[0])
    worker.pipeline.sql("update lanes set paused = true")
    worker.pipeline.runs.cancel("default", run, by="someone")
    worker.die(held)
    worker.pipeline.tasks.waiting.clear()
    sweep(worker.pipeline.services, grace_seconds=0)
    worker.pipeline.drive()
    assert worker.pipeline.state(run) == "cancelled"


def test_a_wider_lane_takes_more_and_a_narrower_one_less(worker: Worker, scrapes: list[int]) -> None:
    tenant, lane = _lane(worker)
    claims = [worker.claimed(chunk) for chunk in scrapes[:3]]
    assert worker.claim(scrapes[3]) == Refused(why="full", tenant=tenant, lane=lane)
    worker.pipeline.one("select shelfline_set_lane_v1(%s, %s, 5)", tenant, lane)
    assert len(worker.store.top_up(tenant, lane).woken) == 2
    claims += [worker.claimed(chunk) for chunk in scrapes[3:5]]
    worker.pipeline.one("select shelfline_set_lane_v1(%s, %s, 1)", tenant, lane)
    for claim in claims[1:]:
        worker.close(claim)
    assert isinstance(worker.claim(scrapes[5]), Refused)  # the first still runs
    worker.close(claims[0])
    assert isinstance(worker.claim(scrapes[5]), Claim)
    assert isinstance(worker.claim(scrapes[6]), Refused)


def test_a_holder_that_died_gives_its_place_to_another(worker: Worker, scrapes: list[int]) -> None:
    dead, *_ = [worker.claimed(chunk) for chunk in scrapes[:3]]
    assert isinstance(worker.claim(scrapes[3]), Refused)
    worker.die(dead)
    assert isinstance(worker.claim(scrapes[3]), Claim)
    assert isinstance(worker.claim(scrapes[0]), Refused)  # its own chunk waits for a place as any other


def test_a_chunk_taken_again_after_its_holder_died_has_one_place_and_not_two(
    worker: Worker, scrapes: list[int]
) -> None:
    first, dead, third = [worker.claimed(chunk) for chunk in scrapes[:3]]
    worker.die(dead)
    worker.close(first)
    again = worker.claimed(dead.chunk_id)
    worker.record(again, [])
    assert worker.pipeline.one("select count(*) from lane_slots where chunk_id = %s", again.chunk_id) == 1
    assert worker.pipeline.one(SLOTS) == 2
    worker.close(third)


def test_who_lost_its_lease_to_another_records_nothing(worker: Worker, scrapes: list[int]) -> None:
    stale = worker.claimed(scrapes[0])
    worker.die(stale)
    holder = worker.claimed(scrapes[0])
    assert worker.close(stale) is None
    assert worker.close(holder) is not None
    assert worker.close(holder) is None  # closed is closed


def test_a_lane_that_nobody_declared_has_no_limit_and_is_woken(worker: Worker) -> None:
    from dataclasses import replace

    from common.pipeline import outcome as outcomes

    run = worker.started(records=3)
    claim = worker.claimed(worker.chunks(run)[0])
    worker.close(claim, [replace(outcomes.proceed(item), lane="vendor/board 7") for item in claim.items])
    assert worker.pipeline.sql("select name, width from lanes where name like 'vendor/%%'") == [
        ("vendor/board 7", None)
    ]
    worker.pipeline.drive()
    assert worker.pipeline.figures(run) == {"fetched": 3, "done": 3}
