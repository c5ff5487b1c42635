"""A worker may die anywhere between the plan of a write and its record; the next one finds out what became of it."""

import threading

import pytest

from common.tasks.wake_up import parse
from tests.integration.designs_push.drafts import DraftsPipeline, all_pushed, dies_at, holds_exactly
from tests.support.deaths import PLACES, Place
from tests.support.designs import FAR, png
from tests.support.harness import shuffled

FILES = {"a.png": png(1), "b.png": png(2), "c.png": png(3)}
HOOKS = ("after_freeze", "after_mark", "before_settle", "after_settle")
"""Around one request: planned; said to be sent, not sent; answered, not noted; noted, not recorded."""
REQUESTS = {
    "the draft": 1,
    "the first image": 2,
    "the second image": 3,
    "the inventory": 4,
    "the next draft": 5,
}


@pytest.mark.parametrize("request_of", REQUESTS)
@pytest.mark.parametrize("hook", HOOKS)
def test_each_listing_and_image_exists_once_wherever_a_worker_dies(
    flow: DraftsPipeline, hook: str, request_of: str
) -> None:
    flow.settled_in_time()
    setattr(flow.effects, hook, dies_at(REQUESTS[request_of]))
    run = flow.process(FILES)
    assert flow.crashes == 1
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


@pytest.mark.parametrize("place", PLACES)
def test_each_listing_exists_once_wherever_the_pipeline_dies(flow: DraftsPipeline, place: Place) -> None:
    flow.settled_in_time()
    flow.deaths.plan("push", place)
    flow.deaths.plan("stage", place)
    run = flow.process(FILES, settings={"crash_loop_tries": 20})
    assert flow.crashes == 2
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


def test_a_wake_up_that_comes_twice_changes_nothing(flow: DraftsPipeline) -> None:
    flow.upload(FILES)
    run = flow.start("designs")
    flow.drive(twice=True, choose=shuffled(5), patience=FAR)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert flow.writes() == 3 * 4


def test_a_worker_that_lost_its_lease_on_the_way_doubles_nothing(flow: DraftsPipeline) -> None:
    """Stopped between the commit that says "sent" and the socket, long enough for another worker to take its chunk."""
    run = flow.begin(FILES)

    def another() -> None:
        flow.effects.after_mark = nothing
        flow.expire_leases()
        flow.drive(patience=5)

    def nothing() -> None:
        pass

    flow.effects.after_mark = another
    flow.drive()
    assert "lease_lost" in flow.results
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert flow.writes() == 3 * 4


def test_workers_at_once_make_each_listing_once(flow: DraftsPipeline) -> None:
    files = {f"{number}.png": png(number) for number in range(12)}
    run = flow.begin(files, {"upload_piece_files": 3})
    deliver_all_at_once(flow)
    flow.drive()
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *files)
    assert flow.calls("createDraftListing") == len(files)


def test_two_workers_renew_the_tokens_once(flow: DraftsPipeline) -> None:
    files = {f"{number}.png": png(number) for number in range(6)}
    run = flow.begin(files, {"upload_piece_files": 1})
    assert flow.calls("token") == 0
    deliver_all_at_once(flow)
    flow.drive()
    assert flow.calls("token") == 1
    assert all_pushed(flow, run)


def deliver_all_at_once(flow: DraftsPipeline) -> None:
    """Every wake-up there is, twice, each in a thread of its own."""
    tasks, flow.tasks.waiting = flow.tasks.waiting, []
    threads = [
        threading.Thread(target=flow.services.engine.handle, args=(parse(task.body),))
        for task in (*tasks, *tasks)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
