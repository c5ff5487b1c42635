"""The same by HTTP, as programs do it."""

import csv
from pathlib import Path

import pytest

from common.client import Shelfline
from common.errors import Forbidden, NotFound, Usage
from common.interface.api_tokens import ensure_token
from tests.integration.api.conftest import People
from tests.integration.orders_commands.conftest import Orders, name, order
from tests.support.orders import HEADERS, Row


def book(path: Path, *rows: Row) -> Path:
    """An order book as a file."""
    file = path / "orders.csv"
    with file.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, HEADERS, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return file


def test_a_file_becomes_the_baseline_and_later_runs_push_what_changes(
    pipeline: Orders, people: People, tmp_path: Path
) -> None:
    with book(tmp_path, order(0), order(1)).open("rb") as file:
        loaded = people.operator.post("/load/orders?baseline=true", files={"file": file}).json()
    pipeline.drive()
    run = people.viewer.get(f"/runs/{loaded['run_id']}").json()
    assert (run["state"], run["options"], run["created_by"]) == (
        "completed",
        {"baseline": True},
        "the operator",
    )
    assert run["figures"]["skipped"] == run["figures"]["fetched"] == 2
    [told] = pipeline.events(run["id"], "baseline_recorded")
    assert told["by"] == "the operator"


def test_a_flow_without_a_baseline_loads_nothing(people: People) -> None:
    answer = people.operator.post("/load/parts?baseline=true", files={"file": ("p.csv", b"pn\nNE555P\n")})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_baseline")


def test_a_file_loaded_without_a_baseline_starts_no_run(
    pipeline: Orders, people: People, tmp_path: Path
) -> None:
    with book(tmp_path, order(0)).open("rb") as file:
        assert people.operator.post("/load/orders", files={"file": file}).json()["run_id"] is None
    assert pipeline.count("runs") == 0


def test_a_baseline_stands_alone(people: People) -> None:
    for options in ({"baseline": True, "limit": 1}, {"baseline": False}):
        answer = people.operator.post("/runs", json={"flow": "orders", "options": options})
        assert (answer.status_code, answer.json()["code"]) == (400, "bad_baseline")


def test_an_option_of_another_flow_is_refused_with_those_there_are(people: People) -> None:
    answer = people.operator.post("/runs", json={"flow": "parts", "options": {"customer": "NORTHWIND"}})
    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_option")
    assert "manufacturer" in answer.json()["detail"]


def test_an_override_is_recorded_with_who_gave_it(pipeline: Orders, people: People) -> None:
    pipeline.source(*(order(number) for number in range(20)))
    pipeline.run()
    pipeline.source(*(order(number, NOTES="all") for number in range(20)))
    started = people.operator.post(
        "/runs", json={"flow": "orders", "options": {"override_guard": True}}
    ).json()
    pipeline.drive()
    [told] = pipeline.events(started["run_id"], "mass_change_overridden")
    assert told["overridden_by"] == "the operator"
    detail = people.viewer.get(f"/runs/{started['run_id']}").json()["detail"]
    assert detail["mass_change"] == {"NORTHWIND": "let pass by the operator"}


@pytest.mark.usefixtures("people")
def test_programs_plan_roll_back_and_adopt_columns(pipeline: Orders, address: str) -> None:
    pipeline.source(order(0))
    with Shelfline(address, ensure_token(pipeline.services, "a program", "approver")) as shelfline:
        with pytest.raises(NotFound, match="--mode TEST"):
            shelfline.plan("orders")
        pipeline.run({"mode": "TEST"})
        assert shelfline.plan("orders")["work"]["creates"] == 1
        run = pipeline.run()
        started = shelfline.rollback(run)
        assert (started["flow"], started["state"]) == ("orders", "pending")
        pipeline.drive()
        assert shelfline.status(started["run_id"])["parent"] == run
        assert name(0) not in pipeline.monday.items()
        with pytest.raises(Usage, match="Runs of toy"):
            shelfline.rollback(pipeline.start("toy", records=0))
        assert shelfline.columns("orders")["version"] == 1
        assert shelfline.adopt_columns("orders")["changed"] is False


def test_an_operator_may_neither_roll_back_nor_adopt_columns(
    pipeline: Orders, address: str, people: People
) -> None:
    assert people.operator.post("/runs/orders_x/rollback").json()["code"] == "role_too_low"
    with (
        Shelfline(address, ensure_token(pipeline.services, "an operator", "operator")) as shelfline,
        pytest.raises(Forbidden),
    ):
        shelfline.adopt_columns("orders")


def test_another_tenant_sees_neither_plan_nor_columns(pipeline: Orders, people: People) -> None:
    pipeline.source(order(0))
    pipeline.run({"mode": "TEST"})
    assert people.stranger.get("/plan", params={"flow": "orders"}).json()["code"] == "nothing_to_plan"
    assert people.stranger.get("/columns", params={"flow": "orders"}).json()["version"] == 0
