"""shelfline run: what it asks for, what it says, how it exits."""

import json
from datetime import timedelta
from typing import Any

import pytest
import requests

from common.command_line.watch import LOCAL_BEYOND
from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import (
    RUN_ID,
    START,
    FakeApi,
    FakeClock,
    FakeConnections,
    a_run,
    lines_of,
    quiet,
    working,
)

STARTED = {"run_id": RUN_ID, "flow": "parts", "state": "pending", "status_url": f"/runs/{RUN_ID}"}
REMOTE = ("--url", "https://api.example.org", "--token", "slt_x")


@pytest.fixture(autouse=True)
def _started(api: FakeApi) -> None:
    api.on("POST", "/runs", (202, STARTED))


def ends_as(api: FakeApi, *runs: dict[str, Any]) -> None:
    api.on("GET", f"/runs/{RUN_ID}", *runs)


def test_every_option_reaches_the_api(api: FakeApi, shelfline: Shelf) -> None:
    ends_as(api, a_run())
    words = "run parts --limit 5 --priority-threshold 0 --part-number A --part-number B --manufacturer TI"
    more = "--force-manual --mode test --batch-size 7 --set max_daily_tasks=9 --tenant acme"
    assert shelfline(*words.split(), *more.split()).exit_code == 0
    assert api.asked[0].body == {
        "flow": "parts",
        "limit": 5,
        "mode": "TEST",
        "tenant": "acme",
        "settings": {"max_daily_tasks": "9", "batch_size": 7},
        "options": {
            "priority_threshold": 0.0,
            "part_numbers": ["A", "B"],
            "manufacturer": "TI",
            "force_manual": True,
        },
    }
    assert api.asked[0].headers["Authorization"] == "Bearer slt_local"


def test_what_was_not_said_is_left_to_the_api(api: FakeApi, shelfline: Shelf) -> None:
    ends_as(api, a_run())
    shelfline("run", "parts")
    assert api.asked[0].body == {"flow": "parts"}


@pytest.mark.parametrize(
    ("run", "code"),
    [
        (a_run(), 0),
        (a_run(state="waiting", view="waits for people"), 0),
        (a_run(adds_up=False), 1),
        (a_run(state="waiting", adds_up=False), 1),
        (a_run(state="failed", error={"message": "BigQuery cannot be reached"}), 1),
        (a_run(state="cancelled"), 1),
    ],
)
def test_the_exit_code_tells_whether_it_is_done_and_adds_up(
    api: FakeApi, shelfline: Shelf, run: dict[str, Any], code: int
) -> None:
    ends_as(api, working(), run)
    assert shelfline("run", "parts").exit_code == code
    assert shelfline("run", "parts", "--json").exit_code == code


def test_afterwards_it_says_what_became_of_everything_and_what_is_next(
    api: FakeApi, shelfline: Shelf
) -> None:
    ends_as(api, a_run(state="waiting", view="waits for people"))
    page = lines_of([shelfline("run", "parts").stdout])
    for words in (
        "fetched 10",
        "done 7",
        "catalog 7",
        "bigquery 7",
        "workflow_generated) 1",
        "automation_fallback) 1",
        "no_match 2",
        "AUTOMATION 8",
        "2 tasks wait for a person: shelfline tasks claim",
        "Business time 1 min 15 s",
    ):
        assert words in page


def test_the_error_of_a_failed_run_is_shown(api: FakeApi, shelfline: Shelf) -> None:
    ends_as(
        api, a_run(state="failed", error={"code": "unavailable", "message": "BigQuery cannot be reached"})
    )
    assert "BigQuery cannot be reached" in shelfline("run", "parts").stdout


def test_json_is_the_run_and_nothing_else(api: FakeApi, shelfline: Shelf) -> None:
    ends_as(api, working(), a_run())
    result = shelfline("run", "parts", "--json")
    assert json.loads(result.stdout) == a_run()
    assert "working" in result.stderr


def test_without_waiting_the_id_is_enough(api: FakeApi, shelfline: Shelf) -> None:
    assert json.loads(shelfline("run", "parts", "--no-wait", "--json").stdout) == STARTED
    assert RUN_ID in shelfline("run", "parts", "--no-wait").stdout
    assert {asked.method for asked in api.asked} == {"POST"}


def test_both_forces_are_bad_usage_and_nothing_is_asked(api: FakeApi, shelfline: Shelf) -> None:
    result = shelfline("run", "parts", "--force-manual", "--force-automation")
    assert result.exit_code == 2
    assert "exclude each other" in result.stderr
    assert api.asked == []


@pytest.mark.parametrize(
    "words",
    [
        "run parts --limit 0",
        "run parts --limit many",
        "run parts --priority-threshold 1.5",
        "run parts --mode MAYBE",
        "run parts --set novalue",
        "run parts --set a=1 --set a=2",
        "run parts --batch-size 3 --set batch_size=4",
        "run",
        "run parts --no-such-option",
        "rnu parts",
    ],
)
def test_bad_words_exit_with_2_and_one_json_object(api: FakeApi, shelfline: Shelf, words: str) -> None:
    assert shelfline(*words.split()).exit_code == 2
    result = shelfline(*words.split(), "--json")
    assert result.exit_code == 2
    assert set(json.loads(result.stdout)["error"]) == {"code", "message"}
    assert api.asked == []


@pytest.mark.parametrize(
    ("status", "code", "exit_code"),
    [
        (400, "bad_limit", 2),
        (404, "unknown_flow", 2),
        (401, "unauthenticated", 1),
        (403, "role_too_low", 1),
        (409, "conflict", 1),
        (500, "misconfigured", 1),
        (503, "unavailable", 1),
    ],
)
def test_the_apis_errors_keep_their_code(
    api: FakeApi, shelfline: Shelf, status: int, code: str, exit_code: int
) -> None:
    api.on("POST", "/runs", (status, {"code": code, "detail": "Do this instead."}))
    result = shelfline("run", "parts", "--json")
    assert json.loads(result.stdout) == {"error": {"code": code, "message": "Do this instead."}}
    assert result.exit_code == exit_code
    assert "Do this instead." in shelfline("run", "parts").stderr


def test_when_nothing_listens_it_says_how_to_start_it(api: FakeApi, shelfline: Shelf) -> None:
    api.on("POST", "/runs", requests.ConnectionError())
    result = shelfline("run", "parts")
    assert result.exit_code == 1
    assert "The local stack is not running: `shelfline up` starts it." in result.stderr


def test_the_local_clock_moves_when_there_is_nothing_to_do(
    api: FakeApi, clock: FakeClock, shelfline: Shelf
) -> None:
    until = START + timedelta(hours=9)
    ends_as(api, quiet(until), quiet(until), a_run())
    result = shelfline("run", "parts", "--json")
    assert clock.jumps == [until + LOCAL_BEYOND]
    assert "moving the clock" in result.stderr
    assert json.loads(result.stdout) == a_run()


def test_real_time_is_kept_when_asked(api: FakeApi, clock: FakeClock, shelfline: Shelf) -> None:
    ends_as(api, *[quiet(START + timedelta(hours=9))] * 5, a_run())
    assert shelfline("run", "parts", "--no-fast-forward").exit_code == 0
    assert clock.jumps == []


def test_a_deployments_clock_never_moves_and_a_long_wait_ends_following(
    api: FakeApi, clock: FakeClock, shelfline: Shelf
) -> None:
    far = START.replace(year=2099)
    ends_as(api, quiet(far))
    result = shelfline("run", "parts", *REMOTE)
    assert result.exit_code == 0
    assert "2099-01-01 14:02:22 UTC" in result.stderr
    assert clock.jumps == []


def test_a_deployment_is_waited_for_when_asked(api: FakeApi, shelfline: Shelf) -> None:
    ends_as(api, *[quiet(START.replace(year=2099))] * 4, a_run())
    result = shelfline("run", "parts", *REMOTE, "--wait-quota", "--json")
    assert json.loads(result.stdout)["state"] == "completed"


@pytest.mark.parametrize("as_json", [(), ("--json",)])
def test_ctrl_c_leaves_the_run_going_and_says_how_to_come_back(
    api: FakeApi, shelfline: Shelf, connections: FakeConnections, as_json: tuple[str, ...]
) -> None:
    def interrupt() -> None:
        raise KeyboardInterrupt

    connections.on_pause = interrupt
    ends_as(api, working())
    result = shelfline("run", "parts", *as_json)
    assert result.exit_code == 130
    assert f"shelfline status {RUN_ID}" in result.output
    assert all(asked.path != f"/runs/{RUN_ID}/cancel" for asked in api.asked)
