"""The client for programs and the API mean the same paths, fields and errors."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from common.client import Shelfline
from common.errors import Conflict, Forbidden, NotFound, Unauthenticated, Usage
from common.interface.api_tokens import ensure_token
from tests.support.harness import Pipeline


@pytest.fixture
def shelfline(pipeline: Pipeline, address: str) -> Iterator[Shelfline]:
    """An admin's client."""
    with Shelfline(address, ensure_token(pipeline.services, "a program", "admin")) as made:
        yield made


def test_runs_are_started_looked_at_and_ended(pipeline: Pipeline, shelfline: Shelfline) -> None:
    run = shelfline.run("toy", mode="TEST", settings={"max_batch_size": 3}, tenant="default")["run_id"]
    assert shelfline.cancel(run) == {"run_id": run, "cancelled": True}
    pipeline.drive()
    assert shelfline.status(run)["state"] == "cancelled"
    assert [each["id"] for each in shelfline.runs(flow="toy")["runs"]] == [run]
    assert shelfline.retry(run, step="push", reason="none")["retried"] == 0
    assert shelfline.items(run, state="done", limit=5) == {"items": [], "next": None}
    with pytest.raises(Forbidden):
        shelfline.run("toy", tenant="other")
    with pytest.raises(Usage) as refused:
        shelfline.run("parts", options={"force_automation": True, "force_manual": True})
    assert refused.value.reason == "both_forced"


def test_tasks_are_claimed_handed_back_answered_and_confirmed(
    pipeline: Pipeline, shelfline: Shelfline
) -> None:
    run = pipeline.start(records=1, script={"key00000": {"decide": "manual"}})
    pipeline.drive()
    assert shelfline.tasks(all=True, run_id=run)["total"] == 1
    [task] = shelfline.claim("ann", flow="toy", priority="MEDIUM")["tasks"]
    number = str(task["id"])
    shelfline.hand_back(number, fence=task["fence"], note="later")
    with pytest.raises(Conflict):
        shelfline.complete(number, fence=task["fence"], editor="ann", answer={"sellers": [{"name": "Shop"}]})
    claimed = shelfline.claim_task(number, "ann")
    answer = {"sellers": [{"name": "Shop"}], "note": "seen", "source_url": "https://shop.example"}
    shelfline.complete(number, fence=claimed["fence"], editor="ann", answer=answer)
    with pytest.raises(Forbidden):
        shelfline.validate(number, validator="ann", notes="mine")
    shelfline.validate(number, validator="bob", notes="fits")
    assert shelfline.task(number)["validation_note"] == "fits"


def test_changes_are_listed_and_decided(pipeline: Pipeline, shelfline: Shelfline) -> None:
    run = pipeline.start("shelf", records=2)
    pipeline.drive()
    first, second = (
        change["id"] for change in shelfline.changes(flow="shelf", run_id=run, state="pending")["changes"]
    )
    assert shelfline.approve(ids=[first], note="good")["approved"] == 1
    assert shelfline.reject(ids=[second])["rejected"] == 1


def test_files_go_in_and_bad_rows_come_back(shelfline: Shelfline, tmp_path: Path) -> None:
    file, mapping = tmp_path / "parts.csv", tmp_path / "mapping.json"
    file.write_text("Number;Maker;Introduced\nA;Acme;soon\n")
    mapping.write_text('{"Number": "pn"}')
    assert shelfline.load("parts", file, mapping=mapping)["rejected"] == 1
    [row] = shelfline.quarantine(flow="parts")["rows"]
    assert row["source"] == "parts.csv"
    shelfline.mend(row["id"], {"pn": "A", "manufacturer": "Acme"})
    assert shelfline.replay("parts", ids=[row["id"]])["replayed"] == 1


def test_explanations_are_asked_for(pipeline: Pipeline, shelfline: Shelfline) -> None:
    run = pipeline.start(records=1)
    pipeline.drive()
    [story] = shelfline.timeline_of_key("key00000", flow="toy")["timelines"]
    assert shelfline.timeline(story["item"]["id"]) == story
    assert shelfline.verify(run)["faults"] == []
    assert shelfline.what_if("parts", {"priority_high": 0.7}, since_days=7, limit=10)["decisions"] == 0
    with pytest.raises(NotFound):
        shelfline.timeline_of_key("none", flow="toy")


def test_it_is_set_up(shelfline: Shelfline, address: str) -> None:
    assert shelfline.set_config({"max_daily_tasks": 5})["settings"]["max_daily_tasks"]["origin"] == "tenant"
    assert shelfline.unset_config("max_daily_tasks")["settings"]["max_daily_tasks"]["origin"] == "default"
    assert shelfline.config(flow="parts")["ignored"] == []
    made = shelfline.create_token("a job", "viewer")
    assert len(shelfline.tokens()["tokens"]) == 2
    shelfline.revoke_token(str(made["id"]))
    with Shelfline(address, made["token"]) as revoked, pytest.raises(Unauthenticated):
        revoked.runs()
    assert shelfline.quotas() == {"quotas": []}
    assert {check["name"] for check in shelfline.doctor()["checks"]} >= {"database", "balance"}
    assert shelfline.health()["status"] == "ok"
