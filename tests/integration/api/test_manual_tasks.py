"""People's work by HTTP: claimed under a lease and a fence, done once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from common.pipeline.sweep import sweep
from tests.integration.api.conftest import People
from tests.support.harness import Pipeline

ANSWER = {"attributes": [{"name": "Voltage", "value": "5", "unit": "V"}], "note": "seen on the label"}


@pytest.fixture
def run(pipeline: Pipeline) -> str:
    """A run of three items that all wait for a person."""
    started = pipeline.start(records=3, script={f"key0000{n}": {"decide": "manual"} for n in range(3)})
    pipeline.drive()
    return started


def _claim(people: People, editor: str, **more: Any) -> list[dict[str, Any]]:
    return list(people.operator.post("/manual/tasks/claim", json={"editor": editor, **more}).json()["tasks"])


def _complete(people: People, task: dict[str, Any], editor: str, **more: Any) -> Any:
    body = {"editor": editor, "fence": task["fence"], **ANSWER, **more}
    return people.operator.post(f"/manual/tasks/{task['id']}/complete", json=body)


def test_two_people_who_claim_at_once_get_different_tasks(run: str, people: People) -> None:
    with ThreadPoolExecutor(8) as threads:
        claimed = list(threads.map(lambda name: _claim(people, name), "abcdefgh"))
    ids = [task["id"] for tasks in claimed for task in tasks]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == 3


def test_an_answer_lets_the_record_go_on_with_it(run: str, pipeline: Pipeline, people: People) -> None:
    for task in _claim(people, "ann", count=3):
        done = _complete(people, task, "ann")
        assert (done.status_code, done.json()["state"], done.json()["note"]) == (
            200,
            "completed",
            ANSWER["note"],
        )
    pipeline.drive()
    assert pipeline.state(run) == "completed"
    assert pipeline.figures(run) == {"fetched": 3, "done": 3}
    assert pipeline.imbalance(run) is None
    answer = pipeline.one("select data->'answer' from items limit 1")
    assert answer["attributes"][0]["value"] == "5"
    assert (answer["editor"], answer["by"]) == ("ann", "the operator")


def test_an_answer_whose_wake_up_was_lost_is_found_by_sweep(
    run: str, pipeline: Pipeline, people: People
) -> None:
    for task in _claim(people, "ann", count=3):
        _complete(people, task, "ann")
    pipeline.tasks.waiting.clear()
    pipeline.sql("update chunks set woken_at = clock_timestamp() - interval '1 h' where woken_at is not null")
    pipeline.advance(60)
    sweep(pipeline.services)
    pipeline.drive()
    assert pipeline.state(run) == "completed"


def test_the_same_answer_again_changes_nothing(run: str, pipeline: Pipeline, people: People) -> None:
    [task] = _claim(people, "ann")
    first, again = _complete(people, task, "ann"), _complete(people, task, "ann")
    assert first.json() == again.json()
    assert pipeline.one("select count(*) from events where kind = 'task_completed'") == 1


def test_a_stale_fence_is_refused(run: str, people: People) -> None:
    [task] = _claim(people, "ann")
    people.operator.post(
        f"/manual/tasks/{task['id']}/hand-back", json={"fence": task["fence"], "note": "too hard"}
    )
    answer = _complete(people, task, "ann")
    assert (answer.status_code, answer.json()["code"]) == (409, "stale_fence")
    assert people.viewer.get(f"/manual/tasks/{task['id']}").json()["note"] == "too hard"


def test_only_the_holder_completes(run: str, people: People) -> None:
    [task] = _claim(people, "ann")
    assert _complete(people, task, "eve").json()["code"] == "not_the_holder"


def test_a_lease_that_ran_out_leaves_the_task_to_the_next(
    run: str, pipeline: Pipeline, people: People
) -> None:
    mine = _claim(people, "ann", count=3)[0]
    assert _claim(people, "bob") == []
    pipeline.advance(30 * 60 + 1)
    assert people.viewer.get("/manual/tasks").json()["total"] == 3
    theirs = _claim(people, "bob", count=3)[0]
    assert theirs["id"] == mine["id"]
    assert _complete(people, mine, "ann").json()["code"] == "stale_fence"
    assert _complete(people, theirs, "bob").status_code == 200


def test_a_late_answer_counts_while_nobody_else_has_the_task(
    run: str, pipeline: Pipeline, people: People
) -> None:
    [task] = _claim(people, "ann")
    pipeline.advance(3600)
    assert _complete(people, task, "ann").status_code == 200


def test_sweep_frees_what_ran_out(run: str, pipeline: Pipeline, people: People) -> None:
    [task] = _claim(people, "ann")
    pipeline.advance(3600)
    assert sweep(pipeline.services)["claims_freed"] == 1
    assert _complete(people, task, "ann").json()["code"] == "stale_fence"


def test_a_named_task_is_claimed_by_one(run: str, people: People) -> None:
    task = people.viewer.get("/manual/tasks").json()["tasks"][0]
    assert (
        people.operator.post(f"/manual/tasks/{task['id']}/claim", json={"editor": "ann"}).status_code == 200
    )
    again = people.operator.post(f"/manual/tasks/{task['id']}/claim", json={"editor": "bob"})
    assert (again.status_code, again.json()["code"]) == (409, "held")
    assert (
        people.operator.post("/manual/tasks/999/claim", json={"editor": "bob"}).json()["code"]
        == "unknown_task"
    )


def test_an_empty_answer_is_refused(run: str, people: People) -> None:
    [task] = _claim(people, "ann")
    body = {"editor": "ann", "fence": task["fence"], "note": "nothing found"}
    answer = people.operator.post(f"/manual/tasks/{task['id']}/complete", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "nothing_to_do")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "example.com/x.pdf"])
def test_an_address_nobody_should_click_on_is_refused(run: str, people: People, url: str) -> None:
    [task] = _claim(people, "ann")
    answer = _complete(people, task, "ann", documents=[{"url": url}])
    assert answer.json()["fields"][0]["field"] == "documents[0].url"


def test_the_editor_cannot_validate(run: str, people: People) -> None:
    [task] = _claim(people, "ann")
    path = f"/manual/tasks/{task['id']}/validate"
    assert people.operator.post(path, json={"validator": "bob"}).status_code == 409
    _complete(people, task, "ann")
    own = people.operator.post(path, json={"validator": " Ann"})
    assert (own.status_code, own.json()["code"]) == (403, "own_work")
    checked = people.operator.post(path, json={"validator": "bob", "validation_notes": "fits"}).json()
    assert (checked["validator"], checked["validation_note"]) == ("bob", "fits")


def test_the_best_priority_is_claimed_first_and_low_is_not_in_the_list(
    run: str, pipeline: Pipeline, people: People
) -> None:
    low, medium, high = (row[0] for row in pipeline.sql("select id from manual_tasks order by id"))
    pipeline.sql("update manual_tasks set priority = 'LOW', priority_score = 0.9 where id = %s", low)
    pipeline.sql("update manual_tasks set priority = 'HIGH', priority_score = 0.1 where id = %s", high)
    listed = people.viewer.get("/manual/tasks").json()
    assert ([task["id"] for task in listed["tasks"]], listed["total"]) == ([high, medium], 2)
    assert people.viewer.get("/manual/tasks", params={"all": True}).json()["total"] == 3
    assert people.viewer.get("/manual/tasks", params={"priority": "LOW"}).json()["tasks"][0]["id"] == low
    assert [task["id"] for task in _claim(people, "ann", count=3)] == [high, medium, low]


def test_manual_batch_size_bounds_claims_and_pages(run: str, people: People) -> None:
    people.admin.put("/config", json={"settings": {"manual_batch_size": 2}})
    assert len(people.viewer.get("/manual/tasks", params={"limit": 50}).json()["tasks"]) == 2
    refused = people.operator.post("/manual/tasks/claim", json={"editor": "ann", "count": 3})
    assert (refused.status_code, refused.json()["code"]) == (400, "too_many")


def test_manual_lease_minutes_bounds_the_lease(run: str, pipeline: Pipeline, people: People) -> None:
    people.admin.put("/config", json={"settings": {"manual_lease_minutes": 1}})
    _claim(people, "ann", count=3)
    pipeline.advance(61)
    assert len(_claim(people, "bob", count=3)) == 3


def test_a_task_of_a_cancelled_run_cannot_be_completed(run: str, people: People) -> None:
    [task] = _claim(people, "ann")
    people.operator.post(f"/runs/{run}/cancel")
    assert _complete(people, task, "ann").status_code == 409


def test_a_cancelled_task_ends_its_record_and_settles_the_run(
    run: str, pipeline: Pipeline, people: People
) -> None:
    for task in people.viewer.get("/manual/tasks").json()["tasks"]:
        assert people.operator.delete(f"/manual/task/{task['id']}/").json()["data"]["state"] == "cancelled"
    assert pipeline.figures(run) == {"fetched": 3, "rejected": 3}
    assert pipeline.state(run) == "completed"
    assert pipeline.imbalance(run) is None


def test_a_record_that_two_runs_sent_to_people_is_answered_once_for_both(
    run: str, pipeline: Pipeline, people: People
) -> None:
    other = pipeline.start(records=3, script={f"key0000{n}": {"decide": "manual"} for n in range(3)})
    pipeline.drive()
    for task in _claim(people, "ann", count=3):
        assert _complete(people, task, "ann").status_code == 200
    pipeline.drive()
    assert (pipeline.state(run), pipeline.state(other)) == ("completed", "completed")
