"""The customer book by HTTP."""

from pathlib import Path

import pytest

from common.client import Shelfline
from common.errors import NotFound, Usage
from common.interface.api_tokens import ensure_token
from tests.integration.api.conftest import People
from tests.support.harness import Pipeline
from tests.unit.customers.books import SOUND

CONFLICT = SOUND.replace("Tallow and Reed Pty", "nw  clothiers")
YAML = {"Content-Type": "application/yaml"}


def test_a_book_is_loaded_shown_and_asked(people: People) -> None:
    loaded = people.operator.post("/customers", files={"file": ("book.yaml", SOUND)})
    assert loaded.status_code == 200, loaded.text
    assert (loaded.json()["version"], loaded.json()["changed"], loaded.json()["problems"]) == (1, True, [])
    assert loaded.json()["counts"] == {
        "customers": 2,
        "approved": 1,
        "review": 1,
        "spellings": 6,
        "boards": 2,
    }
    book = people.viewer.get("/customers").json()
    assert [each["canonical"] for each in book["customers"]] == ["NORTHWIND", "TALLOW & REED (AU)"]
    assert book["boards"][0] == {
        "board": "2001001",
        "seasons": ["SPRING SUMMER 2026"],
        "customers": ["NORTHWIND"],
        "line": 22,
    }
    assert (book["file"], book["loaded_by"]) == ("book.yaml", "the operator")
    found = people.viewer.get("/customers/find", params={"name": "Northwind  LTD"}).json()
    assert (found["customer"]["canonical"], found["folded"]) == ("NORTHWIND", "NORTHWIND LTD")
    stranger = people.viewer.get("/customers/find", params={"name": "zephyr"}).json()["customer"]
    assert (stranger["canonical"], stranger["status"], stranger["position"]) == ("ZEPHYR", "unknown", 1000)


def test_the_same_book_again_changes_nothing_and_is_told_once(pipeline: Pipeline, people: People) -> None:
    for changed in (True, False):
        answer = people.operator.post("/customers?name=mine.yaml", content=SOUND, headers=YAML).json()
        assert (answer["version"], answer["changed"], answer["file"]) == (1, changed, "mine.yaml")
    told = pipeline.sql("select body from events where kind = 'customers_loaded'")
    assert [row[0]["version"] for row in told] == [1]


def test_a_book_with_a_conflict_is_refused_with_every_problem(people: People) -> None:
    answer = people.operator.post("/customers", content=CONFLICT, headers=YAML)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["code"]) == (400, "customer_book_errors")
    [problem] = answer.json()["problems"]
    assert (problem["line"], problem["entry"], problem["field"]) == (20, "TALLOW & REED (AU)", "shipped")
    assert "NORTHWIND (line 9) and TALLOW & REED (AU) (line 20)" in answer.json()["detail"]
    assert people.viewer.get("/customers").status_code == 404


@pytest.mark.usefixtures("pipeline")
def test_a_viewer_may_check_but_not_load(people: People) -> None:
    checked = people.viewer.post("/customers/check", files={"file": ("book.yaml", CONFLICT)}).json()
    assert (checked["ok"], checked["errors"], checked["counts"]["customers"]) == (False, 1, 2)
    refused = people.viewer.post("/customers", files={"file": ("book.yaml", SOUND)})
    assert (refused.status_code, refused.json()["code"]) == (403, "role_too_low")


def test_a_book_larger_than_other_requests_is_taken_and_one_too_large_is_told(people: People) -> None:
    padding = "# a comment of no meaning\n" * 60_000
    assert people.viewer.post("/customers/check", content=padding + SOUND, headers=YAML).json()["ok"]
    for sent in ({"content": padding * 4, "headers": YAML}, {"files": {"file": ("b.yaml", padding * 4)}}):
        [problem] = people.viewer.post("/customers/check", **sent).json()["problems"]
        assert problem["reason"] == "too_large"


def test_a_form_without_a_file_says_which_field_it_wants(people: People) -> None:
    answer = people.viewer.post("/customers/check", files={"book": ("book.yaml", SOUND)})
    assert (answer.status_code, answer.json()["code"]) == (400, "no_file")


def test_tenants_see_their_own_book_only(people: People) -> None:
    people.operator.post("/customers", content=SOUND, headers=YAML)
    assert people.stranger.get("/customers").json()["code"] == "no_customer_book"
    assert people.stranger.get("/customers/find", params={"name": "NORTHWIND"}).status_code == 404


def test_a_name_of_no_sensible_length_is_refused(people: People) -> None:
    people.operator.post("/customers", content=SOUND, headers=YAML)
    assert people.viewer.get("/customers/find", params={"name": "x" * 1001}).json()["code"] == "bad_name"


def test_programs_do_the_same(pipeline: Pipeline, address: str, tmp_path: Path) -> None:
    book, conflicting = tmp_path / "book.yaml", tmp_path / "conflicting.yaml"
    book.write_text(SOUND)
    conflicting.write_text(CONFLICT)
    with Shelfline(address, ensure_token(pipeline.services, "a program", "operator")) as shelfline:
        with pytest.raises(NotFound, match="shelfline customers load FILE"):
            shelfline.customers()
        assert shelfline.check_customers(conflicting)["errors"] == 1
        with pytest.raises(Usage, match="line 20"):
            shelfline.load_customers(conflicting)
        assert shelfline.load_customers(book)["version"] == 1
        assert shelfline.customers()["file"] == "book.yaml"
        assert shelfline.customer("nw clothiers")["customer"]["canonical"] == "NORTHWIND"
        with pytest.raises(Usage, match="cannot be read"):
            shelfline.check_customers(tmp_path / "missing.yaml")
