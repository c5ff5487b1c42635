"""A run taken back: its drafts are deleted, what people have published is left to them, and nothing is used twice."""

import pytest

from tests.integration.designs_push.drafts import DraftsPipeline, all_pushed, dies_at, holds_exactly
from tests.integration.designs_push.test_people_are_asked import delete_draft, publish_draft
from tests.support.designs import png

FILES = {"a.png": png(1), "b.png": png(2), "c.png": png(3)}


def test_the_drafts_of_a_run_are_deleted_and_those_of_others_stay(flow: DraftsPipeline) -> None:
    first = flow.process({"a.png": png(1), "b.png": png(2)})
    flow.process({"c.png": png(3)})
    undoing = flow.undo(first)
    assert flow.figures(undoing) == {"fetched": 2, "done": 2}
    assert holds_exactly(flow, "c.png")
    assert [row.state for row in flow.designs()] == ["withdrawn", "withdrawn", "listed"]
    assert flow.imbalance(undoing) is None


def test_a_second_rollback_finds_nothing_left(flow: DraftsPipeline) -> None:
    run = flow.process(FILES)
    flow.undo(run)
    again = flow.undo(run)
    assert flow.state(again) == "failed"
    assert flow.one("select error->>'code' from runs where id = %s", again) == "nothing_to_undo"
    assert flow.calls("deleteListing") == len(FILES)


def test_one_that_was_published_is_left_until_a_person_says_so(flow: DraftsPipeline) -> None:
    run = flow.process(FILES)
    publish_draft(flow)
    undoing = flow.undo(run)
    assert flow.figures(undoing) == {"fetched": 3, "done": 2, "waiting": 1}
    [listing] = flow.held()
    assert listing["state"] == "active"
    flow.approve(undoing)
    assert flow.held() == []
    assert flow.figures(undoing) == {"fetched": 3, "done": 3}


def test_one_that_somebody_has_deleted_already_is_known_to_be_gone(flow: DraftsPipeline) -> None:
    run = flow.process(FILES)
    delete_draft(flow)
    undoing = flow.undo(run)
    assert sorted(flow.outcomes_by_key(undoing)) == ["already_gone", "withdrawn", "withdrawn"]
    assert flow.sql("select 1 from remote_objects where deleted_at is null") == []


@pytest.mark.parametrize("kind", ["created_but_500", "drop"])
def test_a_deletion_whose_answer_is_lost_is_looked_up(flow: DraftsPipeline, kind: str) -> None:
    flow.settled_in_time()
    run = flow.process(FILES)
    flow.etsy.plant("etsy.deleteListing", kind)
    undoing = flow.undo(run)
    assert flow.figures(undoing) == {"fetched": 3, "done": 3}
    assert flow.held() == []
    assert flow.calls("deleteListing") == len(FILES)


@pytest.mark.parametrize("hook", ["after_mark", "before_settle"])
def test_a_rollback_whose_worker_dies_ends_all_the_same(flow: DraftsPipeline, hook: str) -> None:
    flow.settled_in_time()
    run = flow.process(FILES)
    setattr(flow.effects, hook, dies_at(2))
    undoing = flow.undo(run)
    assert flow.crashes == 1
    assert flow.figures(undoing) == {"fetched": 3, "done": 3}
    assert flow.held() == []


def test_what_a_cancelled_run_has_left_half_made_is_deleted_too(flow: DraftsPipeline) -> None:
    flow.etsy.plant("etsy.uploadListingImage", "status", status=400)
    run = flow.process(FILES)
    assert len(flow.held()) == 3
    flow.runs.cancel("default", run, "seller")
    flow.drive()
    undoing = flow.undo(run)
    assert flow.figures(undoing) == {"fetched": 3, "done": 3}
    assert flow.held() == []


def test_a_rollback_in_mode_test_deletes_nothing(flow: DraftsPipeline) -> None:
    run = flow.process(FILES)
    trial = flow.undo(run, {"mode": "TEST"})
    assert flow.figures(trial) == {"fetched": 3, "done": 3}
    assert holds_exactly(flow, *FILES)
    assert flow.calls("deleteListing") == 0


def test_a_design_that_was_taken_back_is_listed_again_when_it_is_uploaded_again(flow: DraftsPipeline) -> None:
    flow.undo(flow.process({"a.png": png(1), "b.png": png(2)}))
    again = flow.process({"a.png": png(1), "new.png": png(7)})
    assert all_pushed(flow, again)
    assert holds_exactly(flow, "a.png", "new.png")
    names = {row.filename: row.stored_name for row in flow.designs()}
    assert names == {
        "a.png": "UV 100 UVDTF Cup_100.png",
        "b.png": "UV 101 UVDTF Cup_101.png",
        "new.png": "UV 102 UVDTF Cup_102.png",
    }
    undone = flow.undo(again)
    assert flow.figures(undone) == {"fetched": 2, "done": 2}
    assert flow.held() == []
