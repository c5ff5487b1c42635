"""Rendering: what is cropped, what is drawn where, and what the file is."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from common.shops.family import FAMILIES
from functions.hash.designs.limits import ImageLimits
from functions.hash.designs.picture import picture_of as decoded
from functions.hash.designs.reading import Reader
from functions.hash.designs.refusal import ImageRefused
from functions.stage.designs.content import content_box
from functions.stage.designs.render import Print, Renderer, RenderRefused
from functions.stage.designs.resampling import strips
from functions.stage.designs.room import Room
from infra.local.samples.artwork import artwork
from tests.unit.designs_stage.files import (
    CLEAR,
    RED,
    block,
    canvas,
    inches,
    picture_of,
    rendered,
    stream_of,
)


def test_a_design_is_cropped_to_its_content_before_it_is_sized() -> None:
    image = rendered(block((200, 100), margin=150), "wrap", inches("2", "1"), canvas("4", "4"))
    assert image.size == (300, 150)
    assert image.getextrema() == ((255, 255), (0, 0), (0, 0), (255, 255))


def test_the_faintest_pixel_belongs_to_the_content() -> None:
    image = block((20, 20), margin=30)
    image.putpixel((2, 7), (9, 9, 9, 1))
    assert content_box(decoded(image)) == (2, 7, 50, 50)


def test_an_opaque_picture_is_not_cropped() -> None:
    image = Image.new("RGB", (60, 40), "white")
    assert content_box(decoded(image)) == (0, 0, 60, 40)
    assert rendered(image, "wrap", inches("2", "1"), canvas("4", "4")).mode == "RGB"


def test_what_is_fully_transparent_is_refused() -> None:
    with pytest.raises(ImageRefused) as refused:
        rendered(Image.new("RGBA", (50, 50), CLEAR), "dtf")
    assert refused.value.reason == "fully_transparent"


def test_a_decal_stands_in_the_middle_of_a_transparent_canvas() -> None:
    image = rendered(block((200, 100)), "decal", inches("2", "2"), canvas("4", "3"))
    assert image.size == (600, 450)
    assert image.getchannel("A").getbbox() == (150, 150, 450, 300)
    assert image.getpixel((300, 225)) == RED


def test_an_opaque_picture_on_a_canvas_is_transparent_around() -> None:
    image = rendered(Image.new("L", (100, 100), 7), "decal", inches("2", "2"), canvas("4", "4"))
    assert (image.mode, image.getpixel((0, 0)), image.getpixel((300, 300))) == ("RGBA", CLEAR, (7, 7, 7, 255))


def test_a_wide_design_for_the_new_mk_is_turned_to_the_left() -> None:
    wide = block((200, 100))
    wide.paste((0, 0, 255, 255), (150, 0, 200, 100))  # its right end is blue
    image = rendered(wide, "new_mk", inches("1", "2"), canvas("2", "2"))
    assert image.getchannel("A").getbbox() == (75, 0, 225, 300)
    assert image.getpixel((150, 10)) == (0, 0, 255, 255)
    assert image.getpixel((150, 290)) == RED


def test_a_camera_held_upright_is_seen_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stream = stream_of(Image.new("RGB", (200, 100), "teal"), "JPEG", exif=exif)
    made = Renderer().render(
        stream, Print(family=FAMILIES["dtf"], size=inches("2", "2"), canvas=canvas("4", "4"))
    )
    assert (made.width, made.height) == (150, 300)


def test_the_file_says_how_many_dots_an_inch_it_has() -> None:
    made = Renderer().render(
        stream_of(block((20, 20))), Print(family=FAMILIES["dtf"], canvas=canvas("1", "1", 200))
    )
    assert (made.media_type, made.extension, made.dpi) == ("image/png", ".png", 200)
    assert round(picture_of(made).info["dpi"][0]) == 200


def test_a_digital_product_keeps_the_dots_an_inch_of_its_upload() -> None:
    wanted = Print(family=FAMILIES["dtf"], size=inches("2", "1"), is_digital=True)
    said = Renderer().render(stream_of(block((50, 50)), dpi=(96, 96)), wanted)
    unsaid = Renderer().render(stream_of(block((50, 50))), wanted)
    senseless = Renderer().render(stream_of(block((50, 50)), dpi=(1, 1)), wanted)
    assert [(each.dpi, each.width) for each in (said, unsaid, senseless)] == [
        (96, 192),
        (400, 800),
        (400, 800),
    ]


def test_a_jpeg_shows_white_where_the_design_is_transparent() -> None:
    stream = stream_of(block((100, 100), margin=0))
    wanted = Print(
        family=FAMILIES["decal"], size=inches("1", "1"), canvas=canvas("2", "2"), file_format="jpeg"
    )
    made = Renderer().render(stream, wanted)
    image = picture_of(made)
    assert (made.media_type, made.extension, image.format) == ("image/jpeg", ".jpg", "JPEG")
    assert image.getpixel((5, 5)) == (255, 255, 255)
    assert image.getpixel((150, 150))[0] > 250


def test_the_comprehensive_variant_is_a_jpeg_unless_there_is_alpha() -> None:
    opaque = Renderer().comprehensive(stream_of(Image.new("RGB", (3200, 1600), "teal"), "BMP"))
    clear = Renderer().comprehensive(stream_of(block((300, 100), margin=5)))
    assert (opaque.media_type, opaque.width, opaque.height) == ("image/jpeg", 3000, 1500)
    assert (clear.media_type, clear.width, clear.height) == ("image/png", 300, 100)


@pytest.mark.parametrize(("size", "reason"), [((9, 500), "too_small"), ((501, 20), "too_large_side")])
def test_pictures_that_cannot_be_printed_are_refused(size: tuple[int, int], reason: str) -> None:
    renderer = Renderer(Room(Reader(ImageLimits(largest_side=500)), 56))
    with pytest.raises(ImageRefused) as refused:
        renderer.comprehensive(stream_of(Image.new("RGB", size)))
    assert refused.value.reason == reason


def test_a_speck_in_a_large_picture_is_too_small_to_be_enlarged() -> None:
    with pytest.raises(ImageRefused) as refused:
        rendered(block((3, 3), margin=100), "wrap")
    assert refused.value.reason == "too_small"


def test_a_print_that_takes_more_memory_than_allowed_is_refused_with_what_to_do() -> None:
    renderer = Renderer(Room(Reader(), 1))
    wanted = Print(family=FAMILIES["wrap"], size=inches("4", "4"), canvas=canvas("4", "4"))
    with pytest.raises(RenderRefused, match="600 × 600 pixels take 2 MiB, and design_render_mib allows 1"):
        renderer.render(stream_of(block((20, 20))), wanted)
    renderer.render(stream_of(block((20, 20))), Print(family=FAMILIES["wrap"], size=inches("1", "1")))


def test_a_file_that_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "design.png").write_text("no picture")
    with pytest.raises(ImageRefused, match=r".") as refused:
        Renderer().comprehensive(tmp_path / "design.png")
    assert refused.value.reason == "not_an_image"


@settings(max_examples=12, deadline=None)
@given(
    size=st.tuples(st.integers(1, 900), st.integers(1, 900)),
    cut=st.tuples(st.integers(0, 200), st.integers(0, 200), st.integers(201, 600), st.integers(201, 450)),
    number=st.integers(0, 7),
)
def test_strips_together_are_the_picture_resized_at_once(
    size: tuple[int, int], cut: tuple[int, int, int, int], number: int
) -> None:
    image = artwork(number)
    box = (cut[0], cut[1], min(cut[2], image.width), min(cut[3], image.height))
    piece = image.crop(box)
    is_smaller = size[0] < piece.width or size[1] < piece.height
    at_once = piece.resize(size, Image.Resampling.HAMMING if is_smaller else Image.Resampling.BICUBIC)
    joined = Image.new(image.mode, size)
    for row, strip in strips(decoded(image), box, size):
        joined.paste(strip, (0, row))
    ground = Image.new(image.mode, size, (255,) * len(image.getbands()))
    if image.mode == "RGBA":
        joined, at_once = (Image.alpha_composite(ground, each) for each in (joined, at_once))
    assert max(high for _, high in ImageChops.difference(joined, at_once).getextrema()) <= 3


def test_colour_under_a_transparent_pixel_does_not_bleed_into_an_edge() -> None:
    image = Image.new("RGBA", (400, 400), (0, 255, 0, 0))
    image.paste((255, 0, 0, 255), (101, 101, 301, 301))
    image.putpixel((0, 0), (0, 255, 0, 1))
    image.putpixel((399, 399), (0, 255, 0, 1))
    small = rendered(image, "wrap", inches("1", "1"), canvas("4", "4"))
    assert all(green <= 16 for _, green, _, alpha in small.get_flattened_data() if alpha > 32)


def test_a_stream_stays_open() -> None:
    stream = io.BytesIO(stream_of(block((20, 20))).getvalue())
    Renderer().comprehensive(stream)
    assert not stream.closed
