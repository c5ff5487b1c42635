"""calibrate: a table for people, one object for programs, and an exit code that says whether a preset was found."""

import json
from pathlib import Path

import pytest

from infra.local.samples.artwork import write_artwork
from tests.unit.command_line.conftest import Shelf


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("artwork")
    write_artwork(place, 4, 200)
    return place


def test_it_shows_what_each_preset_finds(shelfline: Shelf, folder: Path) -> None:
    result = shelfline("calibrate", folder, columns=200)
    assert "standard: phash or dhash, 256 bits" in result.stdout
    assert "resized to 25%" in result.stdout
    assert "other designs taken for copies" in result.stdout


def test_programs_get_one_object(shelfline: Shelf, folder: Path) -> None:
    result = shelfline("calibrate", folder, "--most", 3, "--json")
    told = json.loads(result.stdout)
    assert told["pictures"] == 3
    assert result.exit_code == (0 if told["chosen"] else 1)


def test_a_folder_that_is_not_there_is_bad_usage(shelfline: Shelf, folder: Path) -> None:
    result = shelfline("calibrate", folder / "gone")
    assert result.exit_code == 2
    assert "is no folder" in result.stderr
