"""Artwork on the command line: what is sent, what is told, and what the exit code says."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.command_line.conftest import Shelf
from tests.unit.command_line.fake_api import FakeApi, a_run, lines_of

SESSION = "5f0c9d1e-0000-4000-8000-000000000001"
RUN = f"designs_{SESSION}"
ENDED = {"session_id": SESSION, "run_id": RUN, "stored": 2, "missing": 0}


def told(**changes: Any) -> dict[str, Any]:
    """What the API says of an announced file: it is known, unless said otherwise."""
    return {"number": 1, "filename": "x", "known": True, "problem": None, "send": None} | changes


@pytest.fixture
def artwork(tmp_path: Path) -> Path:
    """A folder with two pictures, one of them deeper, and what is not meant."""
    folder = tmp_path / "artwork"
    (folder / "cats").mkdir(parents=True)
    (folder / ".thumbs").mkdir()
    for name in ("b.png", "cats/a.png", ".hidden.png", ".thumbs/c.png"):
        (folder / name).write_bytes(name.encode())
    return folder


@pytest.fixture
def answering(api: FakeApi) -> FakeApi:
    """An API that knows every file, and has run the upload."""
    api.on("POST", "/designs/start-upload", {"session_id": SESSION, "files": [told(), told()]})
    api.on("POST", f"/designs/finish-upload/{SESSION}", ENDED)
    return api.on("GET", f"/runs/{RUN}", a_run(id=RUN, flow="designs"))


def announced(api: FakeApi) -> Any:
    """What was announced."""
    return next(each.body for each in api.asked if each.path == "/designs/start-upload")


def test_a_folder_is_announced_with_all_that_is_in_it(
    answering: FakeApi, shelfline: Shelf, artwork: Path
) -> None:
    result = shelfline("load", "designs", artwork)
    assert result.exit_code == 0, result.output
    files = announced(answering)["files"]
    assert [each["filename"] for each in files] == ["b.png", "a.png"]
    assert files[0]["size"] == len(b"b.png")
    assert files[0]["media_type"] == "image/png"
    assert len(files[0]["sha256"]) == 64
    assert "0 files sent, 2 known already." in result.stdout
    assert "completed" in result.stdout


def test_what_is_chosen_is_said(answering: FakeApi, shelfline: Shelf, artwork: Path) -> None:
    words = ("--shop", "Mine", "--template", "Cup", "--mockup", "Kitchen", "--digital", "--reference")
    assert shelfline("load", "designs", artwork, *words).exit_code == 0
    body = announced(answering)
    assert body["choices"] == {
        "shop": "Mine",
        "product_template": "Cup",
        "mockup": "Kitchen",
        "is_digital": True,
    }
    assert body["reference"] is True
    answering.asked.clear()
    shelfline("load", "designs", artwork, "--physical")
    assert announced(answering)["choices"] == {"is_digital": False}


def test_json_is_one_object_with_the_run_and_the_upload(
    answering: FakeApi, shelfline: Shelf, artwork: Path
) -> None:
    result = shelfline("load", "designs", artwork, "--json")
    document = json.loads(result.stdout)
    assert (document["id"], document["state"]) == (RUN, "completed")
    assert document["load"]["known"] == 2
    assert document["load"]["problems"] == []


def test_without_waiting_it_says_where_to_look(answering: FakeApi, shelfline: Shelf, artwork: Path) -> None:
    result = shelfline("load", "designs", artwork, "--no-wait")
    assert f"{RUN} is pending; `shelfline status {RUN}` shows it." in lines_of([result.stdout])


def test_a_file_that_cannot_be_read_stops_no_other_and_is_named(
    answering: FakeApi, shelfline: Shelf, artwork: Path
) -> None:
    (artwork / "broken.png").symlink_to("/proc/self/mem")  # opens, and cannot be read
    result = shelfline("load", "designs", artwork, columns=300)
    assert result.exit_code == 1
    assert [each["filename"] for each in announced(answering)["files"]] == ["b.png", "a.png"]
    assert "broken.png" in result.stdout.replace("\n", "")
    assert "cannot be read" in result.stdout


def test_a_run_that_failed_is_an_exit_code_of_one(
    api: FakeApi, answering: FakeApi, shelfline: Shelf, artwork: Path
) -> None:
    api.on("GET", f"/runs/{RUN}", a_run(id=RUN, flow="designs", state="failed"))
    assert shelfline("load", "designs", artwork).exit_code == 1


def test_what_is_too_large_is_named_and_left_to_the_run(
    api: FakeApi, answering: FakeApi, shelfline: Shelf, artwork: Path
) -> None:
    large = told(known=False, problem="too_large")
    api.on("POST", "/designs/start-upload", {"session_id": SESSION, "files": [large, told()]})
    result = shelfline("load", "designs", artwork)
    assert result.exit_code == 0
    assert "larger than upload_file_mib allows" in result.stdout


@pytest.mark.parametrize("place", ["empty", "missing", "artwork/none.png"])
def test_what_is_not_there_is_a_mistake_and_nothing_is_announced(
    api: FakeApi, shelfline: Shelf, artwork: Path, place: str
) -> None:
    (artwork.parent / "empty").mkdir()
    (artwork.parent / "empty" / ".hidden").touch()
    result = shelfline("load", "designs", artwork.parent / place)
    assert result.exit_code in (1, 2)
    assert "There is no file" in result.stderr
    assert api.asked == []


def test_options_of_other_flows_are_refused(api: FakeApi, shelfline: Shelf, artwork: Path) -> None:
    (artwork.parent / "columns.json").write_text("{}")
    assert shelfline("load", "designs", artwork, "--baseline").exit_code == 2
    assert shelfline("load", "designs", artwork, "--mapping", "columns.json").exit_code == 2
    assert shelfline("load", "parts", artwork / "b.png", "--reference").exit_code == 2
    assert shelfline("load", "parts", artwork / "b.png", "--shop", "Mine").exit_code == 2
    assert api.asked == []


def test_help_says_how_artwork_is_loaded(shelfline: Shelf) -> None:
    text = lines_of([shelfline("load", "--help").stdout])
    for words in ("shelfline load designs artwork/", "--reference", "--template", "stops no other"):
        assert words in text, words


def test_near_copies_are_shown_so_that_a_person_can_decide(api: FakeApi, shelfline: Shelf) -> None:
    own = {"design": "1", "filename": "small cat.png", "object": "o", "size": [240, 180]}
    other = {
        "design": "2",
        "filename": "cat.png",
        "object": "p",
        "state": "stored",
        "size": [2400, 1800],
        "variant": "as_is",
        "phash_distance": 4,
        "dhash_distance": 12,
    }
    change = {
        "id": 31,
        "target": "etsy",
        "operation": "create",
        "key": "k",
        "state": "pending",
        "diff": {"looks_like": {"old": [other], "new": own}, "keep": {"old": None, "new": "2"}},
    }
    plain = change | {"id": 32, "diff": {"title": {"old": None, "new": "Cup"}}}
    api.on("GET", "/changes", {"changes": [change, plain]})
    text = shelfline("changes", columns=160).stdout
    row = next(each for each in text.splitlines() if each.startswith("31"))
    assert row.split("  ") != [row]
    for words in ("small cat.png", "240 × 180", "cat.png", "2400 × 1800", "4/12"):
        assert words in row, words
    assert row.rstrip().endswith("cat.png")
    assert "shelfline approve" in text
    assert "shelfline reject" in text
    assert "title: nothing -> Cup" in text
    narrow = shelfline("changes", columns=40).stdout
    assert "Looks like: cat.png" in narrow
