"""The Cloud Scheduler stand-in, calling a real HTTP server."""

import json
import time
import urllib.error
from datetime import UTC, datetime, timedelta

import pytest
from google.auth import jwt

from infra.local.clock import SharedClock
from infra.local.keys import Signer
from tests.integration.emulator_process import EmulatorProcess, until
from tests.integration.recording_target import RecordingTarget, Reply

ACCOUNT = "caller@shelfline-test.iam.gserviceaccount.com"
DAY = 24 * 3600


@pytest.fixture(scope="module")
def target():
    target = RecordingTarget()
    yield target
    target.close()


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory, target):
    """A scheduler whose jobs are far from due, unless the clock is moved by days."""
    folder = tmp_path_factory.mktemp("scheduler")
    in_half_a_year = (datetime.now(UTC) + timedelta(days=180)).month
    not_soon = f"0 4 1 {in_half_a_year} *"
    often = {"retry_count": 2, "min_backoff_seconds": 0.1}
    jobs = [
        {"name": "daily", "schedule": "30 2 * * *", "url": target.url + "/daily", "body": {"flow": "prices"}},
        {
            "name": "forced",
            "schedule": not_soon,
            "url": target.url + "/forced",
            "service_account": ACCOUNT,
        },
        {"name": "failing", "schedule": not_soon, "url": target.url + "/failing", **often},
        {"name": "broken", "schedule": not_soon, "url": target.url + "/broken", **often},
        {"name": "slow", "schedule": not_soon, "url": target.url + "/slow"},
    ]
    (folder / "jobs.json").write_text(json.dumps(jobs))
    scheduler = EmulatorProcess(
        "infra.local.emulators.scheduler",
        *("--jobs", str(folder / "jobs.json"), "--keys", str(folder), "--clock", str(folder / "clock")),
    )
    scheduler.folder = folder
    yield scheduler
    assert scheduler.stop() == 0


def job(scheduler, name):
    """What /jobs says of one job."""
    return next(each for each in scheduler.get("/jobs") if each["name"] == name)


def wait_for_runs(scheduler, name, count):
    """The job when it has run so often."""
    return until(lambda: (found := job(scheduler, name))["runs"] >= count and found)


def test_a_job_runs_at_its_time_and_only_the_latest_of_the_times_that_were_jumped_over(scheduler, target):
    clock = SharedClock(scheduler.folder / "clock")
    assert target.calls("/daily") == []
    clock.set_offset(10 * DAY)
    (call,) = target.wait_for("/daily", 1, within=3)
    wait_for_runs(scheduler, "daily", 1)
    due = datetime.fromisoformat(call.headers["X-CloudScheduler-ScheduleTime"])
    assert 0 <= clock.timestamp() - due.timestamp() < DAY
    assert (due.hour, due.minute, due.second) == (2, 30, 0)
    assert (call.method, json.loads(call.body)) == ("POST", {"flow": "prices"})
    clock.set_offset(11 * DAY)
    target.wait_for("/daily", 2, within=3)
    assert len(target.calls("/daily")) == 2


def test_a_forced_run_carries_the_headers_and_the_token_of_the_service(scheduler, target):
    scheduler.post("/jobs/forced:run")
    (call,) = target.wait_for("/forced", 1)
    assert call.headers["User-Agent"] == "Google-Cloud-Scheduler"
    assert call.headers["X-CloudScheduler"] == "true"
    assert call.headers["X-CloudScheduler-JobName"] == "forced"
    token = call.headers["Authorization"].removeprefix("Bearer ")
    certificates = Signer.load_or_create(scheduler.folder).certificates()
    claims = jwt.decode(token, certs=certificates, audience=target.url + "/forced")
    assert claims["email"] == ACCOUNT


def test_jobs_are_listed_with_their_next_time_and_their_last_run(scheduler):
    before = job(scheduler, "forced")["runs"]
    scheduler.post("/jobs/forced:run")
    found = wait_for_runs(scheduler, "forced", before + 1)
    next_run = datetime.fromisoformat(found["next_run"])
    assert (next_run.day, next_run.hour, next_run.minute) == (1, 4, 0)
    assert next_run > datetime.now(UTC) + timedelta(days=100)
    assert (found["last_run"]["status"], found["last_run"]["succeeded"]) == (200, True)


def test_a_call_that_fails_is_tried_again_with_growing_delays_until_it_succeeds(scheduler, target):
    target.plan("/failing", Reply(500), Reply(503), Reply(200))
    scheduler.post("/jobs/failing:run")
    found = wait_for_runs(scheduler, "failing", 1)
    first, second, third = target.calls("/failing")
    assert second.started - first.ended >= 0.1
    assert third.started - second.ended >= 0.2
    assert (found["last_run"]["attempts"], found["last_run"]["succeeded"]) == (3, True)


def test_a_run_is_given_up_after_its_last_retry(scheduler, target):
    target.plan("/broken", Reply(500))
    scheduler.post("/jobs/broken:run")
    last = wait_for_runs(scheduler, "broken", 1)["last_run"]
    assert (last["attempts"], last["status"], last["succeeded"]) == (3, 500, False)


def test_a_job_never_overlaps_with_itself(scheduler, target):
    target.plan("/slow", Reply(200, wait=0.3))
    scheduler.post("/jobs/slow:run")
    until(lambda: job(scheduler, "slow")["running"])
    scheduler.post("/jobs/slow:run")
    first, second = target.wait_for("/slow", 2)
    assert second.started >= first.ended


def test_a_planted_fault_is_met_and_used_up(scheduler, target):
    runs, calls = job(scheduler, "forced")["runs"], len(target.calls("/forced"))
    fault = scheduler.plant("scheduler.call", "lose_answer", match={"job": "forced"})
    scheduler.post("/jobs/forced:run")
    target.wait_for("/forced", calls + 1)
    until(lambda: scheduler.struck(fault) == 1)
    assert job(scheduler, "forced")["runs"] == runs  # it waits to try again
    SharedClock(scheduler.folder / "clock").set_offset(12 * DAY)
    assert wait_for_runs(scheduler, "forced", runs + 1)["last_run"]["attempts"] == 2


def test_a_job_that_does_not_exist_is_not_found(scheduler):
    with pytest.raises(urllib.error.HTTPError, match="404") as error:
        scheduler.post("/jobs/none:run")
    with error.value as answer:
        assert "daily" in json.load(answer)["error"]


def test_a_job_every_few_seconds_keeps_running(tmp_path, target):
    jobs = [{"name": "sweep", "every_seconds": 0.5, "url": target.url + "/sweep"}]
    (tmp_path / "jobs.json").write_text(json.dumps(jobs))
    scheduler = EmulatorProcess(
        "infra.local.emulators.scheduler",
        *("--jobs", str(tmp_path / "jobs.json"), "--keys", str(tmp_path), "--clock", str(tmp_path / "clock")),
    )
    before = time.monotonic()
    calls = target.wait_for("/sweep", 3)
    assert scheduler.stop() == 0
    assert time.monotonic() - before < 3
    assert len({call.headers["X-CloudScheduler-ScheduleTime"] for call in calls}) == len(calls)
