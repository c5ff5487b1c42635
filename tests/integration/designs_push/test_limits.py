"""Limits: never more calls than are allowed, ours or Etsy's; nobody pays for a wait with an attempt, and nothing is done twice."""

from contextlib import closing
from datetime import timedelta

import pytest

from common.etsy.account import stored_account
from functions.push.etsy.calls import LARGEST_PAGE
from tests.integration.designs_push.drafts import DraftsPipeline, all_pushed, holds_exactly
from tests.support.designs import FAR, png
from tests.support.etsy_account import Start

FILES = {f"{number}.png": png(number) for number in range(4)}
LANE = "designs/etsy"
A_DRAFT = 4
"""Calls: the draft, two images, the inventory."""


def waits(flow: DraftsPipeline) -> timedelta:
    """How long the lane stays closed from now on."""
    wait: timedelta = flow.one("select open_at - shelfline_now() from lanes where name = %s", LANE)
    return wait


def attempts(flow: DraftsPipeline) -> int:
    """The most attempts that any design has spent."""
    return int(flow.one("select max(attempts) from items"))


def called(flow: DraftsPipeline) -> int:
    """How many calls were counted by Etsy."""
    names = ("createDraftListing", "uploadListingImage", "updateListingInventory", "getListingsByShop")
    return sum(flow.calls(name) for name in names)


@pytest.mark.parametrize("operation", ["createDraftListing", "uploadListingImage", "updateListingInventory"])
def test_a_day_that_is_used_up_is_waited_for_with_its_reason(flow: DraftsPipeline, operation: str) -> None:
    flow.etsy.plant(f"etsy.{operation}", "status", status=429, limit="day", retry_after=7200)
    flow.upload(FILES)
    run = flow.start("designs")
    flow.drive(patience=5)
    assert timedelta(hours=1, minutes=59) < waits(flow) <= timedelta(hours=2)
    assert flow.one("select wait_reason from lanes where name = %s", LANE) == "etsy_day"
    assert set(flow.outcomes(run).values()) <= {"etsy_day", "pushed"}
    calls = called(flow)
    flow.drive(patience=60)
    assert called(flow) == calls
    flow.drive(patience=3 * 3600)
    assert attempts(flow) == 0
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert flow.writes() == len(FILES) * A_DRAFT + 1


def test_our_own_limit_of_a_day_is_never_exceeded(flow: DraftsPipeline) -> None:
    flow.upload(FILES)
    run = flow.start("designs", {"etsy_per_day": 6})
    flow.drive(patience=5)
    assert called(flow) == 6
    assert flow.one("select wait_reason from lanes where name = %s", LANE) == "quota_day"
    assert waits(flow) > timedelta(hours=23)
    flow.drive(patience=5)
    assert called(flow) == 6
    flow.drive(patience=25 * 3600)
    assert attempts(flow) == 0
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert called(flow) == len(FILES) * A_DRAFT


def test_what_is_done_is_not_called_again_after_a_wait(flow: DraftsPipeline) -> None:
    """A design that has made two of its four writes goes on with the third."""
    flow.upload({"a.png": png(1)})
    flow.start("designs", {"etsy_per_day": 2})
    flow.drive(patience=5)
    assert (flow.calls("createDraftListing"), flow.calls("uploadListingImage")) == (1, 1)
    flow.drive(patience=25 * 3600)
    assert called(flow) == A_DRAFT
    assert holds_exactly(flow, "a.png")


def test_a_wait_leaves_nothing_in_the_ledger(flow: DraftsPipeline) -> None:
    """The turn is taken before anything is said of the write: what waits was not frozen, and not marked as sent."""
    flow.upload(FILES)
    flow.start("designs", {"etsy_per_day": 5})
    flow.drive(patience=5)
    assert flow.one("select count(*) from effects") == 5
    assert flow.one("select count(*) from sends") == 5


@pytest.mark.parametrize("per_second", [5, 20])
def test_etsy_never_sees_more_calls_in_a_second_than_it_allows(
    database_url: str, start: Start, per_second: int
) -> None:
    with closing(DraftsPipeline(database_url, start(per_second=per_second))) as flow:
        flow.open_shop()
        flow.upload(FILES)
        run = flow.start("designs", {"etsy_per_second": per_second})
        flow.drive(patience=FAR)
        assert all_pushed(flow, run)
        assert flow.etsy.calls().get("limited.second", 0) == 0
        assert called(flow) == len(FILES) * A_DRAFT


def test_a_wait_for_the_next_second_is_sat_out_and_costs_no_wake_up(flow: DraftsPipeline) -> None:
    flow.upload(FILES)
    run = flow.start("designs", {"etsy_per_second": 20})
    flow.drive(patience=FAR)
    assert all_pushed(flow, run)
    claims = flow.one("select count(*) from chunks where step = 'push'")
    assert claims == 1
    assert flow.one("select wait_reason from lanes where name = %s", LANE) is None


def test_a_second_that_etsy_calls_used_up_closes_the_lane_for_as_long_as_it_says(
    flow: DraftsPipeline,
) -> None:
    flow.etsy.plant("etsy.uploadListingImage", "status", status=429, retry_after=20)
    flow.upload(FILES)
    run = flow.start("designs")
    flow.drive(patience=5)
    assert timedelta(seconds=15) < waits(flow) <= timedelta(seconds=20)
    assert flow.one("select wait_reason from lanes where name = %s", LANE) == "etsy_second"
    flow.drive(patience=FAR)
    assert attempts(flow) == 0
    assert all_pushed(flow, run)


def test_a_look_up_reads_every_page_of_the_drafts(flow: DraftsPipeline) -> None:
    flow.settled_in_time()
    flow.process({"z.png": png(9)})
    flow.etsy.token = stored_account(flow.secrets).access_token
    flow.etsy.plant("etsy.createDraftListing", "created_but_500")
    run = flow.begin({"a.png": png(1)})
    while sum(flow.etsy.struck()) == 0:
        flow.drive(rounds=1, strict=False)
    for _ in range(LARGEST_PAGE + 1):
        flow.etsy.draft()
    flow.drive(patience=FAR)
    assert all_pushed(flow, run)
    assert flow.calls("getListingsByShop") == 2


@pytest.mark.parametrize(("seconds", "closes"), [(0, True), (2, False)])
def test_a_wait_that_is_short_by_its_setting_closes_no_lane(
    flow: DraftsPipeline, seconds: int, closes: bool
) -> None:
    flow.upload({"a.png": png(1)})
    run = flow.start("designs", {"etsy_per_second": 3, "wait_small_seconds": seconds})
    flow.drive(patience=5)
    told = flow.sql("select 1 from events where stream = %s and kind = 'wait'", run)
    assert bool(told) is closes
    assert holds_exactly(flow, "a.png")
