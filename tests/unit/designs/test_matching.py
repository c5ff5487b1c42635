"""Exact copies match whatever they are; near ones by their hashes, unless those say nothing."""

from dataclasses import replace

from PIL import Image

from functions.hash.designs.fingerprint import Fingerprint, fingerprint
from functions.hash.designs.matching import match
from functions.hash.designs.presets import PRESETS
from infra.local.samples.artwork import artwork
from tests.unit.designs.files import encoded

STANDARD = PRESETS["standard"]


def of(image: Image.Image, kind: str = "PNG", **options: int) -> Fingerprint:
    return fingerprint(encoded(image, kind, **options))


def test_the_same_pixels_in_another_file_are_an_exact_copy() -> None:
    image = artwork(0, 300)
    assert match(of(image), of(image, "TIFF"), STANDARD) == "exact"


def test_a_smaller_copy_is_near() -> None:
    image = artwork(1, 600)
    assert match(of(image), of(image.resize((300, image.height * 300 // image.width))), STANDARD) == "near"


def test_a_jpeg_of_a_design_is_near() -> None:
    image = artwork(2, 600).convert("RGB")
    assert match(of(image), of(image, "JPEG", quality=60), STANDARD) == "near"


def test_another_design_is_not() -> None:
    assert match(of(artwork(0, 300)), of(artwork(1, 300)), STANDARD) is None


def test_flat_designs_are_one_only_when_they_are_exactly() -> None:
    white, grey = Image.new("RGB", (90, 90), "white"), Image.new("RGB", (90, 90), "#eeeeee")
    assert of(white).hashes == of(grey).hashes
    assert match(of(white), of(grey), STANDARD) is None
    assert match(of(white), of(white, "BMP"), STANDARD) == "exact"


def test_hashes_of_another_version_say_nothing() -> None:
    found = of(artwork(0, 300))
    older = replace(found, version=found.version - 1, content_hash="0" * 64)
    assert match(found, older, STANDARD) is None
    assert match(found, replace(older, version=found.version), STANDARD) == "near"
