"""Mock-ups: where the design is seen, how it is fitted, and what lies over it."""

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from common.shops.mask import Mask
from functions.hash.designs.limits import ImageLimits
from functions.hash.designs.reading import Reader
from functions.hash.designs.refusal import ImageRefused
from functions.stage.designs.mockup import (
    MockupRefused,
    Mockups,
    Scene,
    SceneFile,
    mock_up,
    place,
    scene,
    small,
)
from functions.stage.designs.polygon import box_of, mask_of
from functions.stage.designs.render import Renderer
from functions.stage.designs.room import Room
from tests.unit.designs_stage.files import CLEAR, RED, block, picture_of, stream_of

SQUARE = ((100.0, 100.0), (300.0, 100.0), (300.0, 300.0), (100.0, 300.0))
GREY = (200, 200, 200)


def halves() -> Image.Image:
    """A design twice as wide as high, its left half red and its right half blue."""
    image = Image.new("RGBA", (400, 200), (255, 0, 0, 255))
    image.paste((0, 0, 255, 255), (200, 0, 400, 200))
    return image


def shown(design: Image.Image, *masks: Mask, watermark: Image.Image | None = None) -> Image.Image:
    """The design on a grey picture of 400 × 400 pixels."""
    return picture_of(mock_up(design, Scene(Image.new("RGB", (400, 400), GREY), masks, watermark)))


def near(found: object, wanted: tuple[int, int, int]) -> bool:
    """Whether a pixel has a colour, as far as JPEG keeps it."""
    assert isinstance(found, tuple)
    return all(abs(one - other) < 12 for one, other in zip(found, wanted, strict=True))


def test_a_design_that_is_not_cropped_is_all_inside_its_mask_and_in_the_middle() -> None:
    image = shown(halves(), Mask(polygon=SQUARE))
    assert near(image.getpixel((110, 200)), (255, 0, 0))
    assert near(image.getpixel((290, 200)), (0, 0, 255))
    assert near(image.getpixel((200, 120)), GREY)
    assert near(image.getpixel((200, 280)), GREY)


@pytest.mark.parametrize(
    ("alignment", "left", "right"),
    [
        ("left", (255, 0, 0), (255, 0, 0)),
        ("center", (255, 0, 0), (0, 0, 255)),
        ("right", (0, 0, 255), (0, 0, 255)),
    ],
)
def test_a_cropped_design_covers_its_mask_and_keeps_the_side_it_is_aligned_to(
    alignment: str, left: tuple[int, int, int], right: tuple[int, int, int]
) -> None:
    image = shown(halves(), Mask(polygon=SQUARE, is_cropped=True, alignment=alignment))
    for y in (110, 290):
        assert near(image.getpixel((110, y)), left)
        assert near(image.getpixel((290, y)), right)
    for outside in ((92, 200), (308, 200), (200, 92), (200, 308)):
        assert near(image.getpixel(outside), GREY)


@pytest.mark.parametrize(("alignment", "x"), [("left", 105), ("center", 200), ("right", 295)])
def test_a_narrow_design_that_is_not_cropped_stands_where_it_is_aligned(alignment: str, x: int) -> None:
    image = shown(block((20, 200)), Mask(polygon=SQUARE, alignment=alignment))
    red = [each for each in (105, 200, 295) if near(image.getpixel((each, 200)), (255, 0, 0))]
    assert red == [x]


def test_a_design_is_seen_in_every_mask_each_in_its_own_way() -> None:
    left = Mask(polygon=((0, 0), (100, 0), (100, 100), (0, 100)), is_cropped=True, alignment="left")
    right = Mask(polygon=((200, 0), (300, 0), (300, 100), (200, 100)), is_cropped=True, alignment="right")
    image = shown(halves(), left, right)
    assert near(image.getpixel((50, 50)), (255, 0, 0))
    assert near(image.getpixel((250, 50)), (0, 0, 255))
    assert near(image.getpixel((150, 50)), GREY)


def test_only_the_inside_of_a_polygon_shows_the_design() -> None:
    triangle = Mask(polygon=((100, 100), (300, 100), (100, 300)), is_cropped=True)
    image = shown(block((50, 50)), triangle)
    assert near(image.getpixel((120, 120)), (255, 0, 0))
    assert near(image.getpixel((280, 280)), GREY)


def test_a_transparent_design_lets_the_picture_through() -> None:
    design = block((20, 20), margin=40)
    design.putalpha(design.getchannel("A").point(lambda alpha: alpha // 2))
    image = shown(design, Mask(polygon=SQUARE))
    assert near(image.getpixel((110, 110)), GREY)
    assert near(image.getpixel((200, 200)), (227, 100, 100))


def test_a_watermark_is_six_tenths_of_the_width_in_the_middle_and_lets_the_design_through() -> None:
    image = shown(block((9, 9)), watermark=Image.new("RGBA", (50, 10), (0, 0, 0, 255)))
    dark = (110, 110, 110)  # 0.55 of the ground
    assert near(image.getpixel((200, 200)), dark)
    assert [near(image.getpixel((x, 200)), dark) for x in (72, 88, 312, 328)] == [False, True, True, False]
    assert [near(image.getpixel((200, y)), dark) for y in (168, 182, 218, 232)] == [False, True, True, False]


def test_a_watermark_higher_than_the_picture_is_made_to_fit() -> None:
    image = shown(block((9, 9)), watermark=Image.new("RGBA", (10, 100), (0, 0, 0, 255)))
    assert near(image.getpixel((200, 2)), (110, 110, 110))
    assert near(image.getpixel((170, 200)), GREY)


def test_a_scene_is_brought_to_2000_pixels_and_its_masks_with_it() -> None:
    wide = stream_of(Image.new("RGB", (4000, 1000), GREY), "BMP")
    made = scene(Reader(), SceneFile(source=wide, masks=[Mask(polygon=SQUARE)], size=(4000, 1000)))
    assert made.picture.size == (2000, 500)
    assert made.masks[0].polygon == ((50, 50), (150, 50), (150, 150), (50, 150))
    made_up = mock_up(block((10, 10)), made)
    assert (made_up.width, made_up.height, made_up.media_type) == (2000, 500, "image/jpeg")
    assert near(picture_of(made_up).getpixel((100, 100)), (255, 0, 0))


def test_a_scene_serves_one_design_after_the_other() -> None:
    made = Scene(Image.new("RGB", (400, 400), GREY), (Mask(polygon=SQUARE),))
    first, other = mock_up(block((10, 10)), made), mock_up(halves(), made)
    assert mock_up(block((10, 10)), made) == first != other


def test_masks_that_were_drawn_on_another_picture_are_refused() -> None:
    with pytest.raises(MockupRefused, match=r"room.png has other proportions than the 400 × 300 pixels"):
        scene(
            Reader(),
            SceneFile(
                source=stream_of(Image.new("RGB", (400, 400))), masks=[], size=(400, 300), name="room.png"
            ),
        )


def test_a_design_is_read_for_mock_ups_without_its_margin() -> None:
    assert small(Reader(), stream_of(block((30, 20), margin=9)), crop=True).size == (30, 20)
    with pytest.raises(ImageRefused):
        small(Reader(), stream_of(Image.new("RGBA", (30, 20), CLEAR)), crop=True)


def test_the_edge_of_a_mask_is_smooth_and_its_area_right() -> None:
    polygon = ((10.0, 10.0), (90.0, 30.0), (40.0, 95.0))
    mask = mask_of(polygon, box_of(polygon, (100, 100)))
    levels = mask.histogram()
    assert sum(1 for level in levels[1:255] if level) > 8
    covered = sum(level * count for level, count in enumerate(levels)) / 255
    assert covered == pytest.approx(3100, rel=0.01)


SIDES = st.integers(1, 3000)


@given(
    st.tuples(SIDES, SIDES),
    st.tuples(SIDES, SIDES),
    st.booleans(),
    st.sampled_from(["left", "center", "right"]),
)
def test_a_design_covers_its_hole_or_lies_inside_it(
    design: tuple[int, int], hole: tuple[int, int], is_cropped: bool, alignment: str
) -> None:
    size, corner = place(design, hole, is_cropped=is_cropped, alignment=alignment)
    for side, room, start in zip(size, hole, corner, strict=True):
        if is_cropped:
            assert side >= room
            assert room - side <= start <= 0
        else:
            assert 1 <= side <= room
            assert 0 <= start <= room - side
    assert size[0] == hole[0] or size[1] == hole[1]


def test_a_mock_up_is_a_jpeg_of_quality_95() -> None:
    made = mock_up(block((10, 10)), Scene(Image.new("RGB", (40, 40), GREY), ()))
    with Image.open(io.BytesIO(made.content)) as image:
        assert image.format == "JPEG"
        assert max(image.quantization[0]) <= 12


def test_each_picture_of_a_mock_up_has_its_own_masks_and_its_own_watermark() -> None:
    corner = Mask(polygon=((0, 0), (100, 0), (100, 100), (0, 100)), is_cropped=True)
    mark = stream_of(Image.new("RGBA", (50, 10), (0, 0, 0, 255)))
    ground = Image.new("RGB", (400, 400), GREY)
    scenes = [
        SceneFile(source=stream_of(ground), masks=[corner], size=(400, 400)),
        SceneFile(source=stream_of(ground), masks=[Mask(polygon=SQUARE)], size=(400, 400), watermark=mark),
        SceneFile(source=stream_of(ground), masks=[], size=(400, 400)),
    ]
    made = Mockups(Room(Reader(), 56)).of(stream_of(block((40, 40), margin=60)), scenes)
    seen = [[near(picture_of(each).getpixel(at), RED[:3]) for at in ((50, 50), (200, 130))] for each in made]
    assert seen == [[True, False], [False, True], [False, False]]


def test_threads_that_render_and_mock_up_in_a_narrow_room_all_come_to_an_end() -> None:
    room = Room(Reader(ImageLimits(decode_mib=1)), 2)
    scenes = [
        SceneFile(
            source=stream_of(Image.new("RGB", (300, 300))), masks=[Mask(polygon=SQUARE)], size=(300, 300)
        )
    ]

    def work(number: int) -> int:
        design = stream_of(block((400 + number, 300)))
        if number % 2:
            return Renderer(room).comprehensive(design).width
        mine = [replace(each, source=stream_of(Image.new("RGB", (300, 300)))) for each in scenes]
        return sum(each.width for each in Mockups(room).of(design, mine))

    with ThreadPoolExecutor(6) as threads:
        assert list(threads.map(work, range(12), timeout=30)) == [
            400 + each if each % 2 else 300 for each in range(12)
        ]
