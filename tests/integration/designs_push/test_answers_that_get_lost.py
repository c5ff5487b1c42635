"""Whatever becomes of Etsy's answers: each listing exists once, and in it each image once and in its order."""

from typing import Any

import pytest
import requests

from tests.integration.designs_push.drafts import DraftsPipeline, all_pushed, holds_exactly
from tests.support.designs import FAR, png

FILES = {"a.png": png(1), "b.png": png(2), "c.png": png(3)}
OPERATIONS = ("createDraftListing", "uploadListingImage", "updateListingInventory")
LOST = ("created_but_500", "drop", "malformed")


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("kind", LOST)
def test_a_write_whose_answer_is_lost_is_found_and_not_repeated(
    flow: DraftsPipeline, kind: str, operation: str
) -> None:
    flow.settled_in_time()
    flow.etsy.plant(f"etsy.{operation}", kind)
    run = flow.process(FILES)
    assert flow.etsy.struck() == [1]
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert flow.writes() == 3 * 4


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_write_that_left_no_trace_is_sent_again_once_that_is_sure(
    flow: DraftsPipeline, operation: str
) -> None:
    flow.settled_in_time()
    flow.etsy.plant(f"etsy.{operation}", "status", status=500)
    run = flow.process(FILES)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)
    assert flow.writes() == 3 * 4 + 1
    assert flow.one("select max(lost) from effects") == 1


def test_nothing_is_sent_again_before_the_request_can_no_longer_land(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.createDraftListing", "status", status=500)
    flow.upload({"a.png": png(1)})
    run = flow.start("designs")
    flow.drive(rounds=60, strict=False, patience=15)
    assert flow.calls("createDraftListing") == 1
    assert flow.calls("getListingsByShop") == 0
    assert flow.outcomes(run) == {"a.png": "unknown_outcome"}
    due = flow.one("select min(due_at - shelfline_now()) from chunks where state = 'ready' and step = 'push'")
    assert 60 < due.total_seconds() < 130  # the longest answer, and the time it takes to show
    flow.settled_in_time()
    flow.drive(patience=FAR)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, "a.png")


def test_one_whose_outcome_is_not_known_holds_up_no_other(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.createDraftListing", "created_but_500")
    flow.upload(FILES)
    run = flow.start("designs")
    flow.drive(rounds=60, strict=False, patience=15)
    assert sorted(flow.outcomes(run).values()) == ["pushed", "pushed", "unknown_outcome"]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_two_times_lost_without_a_trace_a_person_is_asked(flow: DraftsPipeline, operation: str) -> None:
    flow.settled_in_time()
    flow.etsy.plant(f"etsy.{operation}", "status", status=500, times=2)
    run = flow.process({"a.png": png(1)})
    [(reason, error)] = flow.tasks_asked()
    assert reason == "not_found_again"
    assert "Look at the target" in error
    flow.answer_tasks(run)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, "a.png")


@pytest.mark.parametrize("operation", OPERATIONS)
def test_while_etsy_is_away_it_is_waited_for(flow: DraftsPipeline, operation: str) -> None:
    flow.settled_in_time()
    flow.etsy.plant(f"etsy.{operation}", "status", status=503)
    flow.etsy.plant("etsy.getListingsByShop", "status", status=503, times=3)
    flow.etsy.plant("etsy.getListingImages", "status", status=503, times=3)
    flow.etsy.plant("etsy.getListingInventory", "status", status=503, times=3)
    run = flow.process(FILES)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


class Impatient(requests.Session):
    """Connections that wait less long for an answer than Etsy takes in this test."""

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """See requests.Session.request."""
        return super().request(*arguments, **{**options, "timeout": (3, 0.4)})


@pytest.mark.parametrize("operation", OPERATIONS)
def test_an_answer_that_comes_too_late_doubles_nothing(flow: DraftsPipeline, operation: str) -> None:
    flow.settled_in_time()
    flow.etsy.plant(f"etsy.{operation}", "delay", seconds=0.7)
    with Impatient() as session:
        flow.services.http = session
        run = flow.process(FILES)
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


def test_an_image_in_conflict_with_another_is_tried_again_and_the_other_designs_go_on(
    flow: DraftsPipeline,
) -> None:
    flow.etsy.plant("etsy.uploadListingImage", "rank_conflict")
    flow.upload(FILES)
    run = flow.start("designs")
    flow.drive_to_push()
    flow.drive(rounds=1, strict=False)
    assert sorted(flow.outcomes(run).values()) == ["etsy_conflict", "pushed", "pushed"]
    flow.drive()
    assert all_pushed(flow, run)
    assert holds_exactly(flow, *FILES)


def test_a_draft_is_found_however_far_etsys_clock_is_from_ours(flow: DraftsPipeline) -> None:
    """The ledger keeps real time; the vendor's clock here is a day ahead of it, and then two."""
    flow.advance(86_400)
    flow.settled_in_time()
    flow.etsy.plant("etsy.createDraftListing", "created_but_500")
    flow.upload({"a.png": png(1)})
    run = flow.start("designs")
    flow.drive_to_push()
    flow.drive(rounds=1, strict=False)
    flow.advance(86_400)
    flow.drive()
    assert all_pushed(flow, run)
    assert flow.calls("createDraftListing") == 1


def test_a_draft_of_the_first_request_is_found_though_a_later_one_was_sent(flow: DraftsPipeline) -> None:
    """Etsy's list shows it late: the mark is what counts, and not when it was made."""
    flow.settled_in_time()
    flow.etsy.plant("etsy.createDraftListing", "created_but_500")
    flow.upload({"a.png": png(1)})
    run = flow.start("designs")
    flow.drive_to_push()
    flow.drive(rounds=1, strict=False)
    flow.sql("update effects set sent_at = sent_at + interval '1 hour'")
    flow.drive()
    assert all_pushed(flow, run)
    assert flow.calls("createDraftListing") == 1


def test_a_cancelled_run_finds_out_what_became_of_its_write_and_sends_nothing_more(
    flow: DraftsPipeline,
) -> None:
    flow.etsy.plant("etsy.createDraftListing", "created_but_500")
    run = flow.begin(FILES)
    while not sum(flow.etsy.struck()):
        flow.drive(rounds=1, strict=False)
    writes = flow.writes()
    flow.runs.cancel("default", run, "seller")
    flow.settled_in_time()
    flow.drive()
    assert flow.state(run) == "cancelled"
    assert flow.writes() == writes
    assert flow.sql("select 1 from effects where state in ('planned', 'sent', 'unknown')") == []
    again = flow.process(FILES)
    assert holds_exactly(flow, *FILES)
    assert flow.state(again) == "completed"


def test_a_cancelled_run_does_not_send_again_what_left_no_trace(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.createDraftListing", "status", status=500)
    run = flow.begin({"a.png": png(1)})
    while not sum(flow.etsy.struck()):
        flow.drive(rounds=1, strict=False)
    flow.runs.cancel("default", run, "seller")
    flow.settled_in_time()
    flow.drive()
    assert flow.state(run) == "cancelled"
    assert flow.calls("createDraftListing") == 1


def test_a_cancelled_run_looks_when_it_is_time_and_not_before(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.createDraftListing", "created_but_500")
    run = flow.begin({"a.png": png(1)})
    while not sum(flow.etsy.struck()):
        flow.drive(rounds=1, strict=False)
    flow.runs.cancel("default", run, "seller")
    flow.drive(patience=5)  # comes to rest: a loop without a pause would not
    assert flow.calls("getListingsByShop") == 0
    assert flow.state(run) == "cancelling"
