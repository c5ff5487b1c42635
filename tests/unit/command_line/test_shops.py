"""Shops on the command line: checked without a stack, loaded and shown with one."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import FakeApi
from tests.unit.shops.files import SOUND

COUNTS = {"templates": 2, "canvases": 1, "sizes": 1, "mockups": 1, "pictures": 3}
VERSION = {
    "version": 3,
    "file": "shop.yaml",
    "content_hash": "00",
    "loaded_at": "2030-01-01T14:00:00Z",
    "loaded_by": "ada",
}
LOADED = VERSION | {"shop": "Sample shop", "changed": True, "counts": COUNTS, "problems": []}
TEMPLATE = {
    "name": "UVDTF 16oz",
    "type": "physical",
    "family": "wrap",
    "price": "4.00",
    "canvases": [{"name": "UVDTF Decal", "sizes": [{"name": "Adult"}]}],
    "mockups": [{"name": "Kitchen", "images": [{}, {}]}],
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A sound file with its pictures beside it."""
    path = tmp_path / "shop.yaml"
    path.write_text(SOUND)
    for name, size in (("table.jpg", (400, 300)), ("shelf.png", (500, 500)), ("mark.png", (60, 10))):
        Image.new("RGB", size, "teal").save(tmp_path / name)
    return path


def test_a_sound_shop_is_checked_without_asking_anybody(api: FakeApi, shelfline: Shelf, shop: Path) -> None:
    result = shelfline("shops", "check", shop)
    assert (result.exit_code, api.asked) == (0, [])
    assert "Sample shop" in result.stdout
    assert "shelfline shops load" in result.stdout


def test_every_problem_is_shown_with_its_line_pictures_too(
    api: FakeApi, shelfline: Shelf, shop: Path
) -> None:
    shop.write_text(SOUND.replace("price: 4.00", "price: 0"))
    (shop.parent / "shelf.png").write_text("no picture")
    result = shelfline("shops", "check", shop, "--json")
    answer = json.loads(result.stdout)
    assert (result.exit_code, api.asked) == (1, [])
    assert [(each["line"], each["reason"]) for each in answer["problems"]] == [
        (11, "out_of_range"),
        (34, "no_picture"),
    ]
    assert "Correct 2 errors there" in shelfline("shops", "check", shop, columns=200).stdout


@pytest.mark.parametrize("content", [b"shop: [", b"\xff\xfe", b"", b"just a text"])
def test_what_is_no_shop_at_all_exits_with_2(shelfline: Shelf, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "shop.yaml").write_bytes(content)
    assert shelfline("shops", "check", "shop.yaml").exit_code == 2


@pytest.mark.parametrize("word", ["check", "load"])
def test_a_file_that_is_not_there_exits_with_2(api: FakeApi, shelfline: Shelf, word: str) -> None:
    result = shelfline("shops", word, "missing.yaml", "--json")
    assert (result.exit_code, api.asked) == (2, [])
    assert json.loads(result.stdout)["error"]["code"] == "unreadable_file"


def test_a_sound_shop_is_sent_with_its_pictures(api: FakeApi, shelfline: Shelf, shop: Path) -> None:
    api.on("POST", "/shops", LOADED)
    result = shelfline("shops", "load", shop)
    assert (result.exit_code, api.last().path) == (0, "/shops")
    for name in ("table.jpg", "shelf.png", "mark.png"):
        assert f'name="pictures"; filename="{name}"'.encode() in api.last().body
    assert "Version 3 of Sample shop (shop.yaml) is loaded" in result.stdout


def test_the_same_shop_again_is_said_to_change_nothing(api: FakeApi, shelfline: Shelf, shop: Path) -> None:
    api.on("POST", "/shops", LOADED | {"changed": False})
    assert "nothing was changed" in shelfline("shops", "load", shop).stdout


def test_a_shop_with_an_error_is_not_sent(api: FakeApi, shelfline: Shelf, shop: Path) -> None:
    (shop.parent / "mark.png").unlink()
    result = shelfline("shops", "load", shop)
    assert (result.exit_code, api.asked) == (1, [])
    assert "no_picture" in result.stdout


def test_shops_are_shown_with_their_templates(api: FakeApi, shelfline: Shelf) -> None:
    shop = {"id": 1, "name": "Sample shop", "etsy_shop_id": 5001, "loaded": VERSION, "templates": [TEMPLATE]}
    api.on("GET", "/shops", {"shops": [shop]})
    result = shelfline("shops", "show", columns=200)
    assert result.exit_code == 0
    for shown in ("Sample shop", "5001", "UVDTF Decal", "Adult", "Kitchen (2)", "4.00"):
        assert shown in result.stdout


def test_without_a_shop_it_is_said_how_to_load_one(api: FakeApi, shelfline: Shelf) -> None:
    api.on("GET", "/shops", {"shops": []})
    assert "shelfline shops load FILE" in shelfline("shops", "show").stdout
