"""A calibration finds what a person would: which presets keep copies and other designs apart."""

import json
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageOps

from common.errors import Usage
from functions.hash.designs.calibrate import RECALL, answer, calibrate, chosen, required
from functions.hash.designs.hashes import SIZES, Hashes
from functions.hash.designs.labels import read_labels
from functions.hash.designs.library import Entry, Library, library_of, names_in, sampled
from functions.hash.designs.presets import PRESETS, RULES, Preset
from functions.hash.designs.scores import distances, families_of
from functions.hash.designs.transforms import transforms
from infra.local.samples.artwork import artwork, write_artwork

COUNT = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Designs, an exact copy, a flat one, a broken one, and one that somebody mirrored."""
    place = tmp_path_factory.mktemp("artwork")
    write_artwork(place, COUNT, 800)
    Image.open(place / "design-003.png").save(place / "same.tiff")
    Image.new("RGB", (200, 200), "white").save(place / "white.png")
    ImageOps.mirror(artwork(1, 800)).save(place / "mirrored.png")
    (place / "notes.txt").write_text("nothing to see")
    (place / ".hidden").write_text("nor here")
    return place


@pytest.fixture(scope="module")
def small_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Few and small ones, and one that somebody mirrored."""
    place = tmp_path_factory.mktemp("small")
    write_artwork(place, 5, 200)
    ImageOps.mirror(artwork(1, 200)).save(place / "mirrored.png")
    return place


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    return library_of(folder, names_in(folder), lambda done, total: None)


def test_what_cannot_be_compared_is_told(library: Library) -> None:
    assert library.exact_copies == [("same.tiff", "design-003.png")]
    assert library.flat == ["white.png"]
    assert library.refused == [("notes.txt", "not_an_image")]
    assert len(library.entries) == COUNT + 1


def test_every_transform_makes_a_copy_of_every_picture(library: Library) -> None:
    names = [each.name for each in transforms()]
    assert len(set(names)) == len(names)
    assert all(list(entry.copies) == names for entry in library.entries)


def test_the_same_folder_gives_the_same_figures(folder: Path, library: Library) -> None:
    names = ["design-000.png", "design-004.png"]
    again = library_of(folder, names, lambda done, total: None)
    assert again.entries == [entry for entry in library.entries if entry.name in names]


def test_distances_in_bulk_are_those_of_the_presets(library: Library) -> None:
    hashes = [entry.fingerprint.hashes for entry in library.entries]
    for size in SIZES:
        for rule in RULES:
            preset = Preset(name="", size=size, rule=rule, within=0)
            found = distances(hashes, hashes[:3], size, rule).tolist()
            assert found == [[preset.distance(one, other) for other in hashes[:3]] for one in hashes]


def test_figures_are_those_of_counting_one_by_one(library: Library) -> None:
    family = next(
        each for each in families_of(library.entries) if (each.size, each.rule) == (16, "phash or dhash")
    )
    preset = Preset(name="", size=16, rule="phash or dhash", within=40)
    entries = library.entries
    assert family.false_matches(40) == sum(count_unrelated(entries, preset))
    for name in ("resized to 25%", "mirrored"):
        found = [
            copy is not None and preset.matches(copy, entry.fingerprint.hashes)
            for entry in entries
            for copy in [entry.copies[name]]
        ]
        assert family.recall(name, 40) == pytest.approx(sum(found) / len(found))


def count_unrelated(entries: list[Entry], preset: Preset) -> list[bool]:
    """Whether each unrelated pair matches."""
    found = []
    for place, entry in enumerate(entries):
        for other_place, other in enumerate(entries):
            against = other.fingerprint.hashes
            if place < other_place:
                found.append(preset.matches(entry.fingerprint.hashes, against))
            if place != other_place:
                found += [preset.matches(copy, against) for copy in entry.copies.values() if copy]
    return found


def test_a_preset_keeps_copies_and_other_designs_apart(folder: Path, library: Library) -> None:
    names = {f"design-{number:03}.png" for number in range(COUNT)}
    found = chosen(families_of([entry for entry in library.entries if entry.name in names]))
    assert found is not None
    assert found.lowest <= found.within <= found.highest
    assert all(found.family.recall(name, found.lowest) >= RECALL for name in required())
    assert found.family.false_matches(found.highest) == 0
    assert found.family.false_matches(found.highest + 1) > 0


def test_the_default_preset_is_one_that_holds(folder: Path, library: Library) -> None:
    """Of the designs that nobody has mirrored."""
    entries = [entry for entry in library.entries if entry.name != "mirrored.png"]
    told = answer(Library(entries), frozenset())
    default = next(each for each in told["presets"] if each["name"] == "standard")
    assert default["holds"]
    assert default["false_matches"] == 0
    assert min(default["recall"][name] for name in required()) >= RECALL


def test_without_room_nothing_is_chosen() -> None:
    hashes = Hashes(phash=1, dhash=1, phash_small=1, dhash_small=1)
    twins = [entry_with(name, hashes) for name in ("one.png", "other.png")]
    assert chosen(families_of(twins)) is None
    assert answer(Library(twins), frozenset())["chosen"] is None
    same = frozenset({frozenset({"one.png", "other.png"})})
    told = answer(Library(twins), same)
    assert told["presets"][0]["recall"]["labelled"] == 1.0
    assert told["closest"] == []


def entry_with(name: str, hashes: Hashes) -> Entry:
    """An entry all of whose copies look like itself."""
    return Entry(name, FakeFingerprint(hashes), {each.name: hashes for each in transforms()})  # type: ignore[arg-type]


class FakeFingerprint:
    """As much of a fingerprint as is compared."""

    def __init__(self, hashes: Hashes) -> None:
        self.hashes = hashes


@pytest.fixture(scope="module")
def small_answer(small_folder: Path) -> dict[str, Any]:
    return calibrate(small_folder, None, 5, lambda done, total: None)


def test_the_answer_is_plain_and_tells_every_preset_and_threshold(small_answer: dict[str, Any]) -> None:
    told = json.loads(json.dumps(small_answer))
    assert [each["name"] for each in told["presets"]] == list(PRESETS)
    assert {(each["size"], each["rule"]) for each in told["families"]} == {
        (size, rule) for size in SIZES for rule in RULES
    }
    assert all(len(each["thresholds"]) == each["size"] ** 2 // 4 + 1 for each in told["families"])


def test_recall_grows_with_the_threshold(small_answer: dict[str, Any]) -> None:
    for family in small_answer["families"]:
        for name in family["thresholds"][0]["recall"]:
            recalls = [each["recall"][name] for each in family["thresholds"]]
            assert recalls == sorted(recalls)


def test_labelled_pictures_are_always_looked_at(small_folder: Path, tmp_path: Path) -> None:
    labels = tmp_path / "pairs.csv"
    labels.write_text("a,b,same\ndesign-001.png,mirrored.png,yes\ndesign-001.png,design-002.png,no\n")
    told = calibrate(small_folder, labels, 2, lambda done, total: None)
    assert told["pictures"] + len(told["flat"]) + len(told["refused"]) >= 3
    standard = told["presets"][0]
    assert standard["recall"]["labelled"] == 0.0
    assert standard["recall"]["mirrored"] < 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,y\n", "first row"),
        ("a,b,same\ndesign-001.png,gone.png,yes\n", "Row 2.*gone.png"),
        ("a,b,same\n\ndesign-001.png,design-002.png,maybe\n", "Row 3.*yes or no"),
        ("a,b,same\ndesign-001.png,design-001.png,yes\n", "Row 2"),
        ("a,b,same\ndesign-001.png,design-002.png\n", "Row 2.*2 cells"),
    ],
)
def test_labels_that_cannot_be_meant(text: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / "pairs.csv"
    file.write_text(text)
    with pytest.raises(Usage, match=words):
        read_labels(file, ["design-001.png", "design-002.png"])


def test_a_file_of_labels_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="cannot be read"):
        read_labels(tmp_path / "gone.csv", [])


def test_a_sample_is_always_the_same() -> None:
    names = [f"{number:04}.png" for number in range(500)]
    assert sampled(names, 500) == names
    assert sampled(names, 30) == sampled(names, 30)
    assert len(sampled(names, 30)) == 30


def test_folders_that_cannot_be_calibrated(tmp_path: Path) -> None:
    with pytest.raises(Usage, match="no folder"):
        names_in(tmp_path / "gone")
    with pytest.raises(Usage, match="no file"):
        names_in(tmp_path)
    artwork(0, 100).save(tmp_path / "one.png")
    with pytest.raises(Usage, match="two are needed"):
        calibrate(tmp_path, None, 10, lambda done, total: None)
