"""Every other command: what it asks the API, what it shows, how it exits."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import RUN_ID, FakeApi, a_run

TASK = {
    "id": 17,
    "key": "NE555P|TI",
    "run_id": RUN_ID,
    "state": "claimed",
    "claimed_by": "ada",
    "fence": 4,
    "lease_until": "2030-01-01T14:30:00Z",
    "priority": "HIGH",
    "task_type": "automation_fallback",
    "reason": "no_match",
    "record": {"part_number": "NE555P"},
    "evidence": [{"tried": "keyword search", "found": 0}],
}
ROW = {
    "id": 5,
    "flow": "parts",
    "source": "mine.csv",
    "row_number": 7,
    "problems": [{"column": "score", "reason": "not_a_number", "detail": "A number from 0 to 1."}],
    "raw": {"part_number": "X", "score": "many"},
    "state": "open",
}
SETTING = {
    "value": 9,
    "origin": "tenant",
    "default": 5,
    "range": "1 to 10",
    "unit": "items",
    "help": "How many.",
}
CONFIG = {"settings": {"max_daily_tasks": SETTING}, "ignored": ["max_dayly_tasks"]}
LOADED = {"flow": "parts", "file": "mine.csv", "read": 3, "loaded": 2, "rejected": 1}
PROBLEM = {"row": 3, "column": "score", "reason": "not_a_number", "detail": "A number.", "value": "many"}
CHANGE = {"id": 31, "target": "catalog", "key": "NE555P|TI", "operation": "update", "state": "pending"}
EVENT = {"at": "2030-01-01T14:00:00Z", "step": "decide", "kind": "done", "body": {"rule": 3}}
STORY = {
    "item": {"id": 4711, "key": "NE555P|TI"},
    "events": [EVENT],
    "decision": {"rule": 3},
    "effects": [{"a": 1}],
}
QUOTA = {
    "account": "digikey",
    "dimension": "day",
    "kind": "window",
    "capacity": 1000,
    "used": 20,
    "remaining": 980,
}
CHECK = {"name": "bucket", "ok": False, "detail": "missing", "fix": "Make the bucket."}
BY = {"from_route": "AUTOMATION", "to_route": "MANUAL", "rule_from": 2, "rule_to": 4, "count": 3}
IDS = {"ids": [31, 32]}

Case = tuple[str, str, str, Any, Any, Sequence[str]]
CASES: list[Case] = [
    # words, method, path, what was sent (query or body), answer, what is shown
    ("status", "GET", "/runs", {"limit": "20"}, {"runs": [a_run()]}, [RUN_ID, "10 fetched", "7 done"]),
    (
        "status --flow parts --limit 3",
        "GET",
        "/runs",
        {"flow": "parts", "limit": "3"},
        {"runs": []},
        ["no runs"],
    ),
    (f"status {RUN_ID}", "GET", f"/runs/{RUN_ID}", {}, a_run(), ["automation_fallback", "completed"]),
    (
        f"cancel {RUN_ID}",
        "POST",
        f"/runs/{RUN_ID}/cancel",
        {},
        {"run_id": RUN_ID, "cancelled": True},
        ["being cancelled"],
    ),
    (
        f"cancel {RUN_ID}",
        "POST",
        f"/runs/{RUN_ID}/cancel",
        {},
        {"run_id": RUN_ID, "cancelled": False},
        ["ended before"],
    ),
    (
        f"retry {RUN_ID} --step scrape --reason timeout",
        "POST",
        f"/runs/{RUN_ID}/retry",
        {"step": "scrape", "reason": "timeout"},
        {"run_id": RUN_ID, "retried": 4},
        ["4 items"],
    ),
    (
        f"retry {RUN_ID}",
        "POST",
        f"/runs/{RUN_ID}/retry",
        {},
        {"run_id": RUN_ID, "retried": 0},
        ["nothing was changed"],
    ),
    (
        "pending --priority high --limit 5 --all",
        "GET",
        "/manual/tasks",
        {"state": "open", "priority": "HIGH", "limit": "5", "all": "True"},
        {"tasks": [TASK], "total": 9},
        ["NE555P|TI", "automation_fallback", "1 of 9"],
    ),
    ("pending", "GET", "/manual/tasks", {"state": "open"}, {"tasks": [], "total": 0}, ["--all"]),
    (
        "tasks list --flow parts --state completed --type T --run R --editor a --part-number N",
        "GET",
        "/manual/tasks",
        {
            "flow": "parts",
            "state": "completed",
            "task_type": "T",
            "run_id": "R",
            "editor": "a",
            "part_number": "N",
        },
        {"tasks": [TASK], "total": 1},
        ["ada"],
    ),
    (
        "tasks claim --editor ada --count 2 --priority low --flow parts",
        "POST",
        "/manual/tasks/claim",
        {"editor": "ada", "count": 2, "flow": "parts", "priority": "LOW"},
        {"tasks": [TASK]},
        ["NE555P", "keyword search", "shelfline tasks complete 17"],
    ),
    (
        "tasks claim --editor ada",
        "POST",
        "/manual/tasks/claim",
        {"editor": "ada", "count": 1},
        {"tasks": []},
        ["No task"],
    ),
    (
        "tasks claim 17 --editor ada",
        "POST",
        "/manual/tasks/17/claim",
        {"editor": "ada"},
        TASK,
        ["Yours until"],
    ),
    (
        "tasks show 17",
        "GET",
        "/manual/tasks/17",
        {},
        TASK | {"answer": {"note": "found"}},
        ["no_match", "found"],
    ),
    (
        "tasks hand-back 17 --fence 4 --note unclear",
        "POST",
        "/manual/tasks/17/hand-back",
        {"fence": 4, "note": "unclear"},
        TASK,
        ["free again"],
    ),
    (
        "tasks validate 17 --notes checked --validator bea",
        "POST",
        "/manual/tasks/17/validate",
        {"validator": "bea", "validation_notes": "checked"},
        TASK | {"validator": "bea"},
        ["confirmed by bea"],
    ),
    (
        "changes --state pending --run R",
        "GET",
        "/changes",
        {"state": "pending", "run_id": "R", "limit": "50"},
        {"changes": [CHANGE | {"diff": {"price": [None, 2]}}]},
        ["price: nothing -> 2"],
    ),
    (
        "approve 31 32 --note good",
        "POST",
        "/changes/approve",
        IDS | {"note": "good"},
        {"approved": 2, "own_work": [33]},
        ["2 changes approved", "own work", "33"],
    ),
    ("approve --run R", "POST", "/changes/approve", {"run_id": "R"}, {"approved": 1}, ["1 change approved"]),
    ("reject 31 32", "POST", "/changes/reject", IDS, {"rejected": 2}, ["2 changes rejected"]),
    ("timeline 4711", "GET", "/items/4711/timeline", {}, STORY, ["decide", "rule=3"]),
    (
        "timeline NE555P",
        "GET",
        "/timeline",
        {"flow": "parts", "key": "NE555P"},
        {"timelines": [STORY]},
        ["decide"],
    ),
    (
        "timeline 4711 --key",
        "GET",
        "/timeline",
        {"flow": "parts", "key": "4711"},
        {"timelines": []},
        ["Nothing is known"],
    ),
    (
        "what-if --set priority_high=0.7 --since-days 7 --limit 10",
        "POST",
        "/what-if",
        {"flow": "parts", "settings": {"priority_high": "0.7"}, "since_days": 7, "limit": 10},
        {
            "decisions": 9,
            "changed": 3,
            "undecidable": 4,
            "by": [BY],
            "examples": [{"key": "K", "from_route": "A", "to_route": "B"}],
        },
        ["3 of 9", "4 others", "MANUAL"],
    ),
    (
        "verify",
        "GET",
        "/verify",
        {},
        {"streams": 2, "blocks": 3, "events": 9, "faults": []},
        ["as it was written"],
    ),
    (
        "quarantine list --run R",
        "GET",
        "/quarantine",
        {"run_id": "R", "limit": "50"},
        {"rows": [ROW]},
        ["not_a_number"],
    ),
    ("quarantine list", "GET", "/quarantine", {"limit": "50"}, {"rows": []}, ["Nothing"]),
    (
        "quarantine show 5",
        "GET",
        "/quarantine",
        {"state": "all", "limit": "500"},
        {"rows": [ROW]},
        ["many", "A number from 0 to 1"],
    ),
    (
        "quarantine replay 5 6",
        "POST",
        "/quarantine/replay",
        {"flow": "parts", "ids": [5, 6]},
        {"run_id": RUN_ID, "replayed": 1, "still_bad": [{"id": 6}]},
        ["1 records", "id=6"],
    ),
    ("config", "GET", "/config", {}, CONFIG, ["max_daily_tasks", "1 to 10 items", "max_dayly_tasks"]),
    ("config --show --flow parts", "GET", "/config", {"flow": "parts"}, CONFIG, ["tenant"]),
    (
        "config --set max_daily_tasks=9",
        "PUT",
        "/config",
        {"settings": {"max_daily_tasks": "9"}},
        CONFIG,
        ["max_daily_tasks = 9 (tenant)"],
    ),
    (
        "config --unset max_daily_tasks",
        "DELETE",
        "/config/max_daily_tasks",
        {},
        CONFIG,
        ["max_daily_tasks = 9"],
    ),
    (
        "token create nightly --role operator",
        "POST",
        "/tokens",
        {"name": "nightly", "role": "operator"},
        (201, {"token": "slt_new", "name": "nightly", "role": "operator"}),
        ["slt_new", "shown this once"],
    ),
    ("token list", "GET", "/tokens", {}, {"tokens": [{"id": 3, "name": "n", "role": "viewer"}]}, ["viewer"]),
    ("token revoke 3", "DELETE", "/tokens/3", {}, (204, b""), ["not valid any more"]),
    (
        "doctor --vendors",
        "GET",
        "/doctor",
        {"vendors": "true"},
        {"ok": True, "checks": []},
        ["Everything works"],
    ),
    ("quotas", "GET", "/quotas", {}, [QUOTA], ["digikey", "980"]),
]


@pytest.mark.parametrize(
    ("words", "method", "path", "sent", "answer", "shown"), CASES, ids=[each[0] for each in CASES]
)
def test_it_asks_and_shows(
    api: FakeApi,
    shelfline: Shelf,
    words: str,
    method: str,
    path: str,
    sent: Any,
    answer: Any,
    shown: Sequence[str],
) -> None:
    api.on(method, path, answer)
    result = shelfline(*words.split(), columns=200)
    assert result.exit_code == 0, result.output
    asked = api.last()
    assert (asked.method, asked.path) == (method, path)
    assert (asked.query if method == "GET" else asked.body or {}) == sent
    assert [words for words in shown if words not in result.stdout] == []


@pytest.mark.parametrize(
    ("words", "method", "path", "sent", "answer", "shown"), CASES, ids=[each[0] for each in CASES]
)
def test_json_is_one_object(
    api: FakeApi,
    shelfline: Shelf,
    words: str,
    method: str,
    path: str,
    sent: Any,
    answer: Any,
    shown: Sequence[str],
) -> None:
    api.on(method, path, answer)
    result = shelfline(*words.split(), "--json")
    assert isinstance(json.loads(result.stdout), dict)
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "method", "path", "answer"),
    [
        ("verify", "GET", "/verify", {"faults": [{"stream": "s", "block": 1, "problem": "hash"}]}),
        ("doctor", "GET", "/doctor", {"ok": False, "checks": [CHECK]}),
        ("quarantine replay", "POST", "/quarantine/replay", {"replayed": 0, "still_bad": [5]}),
    ],
)
def test_a_finding_exits_with_1(
    api: FakeApi, shelfline: Shelf, words: str, method: str, path: str, answer: Any
) -> None:
    api.on(method, path, answer)
    assert shelfline(*words.split()).exit_code == 1


@pytest.mark.parametrize(
    "words",
    [
        "approve",
        "approve 31 --run R",
        "reject",
        "what-if",
        "what-if --set nothing",
        "config --set a=1 --unset a",
        "quarantine mend 5",
        "quarantine mend 5 --raw [] ",
        "quarantine mend 5 --raw {",
        "quarantine mend 5 --raw {} --set a=1",
        "tasks complete 17",
        "tasks complete 17 --note only",
        "tasks complete 17 --attribute novalue",
        "tasks complete 17 --file missing.json",
        "tasks show seventeen",
        "load parts missing.csv",
        "token create x --role king",
    ],
)
def test_bad_usage_exits_with_2_and_asks_for_nothing(api: FakeApi, shelfline: Shelf, words: str) -> None:
    assert shelfline(*words.split()).exit_code == 2
    assert api.asked == []


def test_doctor_says_what_to_do_when_the_api_is_away(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/doctor", requests.ConnectionError())
    result = shelfline("doctor", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["checks"][0]["fix"].endswith("`shelfline up` starts it.")


def test_a_number_that_is_no_item_is_a_part_number(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/items/1734839/timeline", (404, {"code": "unknown_item", "detail": "no"}))
    api.on("GET", "/timeline", [STORY])
    assert shelfline("timeline", "1734839").exit_code == 0
    assert api.last().query["key"] == "1734839"


def test_completing_asks_for_the_fence_of_ones_own_claim(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/manual/tasks/17", TASK).on("POST", "/manual/tasks/17/complete", TASK)
    words = (
        "tasks complete 17 --editor Ada --attribute V=5:V --extra a=b --document https://x.example/a:image"
    )
    more = "--seller Mouser --note found --source-url https://x.example"
    assert shelfline(*words.split(), *more.split()).exit_code == 0
    assert api.last().body == {
        "fence": 4,
        "editor": "Ada",
        "attributes": [{"name": "V", "value": "5", "unit": "V"}],
        "extras": [{"name": "a", "value": "b"}],
        "documents": [{"url": "https://x.example/a", "type": "image"}],
        "sellers": [{"name": "Mouser"}],
        "note": "found",
        "source_url": "https://x.example",
    }


def test_an_answer_from_a_file_is_added_to(api: FakeApi, shelfline: Shelf, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text(json.dumps({"sellers": [{"name": "A"}], "note": "from the file"}))
    api.on("POST", "/manual/tasks/17/complete", TASK)
    shelfline(
        "tasks", "complete", 17, "--fence", 4, "--editor", "ada", "--file", "answer.json", "--seller", "B"
    )
    assert api.last().body["sellers"] == [{"name": "A"}, {"name": "B"}]
    assert api.last().body["note"] == "from the file"


def test_a_file_with_other_fields_is_bad_usage(shelfline: Shelf, tmp_path: Path) -> None:
    (tmp_path / "answer.json").write_text('{"atributes": []}')
    result = shelfline("tasks", "complete", 17, "--fence", 4, "--file", "answer.json")
    assert result.exit_code == 2
    assert "atributes" in result.stderr


@pytest.mark.parametrize("changes", [{"claimed_by": "bea"}, {"state": "open", "claimed_by": None}])
def test_somebody_elses_claim_is_not_answered(
    api: FakeApi, shelfline: Shelf, changes: dict[str, Any]
) -> None:
    api.on("GET", "/manual/tasks/17", TASK | changes)
    result = shelfline("tasks", "complete", 17, "--editor", "ada", "--seller", "B", "--json")
    assert result.exit_code == 1
    assert json.loads(result.stdout)["error"]["code"] == "not_yours"


def test_mending_single_fields_keeps_the_others(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/quarantine", {"rows": [ROW]}).on("PATCH", "/quarantine/5", ROW)
    assert shelfline("quarantine", "mend", 5, "--set", "score=0.4").exit_code == 0
    assert api.last().body == {"raw": {"part_number": "X", "score": "0.4"}}


def test_a_row_that_is_not_there_exits_with_2(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/quarantine", {"rows": [ROW]})
    assert shelfline("quarantine", "mend", 6, "--set", "score=0.4").exit_code == 2


@pytest.mark.parametrize(("loaded", "code"), [(2, 0), (0, 1)])
def test_loading_says_what_could_not_be_read(
    api: FakeApi, shelfline: Shelf, tmp_path: Path, loaded: int, code: int
) -> None:
    (tmp_path / "mine.csv").write_text("pn,score\nA,1\n")
    (tmp_path / "columns.json").write_text("{}")
    api.on("POST", "/load/parts", LOADED | {"loaded": loaded, "problems": [PROBLEM] * 25})
    result = shelfline("load", "parts", "mine.csv", "--mapping", "columns.json")
    assert result.exit_code == code
    assert "not_a_number" in result.stdout
    assert "5 more" in result.stdout
    assert b'name="mapping"; filename="columns.json"' in api.last().body
    assert b"pn,score" in api.last().body


def test_the_version_needs_no_api(api: FakeApi, shelfline: Shelf) -> None:
    assert json.loads(shelfline("version", "--json").stdout) == {"version": "0.1.0"}
    assert api.asked == []
