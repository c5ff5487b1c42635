"""Each setting of reading and rendering changes what becomes of a picture: none is ignored."""

import io
from collections.abc import Mapping
from pathlib import Path
from threading import Condition
from types import SimpleNamespace
from typing import Any, BinaryIO

import pytest
from PIL import Image

from functions.hash.designs.step import HashDesigns
from functions.stage.designs.step import StageDesigns
from infra.local.samples.artwork import artwork
from tests.unit.designs_in_512_mib.instance import Folder, claim, items_of, plans, reasons

Settings = Mapping[str, Any]


def hashed(folder: Path, settings: Settings) -> list[Any]:
    """What the hash step says of the files of a folder."""
    items = list(items_of(folder))
    services: Any = SimpleNamespace(objects=Folder(folder))
    return list(HashDesigns(services).run(claim("hash", items, settings), items, {}))


def staged(folder: Path, settings: Settings) -> dict[str, str]:
    """The same of the stage step."""
    items = list(items_of(folder))
    services: Any = SimpleNamespace(objects=Folder(folder))
    return reasons(StageDesigns(services).run(claim("stage", items, settings), items, plans(items)))


def picture(folder: Path, image: Image.Image) -> None:
    """The one file of a folder."""
    content = io.BytesIO()
    image.save(content, "PNG", compress_level=0)
    (folder / "a.png").write_bytes(content.getvalue())


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({}, ""),
        ({"design_max_megapixels": 4}, "too_many_pixels"),
        ({"design_decode_mib": 16}, "too_many_pixels"),
        ({"upload_file_mib": 1}, "too_large"),
    ],
)
def test_what_is_not_read(tmp_path: Path, settings: Settings, reason: str) -> None:
    picture(tmp_path, artwork(1, 2400).convert("RGB").resize((2400, 2000)))
    assert reasons(hashed(tmp_path, settings)) == {"a.png": reason}
    assert staged(tmp_path, settings) == {"a.png": reason}


@pytest.mark.parametrize(
    ("settings", "is_flat"),
    [({}, False), ({"design_flat_deviation": 64}, True), ({"design_flat_weak_share": 0}, True)],
)
def test_what_is_flat(tmp_path: Path, settings: Settings, is_flat: bool) -> None:
    picture(tmp_path, artwork(2, 300))
    [outcome] = hashed(tmp_path, settings)
    assert outcome.data["design"]["is_flat"] is is_flat


def test_what_was_flat_by_a_deviation_of_nothing_is_not(tmp_path: Path) -> None:
    ramp = Image.linear_gradient("L").point([100 + level // 32 for level in range(256)])
    picture(tmp_path, ramp)
    flat = [
        hashed(tmp_path, {"design_flat_deviation": deviation, "design_flat_weak_share": 1})[0].data["design"][
            "is_flat"
        ]
        for deviation in (4, 0)
    ]
    assert flat == [True, False]


def test_variants_are_made_when_they_are_asked_for(tmp_path: Path) -> None:
    picture(tmp_path, artwork(3, 300))
    for asked in (False, True):
        [outcome] = hashed(tmp_path, {"design_match_variants": asked})
        assert bool(outcome.data["design"]["variants"]) is asked


@pytest.mark.parametrize(
    ("size", "settings", "reason"),
    [
        ((400, 30), {}, ""),
        ((400, 30), {"design_smallest_side": 31}, "too_small"),
        ((400, 30), {"design_largest_side": 399}, "too_large_side"),
    ],
)
def test_what_is_not_rendered(tmp_path: Path, size: tuple[int, int], settings: Settings, reason: str) -> None:
    picture(tmp_path, artwork(4, 300).convert("RGB").resize(size))
    assert staged(tmp_path, settings) == {"a.png": reason}
    assert reasons(hashed(tmp_path, settings)) == {"a.png": ""}


class Crowd(Folder):
    """A bucket that holds its readers back until so many are there, or no more come for a while."""

    def __init__(self, folder: Path, awaited: int, patience: float) -> None:
        super().__init__(folder)
        self.most = self._there = 0
        self._awaited, self._patience = awaited, patience
        self._changed = Condition()

    def open(self, name: str) -> BinaryIO:
        """See ObjectStore.open."""
        with self._changed:
            self._there += 1
            self.most = max(self.most, self._there)
            self._changed.notify_all()
            self._changed.wait_for(lambda: self.most >= self._awaited, self._patience)
            self._there -= 1
        return super().open(name)


@pytest.mark.parametrize(("threads", "awaited", "patience"), [(1, 2, 0.1), (3, 3, 10.0)])
def test_so_many_pictures_are_worked_on_at_once(
    tmp_path: Path, threads: int, awaited: int, patience: float
) -> None:
    for number in range(3):
        artwork(number, 60).save(tmp_path / f"{number}.png")
    bucket = Crowd(tmp_path, awaited, patience)
    items = list(items_of(tmp_path))
    said = {"comprehensive_workflow_max_threads": threads}
    services: Any = SimpleNamespace(objects=bucket)
    assert len(list(HashDesigns(services).run(claim("hash", items, said), items, {}))) == 3
    assert bucket.most == threads
