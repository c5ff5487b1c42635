"""The customer book on the command line: checked without a stack, loaded and shown with one."""

import json
from pathlib import Path

import pytest

from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import FakeApi
from tests.unit.customers.books import SOUND

COUNTS = {"customers": 2, "approved": 1, "review": 1, "spellings": 6, "boards": 2}
VERSION = {
    "version": 3,
    "file": "book.yaml",
    "content_hash": "00",
    "loaded_at": "2030-01-01T14:00:00Z",
    "loaded_by": "ada",
}
CUSTOMER = {
    "canonical": "NORTHWIND",
    "status": "approved",
    "position": 1,
    "spellings": ["NORTHWIND", "NW CLOTHIERS"],
    "unique_keys": ["AAG ORDER NUMBER"],
    "extra_checks": [],
    "column_mapping": {},
    "line": 3,
}
STRANGER = CUSTOMER | {
    "canonical": "ACME",
    "status": "unknown",
    "position": 1000,
    "spellings": ["ACME"],
    "line": 0,
}
BOARD = {"board": "2001001", "seasons": [], "customers": ["NORTHWIND"], "line": 21}
CONFLICT = "customers:\n- {canonical: A, status: review, aliases: [X]}\n- {canonical: B, status: review, aliases: [x]}\n"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.yaml"
    path.write_text(SOUND)
    return path


@pytest.fixture
def conflicting(tmp_path: Path) -> Path:
    path = tmp_path / "conflicting.yaml"
    path.write_text(CONFLICT)
    return path


def test_a_sound_book_is_checked_without_asking_anybody(api: FakeApi, shelfline: Shelf, book: Path) -> None:
    result = shelfline("customers", "check", book)
    assert (result.exit_code, api.asked) == (0, [])
    assert "2 (1 approved, 1 for review)" in result.stdout
    assert "shelfline customers load" in result.stdout


def test_every_conflict_is_shown_with_its_lines(api: FakeApi, shelfline: Shelf, conflicting: Path) -> None:
    result = shelfline("customers", "check", conflicting, columns=200)
    assert (result.exit_code, api.asked) == (1, [])
    assert "X names both A (line 2) and B (line 3); leave it with one of them." in result.stdout


@pytest.mark.parametrize("columns", [40, 200])
def test_problems_are_shown_on_any_terminal(shelfline: Shelf, conflicting: Path, columns: int) -> None:
    result = shelfline("customers", "check", conflicting, columns=columns, charset="ascii")
    assert "conflict" in result.stdout


def test_a_warning_alone_exits_with_0(shelfline: Shelf, tmp_path: Path) -> None:
    (tmp_path / "book.yaml").write_text("customers: [{canonical: A, status: review, alias: B}]")
    result = shelfline("customers", "check", "book.yaml", "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, answer["ok"], answer["errors"], answer["warnings"]) == (0, True, 0, 2)


@pytest.mark.parametrize("content", [b"customers: [", b"\xff\xfe", b"", b"just a text", b"[" * 5000])
def test_what_is_no_book_at_all_exits_with_2(shelfline: Shelf, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "book.yaml").write_bytes(content)
    assert shelfline("customers", "check", "book.yaml").exit_code == 2
    assert json.loads(shelfline("customers", "check", "book.yaml", "--json").stdout)["is_readable"] is False


@pytest.mark.parametrize("word", ["check", "load"])
def test_a_file_that_is_not_there_exits_with_2(api: FakeApi, shelfline: Shelf, word: str) -> None:
    result = shelfline("customers", word, "missing.yaml", "--json")
    assert (result.exit_code, api.asked) == (2, [])
    assert json.loads(result.stdout)["error"]["code"] == "unreadable_file"


def test_check_answers_in_json_what_it_shows(shelfline: Shelf, conflicting: Path) -> None:
    answer = json.loads(shelfline("customers", "check", conflicting, "--json").stdout)
    [problem] = [each for each in answer["problems"] if each["severity"] == "error"]
    assert (problem["line"], problem["entry"], problem["field"], problem["reason"]) == (
        3,
        "B",
        "aliases",
        "conflict",
    )


def test_a_sound_book_is_sent_under_its_name(api: FakeApi, shelfline: Shelf, book: Path) -> None:
    api.on("POST", "/customers", VERSION | {"changed": True, "counts": COUNTS, "problems": []})
    result = shelfline("customers", "load", book)
    assert (result.exit_code, api.last().path) == (0, "/customers")
    assert b'name="file"; filename="book.yaml"' in api.last().body
    assert "Version 3 (book.yaml) is valid now" in result.stdout


def test_the_same_book_again_is_said_to_change_nothing(api: FakeApi, shelfline: Shelf, book: Path) -> None:
    api.on("POST", "/customers", VERSION | {"changed": False, "counts": COUNTS, "problems": []})
    assert "nothing was changed" in shelfline("customers", "load", book).stdout


def test_a_book_with_an_error_is_not_sent(api: FakeApi, shelfline: Shelf, conflicting: Path) -> None:
    result = shelfline("customers", "load", conflicting)
    assert (result.exit_code, api.asked) == (1, [])
    assert "conflict" in result.stdout


def test_the_book_is_shown_in_its_order(api: FakeApi, shelfline: Shelf) -> None:
    review = CUSTOMER | {"canonical": "ACME", "status": "review", "position": 999}
    api.on("GET", "/customers", VERSION | {"customers": [CUSTOMER, review], "boards": [BOARD]})
    result = shelfline("customers", "show", columns=200)
    assert result.exit_code == 0
    for shown in ("Version 3 of book.yaml", "NW CLOTHIERS", "after those", "2001001", "all"):
        assert shown in result.stdout
    assert result.stdout.index("NORTHWIND") < result.stdout.index("ACME")


@pytest.mark.parametrize(("customer", "shown"), [(CUSTOMER, "approved"), (STRANGER, "add it as an alias")])
def test_a_name_is_looked_up(api: FakeApi, shelfline: Shelf, customer: dict[str, str], shown: str) -> None:
    found = {"name": "nw", "folded": "NW", "customer": customer, "version": 3}
    api.on("GET", "/customers/find", found)
    result = shelfline("customers", "show", "nw", columns=200)
    assert api.last().query == {"name": "nw"}
    assert customer["canonical"] in result.stdout
    assert shown in result.stdout
    assert json.loads(shelfline("customers", "show", "nw", "--json").stdout) == found
