"""The hashes are imagehash's, bit for bit; their distance is one; flat pictures are known."""

import random

import imagehash
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageOps

from common.errors import Misconfigured
from common.settings.designs import DesignSettings
from functions.hash.designs.flatness import FlatnessLimits, flatness_of
from functions.hash.designs.hashes import Hashes, distance, hashes_of, points_of, written
from functions.hash.designs.limits import ImageLimits
from functions.hash.designs.presets import PRESETS, RULES, Preset, chosen
from functions.hash.designs.representation import representation_of
from functions.hash.designs.variants import variant_hashes
from infra.local.samples.artwork import artwork, grain

large = st.integers(0, 2**256 - 1)
small = st.integers(0, 2**64 - 1)
hashes = st.builds(Hashes, phash=large, dhash=large, phash_small=small, dhash_small=small)


@pytest.mark.parametrize("number", range(24))
def test_they_are_those_of_imagehash(number: int) -> None:
    representation = representation_of(artwork(number, 300))
    found = hashes_of(representation)
    assert written(found.phash, 16) == str(imagehash.phash(representation, hash_size=16))
    assert written(found.dhash, 16) == str(imagehash.dhash(representation, hash_size=16))
    assert written(found.phash_small, 8) == str(imagehash.phash(representation, hash_size=8))
    assert written(found.dhash_small, 8) == str(imagehash.dhash(representation, hash_size=8))


@pytest.mark.parametrize("number", [2, 3, 7, 10, 11, 15])
def test_of_a_plain_picture_they_are_as_near_to_those_of_imagehash_as_rounding_allows(number: int) -> None:
    image = artwork(number, 700).convert("RGB")
    found = hashes_of(representation_of(image))
    assert distance(found.phash, int(str(imagehash.phash(image, hash_size=16)), 16)) <= 2
    assert distance(found.phash_small, int(str(imagehash.phash(image, hash_size=8)), 16)) <= 2


@given(large, large, large)
def test_distance_is_a_distance(one: int, other: int, third: int) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, third) <= distance(one, other) + distance(other, third)


@given(large, small)
def test_they_are_written_in_a_fixed_length(one: int, other: int) -> None:
    assert (len(written(one, 16)), len(written(other, 8))) == (64, 16)
    assert (int(written(one, 16), 16), int(written(other, 8), 16)) == (one, other)


@given(hashes, hashes, st.sampled_from(list(PRESETS.values())))
def test_two_designs_match_in_both_directions(one: Hashes, other: Hashes, preset: Preset) -> None:
    assert preset.distance(one, other) == preset.distance(other, one)
    assert preset.matches(one, other) == preset.matches(other, one)
    assert preset.matches(one, one)


@given(hashes, hashes)
def test_a_rule_combines_both_distances(one: Hashes, other: Hashes) -> None:
    p, d = distance(one.phash, other.phash), distance(one.dhash, other.dhash)
    found = {rule: Preset(name="", size=16, rule=rule, within=0).distance(one, other) for rule in RULES}
    assert found == {
        "phash": p,
        "dhash": d,
        "phash or dhash": min(p, d),
        "phash and dhash": max(p, d),
    }


def test_a_preset_says_which_hashes_it_looks_at() -> None:
    assert PRESETS["seed"].uses == ("phash",)
    assert PRESETS["standard"].uses == ("phash", "dhash")


def test_a_mirrored_design_is_found_on_request_only() -> None:
    image = artwork(1, 400)
    stored = hashes_of(representation_of(image))
    representation = representation_of(ImageOps.mirror(image))
    preset = PRESETS["standard"]
    assert not preset.matches(hashes_of(representation), stored)
    found = variant_hashes(representation)
    assert [name for name, each in found.items() if preset.matches(each, stored)] == ["mirrored"]


@pytest.mark.parametrize(
    ("turn", "name"), [(90, "turned_right"), (180, "turned_round"), (270, "turned_left")]
)
def test_a_turned_design_is_found_on_request(turn: int, name: str) -> None:
    image = artwork(7, 400)
    found = variant_hashes(representation_of(image.rotate(turn, expand=True)))
    stored = hashes_of(representation_of(image))
    assert [each for each in found if PRESETS["standard"].matches(found[each], stored)] == [name]


@pytest.mark.parametrize("colour", ["white", "black", "#7f3355"])
def test_one_colour_is_flat(colour: str) -> None:
    assert is_flat(Image.new("RGB", (300, 200), colour))


def test_a_soft_gradient_and_a_dot_on_an_empty_field_are_flat() -> None:
    assert is_flat(Image.linear_gradient("L").point(lambda level: 100 + level // 20))
    dot = Image.new("RGB", (400, 400), "white")
    dot.paste((0, 0, 0), (200, 200, 206, 206))
    assert is_flat(dot)


@pytest.mark.parametrize("number", range(24))
def test_artwork_is_not_flat(number: int) -> None:
    assert not is_flat(artwork(number, 300))


def test_grain_that_no_hash_sees_is_flat() -> None:
    assert is_flat(grain(random.Random("grain"), (600, 600)))


def is_flat(image: Image.Image) -> bool:
    return FlatnessLimits().is_flat(flatness_of(points_of(representation_of(image))))


def resolved(**values: object) -> DesignSettings:
    defaults = {setting.name: setting.default for setting in DesignSettings.declared()}
    return DesignSettings({**defaults, **values})


def test_the_defaults_are_those_of_the_settings() -> None:
    assert ImageLimits.of(resolved()) == ImageLimits()
    assert FlatnessLimits.of(resolved()) == FlatnessLimits()


def test_presets_are_chosen_by_name_and_their_threshold_may_be_another() -> None:
    assert chosen(resolved()).name == "standard"
    seed = chosen(resolved(design_duplicate_preset="seed"))
    assert (seed.size, seed.rule, seed.within) == (16, "phash", 5)
    assert chosen(resolved(duplicate_hamming_threshold=0)).within == 0
    with pytest.raises(Misconfigured, match="from 0 to 31"):
        chosen(resolved(design_duplicate_preset="small", duplicate_hamming_threshold=32))


def test_every_preset_can_be_named() -> None:
    setting = DesignSettings.design_duplicate_preset
    assert [setting.parse(name) for name in PRESETS] == list(PRESETS)


def test_the_threshold_has_its_own_name_in_the_environment() -> None:
    assert DesignSettings.duplicate_hamming_threshold.bare_in_environment
