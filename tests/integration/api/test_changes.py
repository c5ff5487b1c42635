"""Staged changes by HTTP."""

import pytest

from tests.integration.api.conftest import People
from tests.support.harness import Pipeline


@pytest.fixture
def run(pipeline: Pipeline) -> str:
    """A run whose three changes wait for approval."""
    started = pipeline.start("shelf", records=3)
    pipeline.drive()
    return started


def test_approved_changes_let_their_items_be_pushed(run: str, pipeline: Pipeline, people: People) -> None:
    pending = people.viewer.get("/changes", params={"run_id": run, "state": "pending"}).json()["changes"]
    assert len(pending) == 3
    ids = [change["id"] for change in pending[:2]]
    assert people.approver.post("/changes/approve", json={"ids": ids}).json() == {
        "approved": 2,
        "own_work": [],
    }
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 3, "done": 2, "waiting": 1}
    assert pipeline.state(run) == "waiting"
    assert people.approver.post("/changes/approve", json={"run_id": run}).json()["approved"] == 1
    pipeline.drive()
    assert pipeline.state(run) == "completed"
    assert pipeline.imbalance(run) is None
    assert pipeline.one("select distinct approved_by from staged_changes") == "the approver"


def test_rejected_changes_end_their_items_and_settle_the_run(
    run: str, pipeline: Pipeline, people: People
) -> None:
    answer = people.approver.post("/changes/reject", json={"run_id": run, "note": "not ours"})
    assert answer.json() == {"rejected": 3}
    assert (pipeline.state(run), pipeline.figures(run)) == ("completed", {"fetched": 3, "rejected": 3})
    assert pipeline.imbalance(run) is None
    assert {row[0] for row in pipeline.sql("select review_note from staged_changes")} == {"not ours"}


def test_deciding_twice_is_told(run: str, people: People) -> None:
    ids = [change["id"] for change in people.viewer.get("/changes").json()["changes"]]
    people.approver.post("/changes/approve", json={"ids": ids})
    assert people.approver.post("/changes/approve", json={"ids": ids}).json()["approved"] == 0
    late = people.approver.post("/changes/reject", json={"ids": ids})
    assert (late.status_code, late.json()["code"]) == (409, "not_pending")


def test_what_to_decide_on_is_named_in_one_way(run: str, people: People) -> None:
    assert people.approver.post("/changes/approve", json={}).json()["code"] == "bad_choice"
    assert (
        people.approver.post("/changes/approve", json={"ids": [1], "run_id": run}).json()["code"]
        == "bad_choice"
    )
    assert people.approver.post("/changes/approve", json={"ids": [99]}).json()["code"] == "unknown_change"
    assert (
        people.approver.post("/changes/approve", json={"run_id": "shelf_none"}).json()["code"]
        == "unknown_run"
    )


def test_nobody_approves_what_they_made_by_hand(run: str, pipeline: Pipeline, people: People) -> None:
    item = pipeline.one("select min(item_id) from staged_changes")
    pipeline.sql(
        """
        insert into manual_tasks (tenant_id, flow, key, run_id, item_id, task_type, state, priority, reason, editor, answer)
        select tenant_id, flow, key, run_id, id, 'workflow_generated', 'completed', 'MEDIUM', 'asked', 'ann',
          '{"by": "the approver"}' from items where id = %s
        """,
        item,
    )
    own = pipeline.one("select id from staged_changes where item_id = %s", item)
    refused = people.approver.post("/changes/approve", json={"ids": [own]})
    assert (refused.status_code, refused.json()["code"]) == (403, "own_work")
    assert people.approver.post("/changes/approve", json={"run_id": run}).json() == {
        "approved": 2,
        "own_work": [own],
    }
    assert people.admin.post("/changes/approve", json={"run_id": run}).json() == {
        "approved": 1,
        "own_work": [],
    }


def test_a_state_that_there_is_not_is_answered_with_those_that_there_are(people: People) -> None:
    answer = people.viewer.get("/changes", params={"state": "conflict"})
    assert answer.status_code == 400
    assert "pending, approved, applied" in answer.json()["detail"]
