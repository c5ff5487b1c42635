"""Output survives any encoding, any width, and any data."""

import json
from typing import Any

import pytest

from common.command_line.plain import plain
from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import RUN_ID, FakeApi, a_run

ODD = "[bold]NE[/]555[red] µΩ…日本 :smile: \x1b[2J\u202e"
WIDTHS = [10, 20, 40, 80, 200]


def odd_task(**more: Any) -> dict[str, Any]:
    record = {"part_number": ODD, ODD: ["x", ODD]}
    return {
        "id": 17,
        "key": ODD,
        "priority": "HIGH",
        "reason": ODD,
        "record": record,
        "evidence": [record],
    } | more


@pytest.mark.parametrize("charset", ["ascii", "latin-1", "cp1252", "utf-8"])
@pytest.mark.parametrize("columns", WIDTHS)
def test_pages_print_in_every_encoding_and_width(
    api: FakeApi, shelfline: Shelf, charset: str, columns: int
) -> None:
    api.on("GET", "/manual/tasks", {"tasks": [odd_task()], "total": 1})
    api.on("GET", "/manual/tasks/17", odd_task())
    api.on("GET", f"/runs/{RUN_ID}", a_run(view=ODD, detail={"reasons": {ODD: 3}}))
    for words in (("pending",), ("tasks", "show", 17), ("status", RUN_ID)):
        result = shelfline(*words, charset=charset, columns=columns)
        assert result.exit_code == 0, result.exception
        assert "\x1b" not in result.stdout
        assert "\u202e" not in result.stdout


def test_markup_in_data_is_data(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/manual/tasks/17", odd_task())
    page = shelfline("tasks", "show", 17, columns=400).stdout
    assert "[bold]NE[/]555[red] µΩ…日本 :smile:" in page


@pytest.mark.parametrize("columns", WIDTHS)
def test_nothing_of_a_key_is_lost_on_a_narrow_terminal(api: FakeApi, shelfline: Shelf, columns: int) -> None:
    key = "Q" * 150
    api.on("GET", "/manual/tasks", {"tasks": [odd_task(key=key, reason="r")], "total": 1})
    page = shelfline("pending", columns=columns).stdout
    assert page.count("Q") == 150


def test_an_encoding_that_lacks_a_character_gets_a_near_one_or_its_code(
    api: FakeApi, shelfline: Shelf
) -> None:
    api.on("GET", "/manual/tasks/17", odd_task(reason="4 µF … “x” 日", record={}, evidence=[]))
    page = shelfline("tasks", "show", 17, charset="ascii").stdout
    assert '... "x" \\u65e5' in page


def test_json_is_ascii_and_keeps_every_character(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/manual/tasks/17", odd_task())
    result = shelfline("tasks", "show", 17, "--json", charset="ascii")
    assert json.loads(result.stdout) == odd_task()
    assert result.stdout.count("\n") == 1


@pytest.mark.parametrize(
    "character", ["\x00", "\x07", "\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\r", "\x08"]
)
def test_control_characters_become_visible(character: str) -> None:
    assert plain(f"a{character}b") == f"a{ascii(character)[1:-1]}b"


def test_an_error_keeps_to_the_encoding(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", f"/runs/{RUN_ID}", (404, {"code": "unknown_run", "detail": ODD}))
    result = shelfline("status", RUN_ID, charset="ascii")
    assert result.exit_code == 2
    assert "[bold]NE" in result.stderr
