"""How things stand, and whether they are in order, by HTTP."""

from common.quotas import per_utc_day
from tests.integration.api.conftest import People
from tests.support.harness import Pipeline


def test_quotas_are_told_as_they_are_now(pipeline: Pipeline, people: People) -> None:
    pipeline.services.quotas.reserve("default", "vendor", {"day": per_utc_day(10)}, units=4)
    [quota] = people.viewer.get("/quotas").json()
    assert (quota["account"], quota["capacity"], quota["used"], quota["remaining"]) == ("vendor", 10, 4, 6)
    pipeline.advance(86_400)
    assert people.viewer.get("/quotas").json()[0]["used"] == 0
    assert people.stranger.get("/quotas").json() == []


def test_a_forged_event_is_found(pipeline: Pipeline, people: People) -> None:
    run = pipeline.start(records=2)
    pipeline.drive()
    whole = people.viewer.get("/verify", params={"run_id": run}).json()
    assert (whole["streams"], whole["faults"]) == (1, [])
    pipeline.sql("""update events set body = '{"reason": "forged"}' where step = 'hash'""")
    [fault] = people.viewer.get("/verify").json()["faults"]
    assert (fault["stream"], fault["problem"]) == (run, "events were changed")
    assert people.viewer.get("/verify", params={"run_id": "toy_none"}).json()["code"] == "unknown_run"


def test_doctor_says_what_is_wrong_and_what_to_do(pipeline: Pipeline, people: People) -> None:
    found = people.operator.get("/doctor").json()
    wrong = {check["name"]: check["fix"] for check in found["checks"] if not check["ok"]}
    assert found["ok"] is False
    assert wrong == {"warehouse": "Load one: `shelfline load parts FILE`, or `shelfline load orders FILE`."}
    people.operator.post("/load/parts", files={"file": ("p.csv", "pn\nA\n")})
    assert people.operator.get("/doctor").json()["ok"] is True


def test_doctor_misses_no_table_where_only_designs_are_uploaded(people: People) -> None:
    people.operator.post("/designs/start-upload", json={"files": [{"filename": "a.png", "size": 1}]})
    assert people.operator.get("/doctor").json()["ok"] is True


def test_doctor_notices_wake_ups_that_do_not_come(pipeline: Pipeline, people: People) -> None:
    pipeline.start(records=1)
    pipeline.advance(600)
    pipeline.sql("update chunks set woken_at = clock_timestamp() - interval '1 h'")
    checks = {check["name"]: check for check in people.operator.get("/doctor").json()["checks"]}
    assert checks["wake_ups"]["ok"] is False


def test_doctor_asks_vendors_only_when_told_to(people: People) -> None:
    assert "digikey" not in [check["name"] for check in people.operator.get("/doctor").json()["checks"]]
    checks = people.operator.get("/doctor", params={"vendors": True}).json()["checks"]
    digikey = next(check for check in checks if check["name"] == "digikey")
    assert digikey["ok"] is False
    assert "shelfline connect digikey" in digikey["detail"]


def test_the_overview_counts_what_waits(pipeline: Pipeline, people: People) -> None:
    pipeline.start(records=2, script={"key00001": {"decide": "manual"}})
    before = people.viewer.get("/metrics").json()
    assert (before["active_runs"], before["chunks_ready"]) == (1, 1)
    pipeline.drive()
    after = people.viewer.get("/metrics").json()
    assert (after["active_runs"], after["tasks_open"], after["lanes"]) == (0, 1, [])
    assert after["oldest_task_seconds"] >= 0
