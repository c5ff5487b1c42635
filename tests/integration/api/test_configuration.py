"""Settings by HTTP, and what they would change."""

from tests.integration.api.conftest import People
from tests.support.harness import Pipeline


def test_settings_tell_value_origin_and_range(people: People) -> None:
    people.admin.put("/config", json={"settings": {"MAX_DAILY_TASKS": "25"}})
    shown = people.viewer.get("/config", params={"flow": "parts"}).json()["settings"]
    assert (shown["max_daily_tasks"]["value"], shown["max_daily_tasks"]["origin"]) == (25, "tenant")
    assert shown["max_daily_tasks"]["default"] == 1000
    assert shown["max_daily_tasks"]["range"] == "a whole number from 1 to 10000"
    assert shown["completeness_high"]["origin"] == "default"


def test_a_stored_setting_is_taken_back(people: People) -> None:
    people.admin.put("/config", json={"settings": {"max_daily_tasks": 25}})
    shown = people.admin.delete("/config/max_daily_tasks").json()["settings"]
    assert (shown["max_daily_tasks"]["value"], shown["max_daily_tasks"]["origin"]) == (1000, "default")
    assert people.admin.delete("/config/max_daily_tasks").status_code == 404


def test_settings_are_stored_all_or_none(people: People) -> None:
    wrong = people.admin.put("/config", json={"settings": {"max_daily_tasks": 25, "max_batch_size": 5000}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_setting")
    unknown = people.admin.put("/config", json={"settings": {"max_daily_task": 25}})
    assert (unknown.json()["code"], "Did you mean" in unknown.json()["detail"]) == ("unknown_setting", True)
    assert people.admin.put("/config", json={"settings": {}}).json()["code"] == "nothing_to_do"
    assert people.viewer.get("/config").json()["settings"]["max_daily_tasks"]["value"] == 1000


def test_settings_that_do_not_go_together_with_stored_ones_are_refused(people: People) -> None:
    people.admin.put("/config", json={"settings": {"completeness_high": 0.6}})
    wrong = people.admin.put("/config", json={"settings": {"completeness_medium": 0.7}})
    assert (wrong.status_code, wrong.json()["code"]) == (400, "bad_setting")


def test_a_change_of_settings_is_an_event_that_is_sealed(pipeline: Pipeline, people: People) -> None:
    people.admin.put("/config", json={"settings": {"max_daily_tasks": 25}})
    body = pipeline.one("select body from events where stream = 'tenant/default'")
    assert body == {"before": {"max_daily_tasks": None}, "after": {"max_daily_tasks": 25}, "by": "the admin"}
    assert people.viewer.get("/verify").json() == {"streams": 1, "blocks": 1, "events": 1, "faults": []}


def test_a_run_works_with_what_the_tenant_has_stored_unless_the_request_says_else(
    pipeline: Pipeline, people: People
) -> None:
    people.admin.put("/config", json={"settings": {"max_batch_size": 7, "lease_seconds": 90}})
    people.operator.post("/runs", json={"flow": "toy", "settings": {"max_batch_size": 3}})
    values = pipeline.one("select settings->'values' from runs")
    assert (values["max_batch_size"], values["lease_seconds"]) == (3, 90)


def test_what_if_shows_which_decisions_would_change(pipeline: Pipeline, people: People) -> None:
    csv = "pn,maker,category,title,description,priority_score\n"
    csv += "".join(f"P{n},Acme,Logic,t,a description,{score}\n" for n, score in enumerate((10, 25, 45, 70)))
    people.operator.post("/load/parts", files={"file": ("parts.csv", csv)})
    people.operator.post("/runs", json={"flow": "parts", "mode": "TEST"})
    for _ in range(2):  # the source, then the decision; nothing is asked of a vendor
        pipeline.deliver(pipeline.tasks.waiting.pop(0))
    asked = {"flow": "parts", "settings": {"priority_min": 0.6}}
    forecast = people.viewer.post("/what-if", json=asked).json()
    assert (forecast["decisions"], forecast["changed"], forecast["undecidable"]) == (4, 1, 0)
    assert forecast["by"] == [
        {
            "from_route": "AUTOMATION",
            "to_route": "MANUAL",
            "rule_from": "medium_good_confidence",
            "rule_to": "medium_low_confidence",
            "count": 1,
        }
    ]
    assert forecast["examples"] == [{"key": "acme|p2", "from_route": "AUTOMATION", "to_route": "MANUAL"}]
    assert people.viewer.post("/what-if", json={**asked, "settings": {}}).json()["changed"] == 0
    assert people.viewer.post("/what-if", json={**asked, "flow": "toy"}).json()["code"] == "no_policy"
    assert people.viewer.get("/config").json()["settings"]["priority_min"]["value"] == 0.3
