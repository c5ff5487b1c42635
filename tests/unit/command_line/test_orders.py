"""What the command line offers for orders: options of their own, trials, rollbacks, baselines, plans, columns."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import RUN_ID, FakeApi, a_run, lines_of

STARTED = {"run_id": RUN_ID, "flow": "orders", "state": "pending", "status_url": f"/runs/{RUN_ID}"}
UNKNOWN = {"code": "unknown_option", "detail": "A run of parts has no option customer; there are: limit."}
WOULD_DO = {
    "total": 21,
    "first": [
        {
            "operation": "update",
            "board": "2001001",
            "group": "NORTHWIND SPRING SUMMER 2026",
            "name": "JW1WHITEJOO-00505",
            "differences": {"Size M": {"old": 30, "new": 31}, "NOTES": {"old": None, "new": "soon"}},
        }
    ],
}
LOADED = {"flow": "orders", "file": "orders.csv", "read": 3, "loaded": 2, "rejected": 1, "problems": []}
COLUMNS = {
    "flow": "orders",
    "version": 2,
    "columns": ["CUSTOMER NAME", "NOTES"],
    "added": ["NOTES"],
    "removed": [],
}


def a_plan(verdict: str = "stretched", **changes: Any) -> dict[str, Any]:
    work = {"creates": 90, "updates": 5, "archives": 1, "lines": 300, "groups": 2}
    cost = {"calls": 1200, "points": 4_000_000, "imported": 0}
    board = {"board": "2001001", "room": 50, "refused": 40, **work, **cost}
    fit = {"calls_a_day": 1000, "left_today": 900, "days": 2, "minutes": 3}
    return {
        "flow": "orders",
        "vendor": "monday",
        "source": {"kind": "staged", "run_id": None, "at": None, "is_outdated": False},
        "work": work,
        "boards": [board],
        **cost,
        "used_today": 100.0,
        "most_days": 1,
        "plans": [
            {"plan": "standard", "is_own": True, "verdict": verdict, **fit},
            {"plan": "free", "is_own": False, "verdict": "refused", **fit},
        ],
        **changes,
    }


def test_the_options_of_orders_reach_the_api(api: FakeApi, shelfline: Shelf) -> None:
    api.on("POST", "/runs", (202, STARTED))
    words = (
        "run orders --customer NORTHWIND --po-number 8148-00 --override-guard --replay-of orders_1 --no-wait"
    )
    assert shelfline(*words.split()).exit_code == 0
    assert api.last().body == {
        "flow": "orders",
        "options": {
            "customer": "NORTHWIND",
            "po_number": "8148-00",
            "override_guard": True,
            "replay_of": "orders_1",
        },
    }


def test_a_baseline_without_a_file_is_an_option_too(api: FakeApi, shelfline: Shelf) -> None:
    api.on("POST", "/runs", (202, STARTED))
    shelfline("run", "orders", "--baseline", "--no-wait")
    assert api.last().body["options"] == {"baseline": True}


def test_an_option_that_the_flow_does_not_know_is_refused_with_those_it_has(
    api: FakeApi, shelfline: Shelf
) -> None:
    api.on("POST", "/runs", (400, UNKNOWN))
    result = shelfline("run", "parts", "--customer", "NORTHWIND")
    assert (result.exit_code, "there are: limit" in result.stderr) == (2, True)


def test_the_help_of_the_guard_says_that_it_is_recorded(shelfline: Shelf) -> None:
    assert "this once; it is recorded" in lines_of([shelfline("run", "--help").stdout])


def test_a_trial_shows_what_it_would_do(api: FakeApi, shelfline: Shelf) -> None:
    api.on("POST", "/runs", (202, STARTED))
    run = a_run(flow="orders", mode="TEST", detail={"would_do": WOULD_DO})
    api.on("GET", f"/runs/{RUN_ID}", run)
    result = shelfline("run", "orders", "--mode", "TEST", columns=220)
    for shown in ("21 in all", "JW1WHITEJOO-00505", "Size M: 30 -> 31", "NOTES: nothing -> soon", "20 more"):
        assert shown in result.stdout
    answer = json.loads(shelfline("run", "orders", "--mode", "TEST", "--json").stdout)
    assert answer["detail"]["would_do"] == WOULD_DO


@pytest.mark.parametrize("columns", [30, 80])
def test_a_trial_is_shown_on_a_narrow_terminal(api: FakeApi, shelfline: Shelf, columns: int) -> None:
    api.on("GET", f"/runs/{RUN_ID}", a_run(detail={"would_do": WOULD_DO}))
    assert shelfline("status", RUN_ID, columns=columns, charset="ascii").exit_code == 0


def test_a_rollback_is_followed_like_a_run(api: FakeApi, shelfline: Shelf) -> None:
    api.on("POST", "/runs/orders_1/rollback", (202, STARTED))
    api.on("GET", f"/runs/{RUN_ID}", a_run(parent="orders_1"))
    result = shelfline("rollback", "orders_1", "--mode", "test", "--json")
    assert (result.exit_code, api.asked[0].body) == (0, {"mode": "TEST"})
    assert json.loads(result.stdout)["parent"] == "orders_1"
    assert shelfline("rollback", "orders_1").exit_code == 0


@pytest.mark.parametrize(("status", "code"), [(400, 2), (404, 2), (409, 1), (403, 1)])
def test_a_rollback_that_is_refused_says_why(api: FakeApi, shelfline: Shelf, status: int, code: int) -> None:
    detail = "Runs of parts cannot be rolled back; correct the records at their source."
    api.on("POST", "/runs/parts_1/rollback", (status, {"code": "no", "detail": detail}))
    result = shelfline("rollback", "parts_1")
    assert (result.exit_code, detail in result.stderr) == (code, True)


def test_a_rollback_need_not_be_waited_for(api: FakeApi, shelfline: Shelf) -> None:
    api.on("POST", "/runs/orders_1/rollback", (202, STARTED))
    assert f"{RUN_ID} is pending" in shelfline("rollback", "orders_1", "--no-wait").stdout


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_text("AAG ORDER NUMBER\nJOO-1\n")
    return path


def test_a_baseline_loads_the_file_and_follows_its_run(api: FakeApi, shelfline: Shelf, book: Path) -> None:
    api.on("POST", "/load/orders", LOADED | {"run_id": RUN_ID})
    api.on("GET", f"/runs/{RUN_ID}", a_run())
    result = shelfline("load", "orders", book, "--baseline", columns=200)
    assert (result.exit_code, api.asked[0].query) == (0, {"baseline": "true"})
    assert "quarantine list" in result.stdout
    assert RUN_ID in result.stdout
    assert "Next: shelfline run" not in result.stdout


def test_a_baseline_prints_one_object(api: FakeApi, shelfline: Shelf, book: Path) -> None:
    api.on("POST", "/load/orders", LOADED | {"run_id": RUN_ID})
    api.on("GET", f"/runs/{RUN_ID}", a_run())
    answer = json.loads(shelfline("load", "orders", book, "--baseline", "--json").stdout)
    assert (answer["id"], answer["load"]["loaded"]) == (RUN_ID, 2)


def test_a_baseline_whose_run_fails_exits_with_1(api: FakeApi, shelfline: Shelf, book: Path) -> None:
    api.on("POST", "/load/orders", LOADED | {"run_id": RUN_ID})
    api.on("GET", f"/runs/{RUN_ID}", a_run(state="failed", error={"message": "no board"}))
    assert shelfline("load", "orders", book, "--baseline").exit_code == 1


def test_without_a_row_there_is_no_baseline(api: FakeApi, shelfline: Shelf, book: Path) -> None:
    api.on("POST", "/load/orders", LOADED | {"loaded": 0, "run_id": None})
    assert shelfline("load", "orders", book, "--baseline").exit_code == 1
    assert len(api.asked) == 1


def test_a_plan_shows_each_board_and_each_plan(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/plan", a_plan())
    result = shelfline("plan", "orders", columns=200)
    assert (result.exit_code, api.last().query) == (0, {"flow": "orders"})
    for shown in ("90 new, 5 changed, 1 to archive", "standard (yours)", "stretched by itself", "1200"):
        assert shown in result.stdout
    assert "room for 50 more items; 40 do not fit" in result.stdout
    assert "shelfline approve" not in result.stdout
    assert json.loads(shelfline("plan", "orders", "--json").stdout) == a_plan()


def test_a_plan_that_ones_own_account_does_not_fit_exits_with_1_and_says_what_helps(
    api: FakeApi, shelfline: Shelf
) -> None:
    api.on("GET", "/plan", a_plan("refused"))
    result = shelfline("plan", "orders", columns=200)
    assert (result.exit_code, "shelfline approve --run RUN" in result.stdout) == (1, True)


def test_a_plan_by_an_overtaken_trial_says_so(api: FakeApi, shelfline: Shelf) -> None:
    source = {"kind": "test_run", "run_id": RUN_ID, "at": "2030-01-01T14:00:00Z", "is_outdated": True}
    api.on("GET", "/plan", a_plan(source=source))
    page = shelfline("plan", "orders", columns=200).stdout
    assert RUN_ID in page
    assert "A run has pushed since" in page


def test_the_columns_are_shown_with_what_the_book_has_more(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/columns", COLUMNS)
    page = shelfline("orders", "columns").stdout
    assert "Added: NOTES" in page
    assert "shelfline orders adopt-columns" in page


@pytest.mark.parametrize(("changed", "shown"), [(True, "Added: NOTES"), (False, "nothing was changed")])
def test_columns_are_adopted(api: FakeApi, shelfline: Shelf, changed: bool, shown: str) -> None:
    api.on("POST", "/columns/adopt", COLUMNS | {"changed": changed})
    result = shelfline("orders", "adopt-columns")
    assert (result.exit_code, api.last().query) == (0, {"flow": "orders"})
    assert shown in result.stdout
    assert json.loads(shelfline("orders", "adopt-columns", "--json").stdout)["changed"] is changed
