"""The first version's paths: the same runs and tasks in its words."""

from tests.integration.api.conftest import People
from tests.support.harness import Pipeline


def test_a_batch_is_started_under_an_id_of_one_s_own(people: People) -> None:
    answer = people.operator.post("/workflow/run", json={"limit": 10, "batch_id": "monday"}).json()
    assert answer["status"] == "success"
    assert answer["data"] == {
        "batch_id": "parts_monday",
        "estimated_processing_time": 20.0,
        "status_endpoint": "/workflow/status/parts_monday",
    }
    assert "assumption" in answer["message"]
    for name in ("monday", "parts_monday"):
        status = people.viewer.get(f"/workflow/status/{name}").json()["data"]
        assert (status["batch_id"], status["background_status"], status["overall_status"]) == (
            "parts_monday",
            "starting",
            "in_progress",
        )
    assert people.viewer.get("/workflow/status/none").status_code == 404


def test_a_batch_tells_its_tasks_and_results(pipeline: Pipeline, people: People) -> None:
    people.operator.post("/load/parts", files={"file": ("p.csv", "pn,maker\nA,Acme\nB,Acme\n")})
    batch = people.operator.post("/workflow/run", json={"force_manual": True}).json()["data"]["batch_id"]
    pipeline.drive()
    status = people.viewer.get(f"/workflow/status/{batch}").json()["data"]
    assert status["manual_tasks"] == {"total": 2, "status_breakdown": {"open": 2}}
    assert status["automation_tasks"] == {"total": 0, "status_breakdown": {}}
    assert (status["overall_status"], status["background_status"]) == ("in_progress", "completed")
    assert status["workflow_results"]["figures"]["manual"] == 2
    pending = people.viewer.get("/workflow/pending", params={"limit": 1, "priority": "medium"}).json()["data"]
    assert (pending["total_count"], len(pending["tasks"]), pending["tasks"][0]["current_status"]) == (
        2,
        1,
        "initialized",
    )
    [listed] = people.viewer.get("/workflow/batches").json()["data"]
    assert listed["batch_id"] == batch
    assert people.operator.delete(f"/workflow/batch/{batch}").json()["data"]["cancelled"] is True
    ended = people.viewer.get(f"/workflow/status/{batch}").json()["data"]
    assert (ended["overall_status"], ended["background_status"]) == ("completed_with_failures", "cancelled")


def test_an_empty_batch_has_no_tasks(pipeline: Pipeline, people: People) -> None:
    people.operator.post("/load/parts", files={"file": ("p.csv", "pn,maker\nA,Acme\n")})
    batch = people.operator.post("/workflow/run", json={"priority_threshold": 0.9}).json()["data"]["batch_id"]
    pipeline.drive()
    assert people.viewer.get(f"/workflow/status/{batch}").json()["data"]["overall_status"] == "no_tasks"


def test_wrong_requests_are_refused(people: People) -> None:
    both = people.operator.post("/workflow/run", json={"force_automation": True, "force_manual": True})
    assert (both.status_code, both.json()["code"]) == (400, "both_forced")
    assert people.operator.post("/workflow/run", json={"limit": 0}).status_code == 400
    assert people.operator.post("/workflow/run", json={"priority_threshold": 1.1}).status_code == 400


def test_the_workflow_s_settings_are_read_and_stored(people: People) -> None:
    assert people.viewer.get("/workflow/config").json()["data"]["manual_batch_size"] == 50
    stored = people.admin.post("/workflow/config", json={"manual_batch_size": 5}).json()["data"]
    assert stored["manual_batch_size"] == 5
    unknown = people.admin.post("/workflow/config", json={"lease_seconds": 5})
    assert unknown.json()["code"] == "unknown_setting"


def test_health_needs_no_token(people: People) -> None:
    assert people.nobody.get("/workflow/health").json()["data"]["status"] == "ok"
    assert people.nobody.get("/health").json()["database"] == "ok"
