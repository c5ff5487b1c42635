"""What makes two files one design: not how they are encoded, turned or framed, nor what nobody can see."""

import io
import statistics
from typing import Any

import imagehash
import numpy as np
import pytest
import scipy.fft
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageOps

from functions.hash.designs.content import visible_box
from functions.hash.designs.fingerprint import fingerprint
from functions.hash.designs.orientation import UPRIGHT, orientation_of
from functions.hash.designs.picture import picture_of
from functions.hash.designs.representation import KEPT_SIDE, SIDE, representation_of
from infra.local.samples.artwork import artwork, photograph
from tests.unit.designs.files import encoded, opaque, see_through

sizes = st.integers(1, 60)
margins = st.tuples(*[st.integers(0, 40)] * 4)


def pixels(mode: str) -> st.SearchStrategy[Image.Image]:
    """Pictures of any size and any pixels."""
    bands = len(mode)

    def image(size: tuple[int, int]) -> st.SearchStrategy[Image.Image]:
        count = size[0] * size[1] * bands
        return st.binary(min_size=count, max_size=count).map(lambda data: Image.frombytes(mode, size, data))

    return st.tuples(st.integers(1, 12), st.integers(1, 12)).flatmap(image)


def visible(image: Image.Image) -> Image.Image:
    """The same with one opaque pixel, so that something can be seen."""
    image.putpixel((0, 0), (1, 2, 3, 255))
    return image


def framed(image: Image.Image, margin: tuple[int, ...]) -> Image.Image:
    """With a transparent margin, in which a colour is hidden."""
    left, upper, right, lower = margin
    frame = Image.new("RGBA", (image.width + left + right, image.height + upper + lower), (255, 0, 200, 0))
    frame.paste(image, (left, upper))
    return frame


def same(one: Image.Image, other: Image.Image) -> bool:
    return one.size == other.size and one.tobytes() == other.tobytes()


@given(pixels("RGBA").map(visible), margins)
def test_a_transparent_margin_counts_for_nothing(image: Image.Image, margin: tuple[int, ...]) -> None:
    assert same(representation_of(framed(image, margin)), representation_of(image))


@given(pixels("RGBA").map(visible), st.tuples(*[st.integers(0, 255)] * 3))
def test_colour_under_full_transparency_counts_for_nothing(
    image: Image.Image, colour: tuple[int, int, int]
) -> None:
    other = image.copy()
    other.paste((*colour, 0), mask=image.getchannel("A").point(lambda alpha: 0 if alpha else 255))
    assert same(representation_of(other), representation_of(image))
    one, two = (fingerprint(encoded(each, "PNG")) for each in (image, other))
    assert one.content_hash == two.content_hash


@settings(max_examples=30)
@given(pixels("RGBA").map(visible))
def test_how_pixels_are_encoded_counts_for_nothing(image: Image.Image) -> None:
    files = [encoded(image, "PNG"), encoded(image, "PNG", compress_level=1), encoded(image, "TIFF")]
    files += [
        encoded(image, "TIFF", compression="tiff_lzw"),
        encoded(image, "WEBP", lossless=True, exact=True),
    ]
    found = [fingerprint(file) for file in files]
    assert len({each.content_hash for each in found}) == 1
    assert len({each.hashes for each in found}) == 1


@given(pixels("RGB"), pixels("RGB"))
def test_other_pixels_are_another_content(one: Image.Image, other: Image.Image) -> None:
    hashes = [fingerprint(encoded(image, "PNG")).content_hash for image in (one, other)]
    assert (hashes[0] == hashes[1]) == same(one, other)


@given(pixels("RGB"), st.integers(1, 8))
def test_pictures_are_turned_as_their_metadata_say(image: Image.Image, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    with Image.open(encoded(image, "PNG", exif=exif)) as turned:
        turned.load()
        picture = picture_of(turned)
        upright = ImageOps.exif_transpose(turned)
    assert picture.size == upright.size
    assert same(picture.whole(), upright)
    strips = [strip.tobytes() for strip in picture.strips()]
    assert b"".join(strips) == upright.tobytes()
    assert ("turned" in picture.notes) == (orientation > 1)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_large_picture_is_turned_strip_by_strip(orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = photograph(1, (1700, 1300))
    turned = fingerprint(encoded(image, "TIFF", exif=exif))
    with Image.open(encoded(image, "PNG", exif=exif, compress_level=1)) as stored:
        upright = ImageOps.exif_transpose(stored)
    assert turned.content_hash == fingerprint(encoded(upright, "PNG", compress_level=1)).content_hash
    assert turned.hashes == fingerprint(encoded(upright, "BMP")).hashes


def test_an_orientation_nobody_has_defined_is_none() -> None:
    exif = Image.Exif()
    exif[0x0112] = 77
    with Image.open(encoded(opaque(), "PNG", exif=exif)) as image:
        assert orientation_of(image) == UPRIGHT


@pytest.mark.parametrize("size", [(1600, 1200), (1601, 1200), (300, 8000), (5, 3), (1, 1)])
def test_it_has_one_size(size: tuple[int, int]) -> None:
    assert representation_of(Image.new("RGB", size, "teal")).size == (128, 128)


def test_it_is_white_where_a_picture_is_transparent() -> None:
    half = Image.new("RGBA", (256, 256), (0, 0, 0, 255))
    half.paste((0, 0, 0, 0), (100, 100, 156, 156))
    half.paste((0, 0, 0, 128), (200, 0, 256, 256))
    found = representation_of(half)
    assert [found.getpixel(place) for place in ((10, 10), (64, 64), (120, 10))] == [0, 255, 127]


@pytest.mark.parametrize("number", [2, 3, 7])
def test_a_large_picture_is_that_of_its_luminance_made_smaller(number: int) -> None:
    """Strip by strip comes to the same as all at once."""
    image = artwork(number, 1500).convert("RGB")
    factor = min(image.size) // KEPT_SIDE
    assert factor > 1
    at_once = image.convert("L").reduce(factor).resize((SIDE, SIDE), Image.Resampling.HAMMING)
    assert same(representation_of(image), at_once)


def test_a_jpeg_with_other_comments_is_the_same_content() -> None:
    image = opaque()
    exif = Image.Exif()
    exif[0x010E] = "Taken on a Tuesday"
    plain = fingerprint(encoded(image, "JPEG"))
    assert fingerprint(encoded(image, "JPEG", comment=b"hello", exif=exif)).content_hash == plain.content_hash
    assert fingerprint(encoded(image, "JPEG", quality=74)).content_hash != plain.content_hash
    exif[0x0112] = 6
    assert fingerprint(encoded(image, "JPEG", exif=exif)).content_hash != plain.content_hash


def test_a_jpeg_reports_its_own_size_though_it_is_read_smaller() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = fingerprint(encoded(photograph(1), "JPEG", exif=exif))
    assert (found.width, found.height) == (1200, 1600)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("quality", [60, 90])
def test_a_jpeg_read_smaller_hashes_as_one_read_whole(number: int, quality: int) -> None:
    """At most 2 of 256 bits from imagehash's own hash of the file as anyone decodes it, of those that are decided.

    A bit of dHash is not that hangs on a single grey level, nor one of pHash on as much as an error of two grey levels
    in every point moves it: in a plain sky, or in a symmetric picture, imagehash's own bits are those of its rounding.
    """
    file = encoded(photograph(number), "JPEG", quality=quality)
    found = fingerprint(io.BytesIO(file.getvalue())).hashes
    with Image.open(file) as plain:
        grey = plain.convert("L")
    points = np.asarray(grey.resize((17, 16), Image.Resampling.LANCZOS), dtype=int)
    steps = points[:, 1:] - points[:, :-1]
    assert differing(found.dhash, imagehash.dhash(grey, 16), np.abs(steps) > 1) <= 2
    waves = scipy.fft.dctn(np.asarray(grey.resize((64, 64), Image.Resampling.LANCZOS), dtype=float))[:16, :16]
    decided = np.abs(waves - np.median(waves)) > 2 * 4 * 32
    assert differing(found.phash, imagehash.phash(grey, 16), decided) <= 2


def differing(ours: int, theirs: imagehash.ImageHash, decided: Any) -> int:
    """How many of the decided bits differ; at least three in ten have to be decided."""
    assert decided.mean() > 0.3
    bits = np.unpackbits(np.frombuffer(ours.to_bytes(32, "big"), dtype=np.uint8)).reshape(16, 16)
    return int(((bits != theirs.hash) & decided).sum())


def test_most_jpegs_hash_to_the_bit_as_read_whole() -> None:
    """pHash, counting every bit."""
    apart = []
    for number in range(5):
        file = encoded(photograph(number), "JPEG", quality=85)
        found = fingerprint(io.BytesIO(file.getvalue())).hashes.phash
        with Image.open(file) as plain:
            apart.append((found ^ int(str(imagehash.phash(plain, 16)), 16)).bit_count())
    assert statistics.median(apart) <= 2


def test_artwork_with_margins_has_something_to_trim() -> None:
    image = artwork(4, 300)
    box = visible_box(picture_of(image))
    assert box is not None
    assert (0, 0, *image.size) != box
    assert see_through().getchannel("A").getextrema() == (0, 255)
