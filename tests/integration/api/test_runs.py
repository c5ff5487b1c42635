"""Runs by HTTP."""

from typing import Any

from tests.integration.api.conftest import People
from tests.support.harness import Pipeline


def test_a_run_is_started_and_tells_its_figures(pipeline: Pipeline, people: People) -> None:
    started = people.operator.post(
        "/runs", json={"flow": "toy", "mode": "TEST", "settings": {"max_batch_size": 3}}
    )
    assert started.status_code == 202
    run_id = started.json()["run_id"]
    assert started.json()["status_url"] == f"/runs/{run_id}"
    assert people.viewer.get(f"/runs/{run_id}").json()["view"] == "about to start"
    pipeline.drive()
    run = people.viewer.get(f"/runs/{run_id}").json()
    assert (run["state"], run["mode"], run["view"], run["adds_up"]) == (
        "completed",
        "TEST",
        "completed",
        True,
    )
    assert run["figures"]["fetched"] == run["figures"]["done"] == 10
    assert run["detail"]["reasons"] == {"ok": 10}
    assert run["created_by"] == "the operator"
    assert pipeline.one("select settings->'values'->>'max_batch_size' from runs") == "3"


def test_the_newest_runs_come_first_and_by_flow(pipeline: Pipeline, people: People) -> None:
    first, second = pipeline.start(records=1), pipeline.start(records=1)
    shown = people.viewer.get("/runs", params={"flow": "toy", "limit": 5}).json()["runs"]
    assert [run["id"] for run in shown] == [second, first]
    assert people.viewer.get("/runs", params={"flow": "parts"}).json()["runs"] == []
    assert people.viewer.get("/runs", params={"flow": "nope"}).json()["code"] == "unknown_flow"


def test_what_cannot_be_run_is_refused_with_its_code(people: People) -> None:
    def code(body: dict[str, Any]) -> tuple[int, str]:
        answer = people.operator.post("/runs", json=body)
        return answer.status_code, answer.json()["code"]

    both = {"force_automation": True, "force_manual": True}
    assert code({"flow": "parts", "options": both}) == (400, "both_forced")
    assert code({"flow": "parts", "limit": 1001}) == (400, "bad_limit")
    assert code({"flow": "parts", "options": {"colour": "red"}}) == (400, "unknown_option")
    assert code({"flow": "parts", "settings": {"max_batch_size": 0}}) == (400, "bad_setting")
    assert code({"flow": "parts", "settings": {"max_bach_size": 1}}) == (400, "unknown_setting")
    assert code({"flow": "parts", "run_id": "mine"}) == (400, "bad_run_id")
    assert code({"flow": "none"}) == (404, "unknown_flow")


def test_a_run_id_is_used_once(people: People) -> None:
    body = {"flow": "parts", "run_id": "parts_monday"}
    assert people.operator.post("/runs", json=body).status_code == 202
    assert people.operator.post("/runs", json=body).status_code == 409


def test_a_cancelled_run_says_whether_it_had_ended(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=5)
    assert people.operator.post(f"/runs/{run}/cancel").json() == {"run_id": run, "cancelled": True}
    pipeline.drive()
    assert people.operator.post(f"/runs/{run}/cancel").json()["cancelled"] is False
    assert people.viewer.get(f"/runs/{run}").json()["state"] == "cancelled"


def test_failed_items_are_tried_again(pipeline: Pipeline, people: People) -> None:
    script = {"key00001": {"hash": "fail"}, "key00002": {"stage": "fail"}}
    run = pipeline.start(records=4, script=script)
    pipeline.drive()
    assert people.operator.post(f"/runs/{run}/retry", json={"reason": "other"}).json()["retried"] == 0
    assert people.operator.post(f"/runs/{run}/retry", json={"step": "nowhere"}).status_code == 404
    assert people.operator.post(f"/runs/{run}/retry", json={"step": "push"}).json()["retried"] == 2
    pipeline.drive()
    assert people.viewer.get(f"/runs/{run}").json()["figures"]["done"] == 4


def test_a_run_that_waits_for_a_budget_says_until_when(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=2, raises="wait")
    while not people.viewer.get(f"/runs/{run}").json()["waiting_for"]["lanes"]:
        pipeline.deliver(pipeline.tasks.waiting.pop(0))
    shown = people.viewer.get(f"/runs/{run}").json()
    lane = shown["waiting_for"]["lanes"][0]
    assert (lane["lane"], lane["reason"]) == (f"{run}/scrape", "quota_day")
    assert shown["view"].startswith("waits for quota_day until ")
    assert people.viewer.get("/metrics").json()["lanes"][0]["wait_reason"] == "quota_day"


def test_a_run_that_does_not_add_up_is_never_green(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=5)
    pipeline.drive()
    pipeline.sql("insert into run_counts (tenant_id, run_id, done) values ('default', %s, 1)", run)
    assert people.viewer.get(f"/runs/{run}").json()["adds_up"] is False
    checks = {check["name"]: check for check in people.operator.get("/doctor").json()["checks"]}
    assert checks["balance"]["ok"] is False
    assert run in checks["balance"]["detail"]


def test_items_are_paged_and_filtered(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=5, script={"key00003": {"decide": "skip"}})
    pipeline.drive()
    first = people.viewer.get(f"/runs/{run}/items", params={"limit": 3}).json()
    rest = people.viewer.get(f"/runs/{run}/items", params={"limit": 3, "after": first["next"]}).json()
    assert [item["key"] for item in first["items"] + rest["items"]] == [f"key0000{n}" for n in range(5)]
    assert rest["next"] is None
    skipped = people.viewer.get(f"/runs/{run}/items", params={"state": "skipped", "reason": "same"}).json()
    assert [item["key"] for item in skipped["items"]] == ["key00003"]


def test_a_record_tells_its_story(pipeline: Pipeline, people: People) -> None:
    for _ in range(2):
        pipeline.start(records=2, script={"key00001": {"decide": "manual"}})
        pipeline.drive()
    stories = people.viewer.get("/timeline", params={"flow": "toy", "key": "key00001"}).json()["timelines"]
    assert len(stories) == 2
    assert stories[0]["item"]["id"] > stories[1]["item"]["id"]
    assert [event["kind"] for event in stories[1]["events"]] == ["next", "manual"]
    assert stories[1]["manual_tasks"][0]["state"] == "open"
    one = people.viewer.get(f"/items/{stories[0]['item']['id']}/timeline").json()
    assert one == stories[0]
    assert people.viewer.get("/items/999999/timeline").json()["code"] == "unknown_item"
    assert (
        people.viewer.get("/timeline", params={"flow": "toy", "key": "none"}).json()["code"] == "unknown_key"
    )
