"""A user's way with the parts flow: samples, a file of their own, people's work, and what can be asked afterwards."""

import json
from typing import Any

import pytest

from tests.support.processes import ROOT, until
from tests.support.stack import Stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]


def test_make_run_ends_well_and_a_second_one_pushes_nothing(
    first_report: dict[str, Any], second_report: dict[str, Any]
) -> None:
    assert first_report["adds_up"]
    parts = first_report["flows"]["parts"]
    assert parts["fetched"] == 564
    assert parts["pushed"]["catalog"] == parts["pushed"]["bigquery"] == parts["done"] > 150
    assert parts["manual"] > 200
    assert parts["in_progress"] == parts["failed"] == 0
    assert parts["virtual_seconds"] > parts["seconds"] - 1
    second = second_report["flows"]["parts"]
    assert second["pushed"] == {"catalog": 0, "bigquery": 0}
    assert second["skipped"] + second["rejected"] == second["fetched"]


@pytest.mark.usefixtures("first_report")
def test_a_persons_answer_goes_on_to_the_catalogue(stack: Stack) -> None:
    (task,) = stack.json("tasks", "claim", "--editor", "ada")["tasks"]
    answer = (
        "--attribute",
        "Voltage=5:V",
        "--note",
        "from the datasheet",
        "--source-url",
        "https://maker.example/ds",
    )
    done = stack.shelfline(
        "tasks", "complete", str(task["id"]), "--fence", str(task["fence"]), "--editor", "ada", *answer
    )
    assert done.returncode == 0, done.stdout + done.stderr

    def pushed() -> bool:
        told = stack.json("timeline", task["key"])["timelines"]
        return any(change["state"] == "applied" for item in told for change in item["changes"])

    until(pushed, within=30)


@pytest.mark.usefixtures("first_report")
def test_a_run_of_ones_own_file_accounts_for_every_record(stack: Stack) -> None:
    real = ROOT.parent / "shared" / "data" / "parts-real.csv"
    if not real.exists():
        pytest.skip("the file of 2,650 real parts is not beside this checkout")
    loaded = stack.json("load", "parts", str(real))
    assert (loaded["loaded"], loaded["rejected"]) == (2650, 0)
    run = stack.json("run", "parts", "--limit", "300")
    assert run["adds_up"]
    assert sum(run["detail"]["routes"].values()) > 200
    assert run["figures"]["fetched"] == 300


def test_both_force_flags_and_unknown_names_are_bad_usage(stack: Stack) -> None:
    for words in (
        ("run", "parts", "--force-manual", "--force-automation"),
        ("run", "shoes"),
        ("status", "parts_nothing"),
        ("cancel", "parts_nothing"),
    ):
        refused = stack.shelfline(*words, "--json")
        assert refused.returncode == 2, words
        assert json.loads(refused.stdout)["error"]["code"]


@pytest.mark.usefixtures("first_report")
def test_the_events_of_every_run_verify(stack: Stack) -> None:
    verified = stack.json("verify")
    assert verified["faults"] == []
    assert verified["blocks"] > 0
