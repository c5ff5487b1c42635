"""What people add on their own account: it goes the way of all parts, into the catalogue."""

from typing import Any

import pytest

from tests.integration.api.conftest import People
from tests.support.harness import Pipeline

VOLTAGE = [{"name": "Voltage", "value": "5", "unit": "V"}]


def _impute(people: People, **body: Any) -> Any:
    asked = {"part_number": "ABC-1", "editor": "ann", "attributes": VOLTAGE, **body}
    return people.operator.post("/manual/imputation/", json=asked)


@pytest.fixture
def known(pipeline: Pipeline, people: People) -> str:
    """A part that a run has met and sent to a person; the run."""
    people.operator.post(
        "/load/parts", files={"file": ("p.csv", "pn,maker,title\nABC-1,Acme,a part\nABC-1,Bolt,another\n")}
    )
    body = {"flow": "parts", "options": {"force_manual": True, "manufacturer": "Acme"}}
    run: str = people.operator.post("/runs", json=body).json()["run_id"]
    pipeline.drive()
    return run


def test_an_answer_for_a_part_nobody_asked_about_reaches_the_catalogue(
    pipeline: Pipeline, people: People
) -> None:
    answer = _impute(
        people, manufacturer="Acme", notes="from the label", source_url="https://acme.example/abc"
    )
    assert answer.status_code == 200, answer.text
    data = answer.json()["data"]
    assert (answer.json()["status"], data["tasks"][0]["task_type"]) == ("success", "manual_imputation")
    pipeline.drive()
    run = people.viewer.get(f"/runs/{data['batch_id']}").json()
    assert (run["state"], run["adds_up"], run["figures"]["done"]) == ("completed", True, 1)
    assert pipeline.imbalance(data["batch_id"]) is None
    [part] = people.viewer.get("/manual/partnumber/ABC-1/product/").json()["data"]
    details = people.viewer.get(f"/manual/product/{part['id']}/details/").json()["data"]
    assert (details["manufacturer"], details["attributes"][0]["name"]) == ("Acme", "Voltage")
    assert details["attributes"][0]["source"] == "manual"


def test_an_answer_finds_the_open_task_of_a_run(known: str, pipeline: Pipeline, people: People) -> None:
    data = _impute(people, batch_id=known).json()["data"]
    assert (data["batch_id"], data["tasks"][0]["run_id"]) == (known, known)
    pipeline.drive()
    assert pipeline.state(known) == "completed"


def test_a_part_that_several_make_wants_its_maker(known: str, pipeline: Pipeline, people: People) -> None:
    _impute(people, manufacturer="Bolt")
    pipeline.drive()
    refused = _impute(people)
    assert (refused.status_code, refused.json()["code"]) == (400, "ambiguous_part")
    assert "Acme, Bolt" in refused.json()["detail"]


def test_a_part_nobody_knows_is_not_made_up(people: People) -> None:
    assert _impute(people).json()["code"] == "unknown_part"
    assert _impute(people, manufacturer="Acme", batch_id="parts_none").json()["code"] == "unknown_task"
    assert _impute(people, manufacturer="Acme", attributes=[]).json()["code"] == "nothing_to_do"


def test_a_task_that_somebody_has_is_left_to_them(known: str, people: People) -> None:
    people.operator.post("/manual/tasks/claim", json={"editor": "bob"})
    assert _impute(people).json()["code"] == "held"
    assert _impute(people, editor="bob").status_code == 200


def test_a_task_is_made_claimed_and_processed(pipeline: Pipeline, people: People) -> None:
    body = {"part_number": "ABC-1", "manufacturer": "Acme", "editor": "ann", "notes": "look at the label"}
    task = people.operator.post("/manual/task/create/", json=body).json()["data"]
    assert (task["state"], task["claimed_by"]) == ("claimed", "ann")
    noted = [{**VOLTAGE[0], "notes": "printed", "source_url": "https://acme.example/label"}]
    asked = {"task_id": task["id"], "attributes": noted, "editor": "bob"}
    assert people.operator.post("/manual/task/process/", json=asked).json()["code"] == "not_the_holder"
    done = people.operator.post("/manual/task/process/", json={**asked, "editor": "ann"}).json()["data"]
    assert done["answer"]["attributes"][0]["notes"] == "printed"
    pipeline.drive()
    product = people.viewer.get("/manual/products/").json()["data"]["parts"][0]
    again = people.operator.post(
        "/manual/task/create/", json={"product_id": str(product["id"]), "editor": "ann"}
    ).json()
    assert again["data"]["key"] == "acme|abc-1"
    neither = people.operator.post("/manual/task/create/", json={"editor": "ann"})
    assert neither.json()["code"] == "bad_choice"


CSV = """part_number,manufacturer,notes,attribute_name,attribute_value,document_url,seller_name
ABC-1,Acme,first,Voltage,5,,
ABC-1,Acme,,Current,1,,
DEF-2,Acme,,,,javascript:alert(1),
,Acme,,Voltage,5,,
GHI-3,Acme,,Voltage,,,
JKL-4,Acme,,,,,Acme Direct
MNO-5,Acme,only a note,,,,
"""


def _import(people: People, **options: Any) -> dict[str, Any]:
    files = {"file": ("answers.csv", CSV)}
    answer = people.operator.post(
        "/manual/batch/import-csv/", files=files, params={"editor": "ann", **options}
    )
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["data"])


def test_a_file_of_answers_tells_its_bad_rows_by_number_and_column(people: People) -> None:
    checked = _import(people, validate_only=True)
    assert (checked["rows"], checked["parts"], checked["task_ids"]) == (7, 2, [])
    assert [(each["row"], each["column"]) for each in checked["problems"]] == [
        (4, "document_url"),
        (5, "part_number"),
        (6, "attribute_value"),
        (8, ""),
    ]
    assert people.viewer.get("/runs").json()["runs"] == []


def test_a_file_of_answers_becomes_a_batch(pipeline: Pipeline, people: People) -> None:
    imported = _import(people)
    pipeline.drive()
    batch = people.viewer.get(f"/manual/batch/{imported['batch_id']}/status/").json()["data"]
    assert (batch["overall_status"], batch["manual_tasks"]["status_breakdown"]) == (
        "completed",
        {"completed": 2},
    )
    history = people.viewer.get("/manual/history/", params={"editor": "ann"}).json()["data"]
    assert {task["record"]["part_number"] for task in history} == {"ABC-1", "JKL-4"}
    first = next(task for task in history if task["record"]["part_number"] == "ABC-1")
    assert ([each["name"] for each in first["answer"]["attributes"]], first["note"]) == (
        ["Voltage", "Current"],
        "first",
    )
    validated = people.operator.post(f"/manual/validate/{first['id']}/", json={"validator": "bob"})
    assert validated.json()["data"]["validator"] == "bob"


def test_a_batch_of_answers_is_taken_all_or_none(pipeline: Pipeline, people: People) -> None:
    good = {"part_number": "ABC-1", "manufacturer": "Acme", "editor": "ann", "attributes": VOLTAGE}
    unknown = {**good, "part_number": "ZZZ", "manufacturer": None}
    refused = people.operator.post("/manual/batch/create/", json={"editor": "ann", "items": [good, unknown]})
    assert refused.json()["code"] == "unknown_part"
    assert pipeline.one("select count(*) from runs") == 0
    made = people.operator.post("/manual/batch/create/", json={"editor": "ann", "items": [good]})
    assert len(made.json()["data"]["task_ids"]) == 1
    twice = people.operator.post("/manual/batch/create/", json={"editor": "ann", "items": [good, good]})
    assert twice.json()["code"] == "named_twice"


def test_a_batch_by_hand_is_cancelled(people: People) -> None:
    body = {"part_number": "ABC-1", "manufacturer": "Acme", "editor": "ann"}
    task = people.operator.post("/manual/task/create/", json=body).json()["data"]
    assert people.operator.delete(f"/manual/batch/{task['run_id']}/").json()["data"]["cancelled"] is True
    shown = people.viewer.get(f"/manual/task/{task['id']}/").json()["data"]
    assert shown["state"] == "cancelled"
    assert people.viewer.get(f"/runs/{task['run_id']}").json()["state"] == "cancelled"
