"""What is wrong with a shop's file is said by line, all of it."""

import math
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from common.shops.checking import check
from common.shops.mask import Mask
from common.shops.mockup import Mockup, MockupImage
from functions.push.etsy.listing import NewListing
from infra.local.samples import make_shop
from tests.unit.shops.files import SOUND, places_of, shop_of


def test_a_sound_file_says_a_shop() -> None:
    shop = shop_of(SOUND)
    assert (shop.name, shop.etsy_shop_id, check(SOUND).problems) == ("Sample shop", 5001, ())
    wrap, digital = shop.templates
    assert (wrap.price, wrap.shipping_profile_id, wrap.is_digital) == (Decimal("4.00"), 8001, False)
    assert (digital.is_digital, digital.rules.name, digital.quantity) == (True, "dtf", 100)
    [canvas] = wrap.canvases
    assert (canvas.width, canvas.dpi, canvas.spacing) == (Decimal("9.5"), 400, Decimal("0.125"))
    assert [size.name for size in canvas.sizes] == ["Adult"]
    assert [mockup.starting_name for mockup in wrap.mockups] == [250]


def test_each_picture_has_its_own_masks() -> None:
    [kitchen] = shop_of(SOUND).templates[0].mockups
    assert [(image.filename, [mask.alignment for mask in image.masks]) for image in kitchen.images] == [
        ("table.jpg", ["left", "center"]),
        ("shelf.png", ["center"]),
    ]


def test_a_template_says_what_a_listing_takes() -> None:
    for template in shop_of(SOUND).templates:
        listing = NewListing(title="A title", **template.listing_fields())
        assert (listing.price, listing.type) == (template.price, template.type)


def test_nothing_stops_at_the_first_problem() -> None:
    text = """\
shop: Sample/shop
etsy: {shop_id: none, section: [], sections: [{id: 7001, name: Mugs}]}
templates:
  - name: A
    template_title: 100% cotton % wool
    price: 0
    quantity: many
    taxonomy_id: 1063
    shop_section_id: 7009
    family: mugs
    when_made: yesterday
    tags: [a, a tag of far too many letters]
    item_weight: 2
    canvases:
      - {name: C, width: 4, height: 0, dpi: 301}
    mockups:
      - name: M
        starting_name: 0
        images:
          - {file: ../a.jpg, width: 10, height: 10, masks: [{polygon: [[0, 0], [11, 5]]}]}
          - {file: b.gif, height: 10}
  - name: a
    description: d
    type: download
    template_title: t
    price: 1.234
    taxonomy_id: 1
"""
    assert places_of(text) == [
        (1, "", "shop", "bad_name"),
        (2, "", "etsy.section", "unknown_key"),
        (2, "", "etsy.shop_id", "not_readable"),
        (4, "A", "description", "missing"),
        (4, "A", "shipping_profile_id", "missing"),
        (5, "A", "template_title", "changed_for_etsy"),
        (6, "A", "price", "out_of_range"),
        (7, "A", "quantity", "not_readable"),
        (9, "A", "shop_section_id", "unknown_id"),
        (10, "A", "family", "not_allowed"),
        (11, "A", "when_made", "not_an_era"),
        (12, "A", "tags", "etsy_tag_too_long"),
        (13, "A", "item_weight", "no_unit"),
        (15, "A / C", "height", "out_of_range"),
        (15, "A / C", "dpi", "not_allowed"),
        (18, "A / M", "starting_name", "out_of_range"),
        (20, "A / M / ../a.jpg / masks[1]", "polygon", "not_a_polygon"),
        (20, "A / M / ../a.jpg", "file", "bad_path"),
        (21, "A / M / b.gif", "width", "missing"),
        (21, "A / M / b.gif", "file", "bad_extension"),
        (22, "a", "name", "duplicate"),
        (26, "a", "price", "not_an_amount"),
    ]


def test_every_problem_says_what_to_do() -> None:
    for text in (
        "shop: [1]\netsy: 7\ntemplates: {}\n",
        "[]",
        "",
        "shop: A\ntemplates: [3]",
        "a: [",
        b"\xff\xfe",
    ):
        checked = check(text)
        assert checked.errors
        assert checked.shop is None
        for problem in checked.problems:
            assert problem.detail.endswith(".")


@pytest.mark.parametrize(
    ("polygon", "reason"),
    [
        ("[[0, 0], [10, 0]]", "not_a_polygon"),
        ("[[0, 0], [401, 0], [5, 5]]", "outside"),
        ("[[0, 0], [10, 10], [10, 0], [0, 10]]", "crossing"),
        ("[[0, 0], [10, 0], [20, 0]]", "crossing"),
        ("[[0, 0], [10, 0], [10, 0], [0, 10]]", "crossing"),
        ("[[0, 0], [10, 0], [10, 10], [0, nan]]", "outside"),
        ("[[0, 0], [10, 0], north]", "not_a_point"),
        ("[[0, 0], [10, 0], [1, 2, 3]]", "not_a_point"),
    ],
)
def test_a_polygon_that_is_none_is_told(polygon: str, reason: str) -> None:
    text = SOUND.replace("[[10, 10], [110, 10], [110, 60]]", polygon)
    assert reason in [found for *_, found in places_of(text)]


def test_pictures_are_looked_at_where_they_can_be() -> None:
    sizes = {"table.jpg": (400, 301), "shelf.png": (500, 500)}
    checked = check(SOUND, sizes.get)
    assert [(each.line, each.field, each.reason) for each in checked.problems] == [
        (27, "width", "other_size"),
        (37, "watermark", "no_picture"),
    ]
    sizes |= {"table.jpg": (400, 300), "mark.png": (60, 10)}
    assert check(SOUND, sizes.get).problems == ()


def test_a_canvas_that_takes_more_memory_than_there_is_is_only_warned_of() -> None:
    checked = check(SOUND.replace("dpi: 400", "dpi: 600").replace("height: 4.33\n", "height: 9\n"))
    assert [(each.severity, each.reason) for each in checked.problems] == [("warning", "too_large")]


@pytest.mark.parametrize("name", ["A/B", "A  B", ".A", "A.", "x" * 81, "a:b", "e\u0301"])
def test_a_name_that_no_file_could_have_is_told(name: str) -> None:
    text = SOUND.replace("name: UVDTF 16oz", f'name: "{name}"')
    assert [(line, field) for line, _, field, _ in places_of(text)] == [(8, "name")]


def test_a_comma_in_a_price_and_a_word_for_a_flag_are_told() -> None:
    text = SOUND.replace("price: 4.00", "price: 4,00").replace("is_cropped: true", "is_cropped: sure")
    assert [found for *_, found in places_of(text)] == ["not_readable", "not_readable"]


def test_a_listing_shows_no_more_pictures_than_etsy_takes() -> None:
    images = tuple(MockupImage(filename=f"{number}.png", width=9, height=9) for number in range(21))
    assert [each.reason for each in Mockup(name="M", images=images).faults()] == ["too_many"]


@given(st.text(max_size=300))
def test_no_text_makes_the_check_fail(text: str) -> None:
    check(text)
    check(f"shop: {text}")
    check(f"shop: A\netsy: {{shop_id: 1}}\ntemplates:\n  - {text}: 1")


POINTS = st.tuples(st.integers(0, 40), st.integers(0, 40))


@given(st.lists(POINTS, min_size=3, max_size=7, unique=True))
def test_points_in_order_around_their_middle_do_not_cross(points: list[tuple[int, int]]) -> None:

    middle = (sum(x for x, _ in points) / len(points), sum(y for _, y in points) / len(points))
    by_angle = {
        round(math.atan2(y - middle[1], x - middle[0]), 9): (x, y) for x, y in points if (x, y) != middle
    }
    angles = sorted(by_angle)
    gaps = [after - before for before, after in zip(angles, [*angles[1:], angles[0] + math.tau], strict=True)]
    if len(angles) >= 3 and max(gaps) < math.pi - 1e-6:  # a star around its middle
        around = tuple(by_angle[angle] for angle in angles)
        reasons = {each.reason for each in Mask(polygon=around).faults(40, 40)}
        assert reasons == set()


def test_the_sample_shop_is_sound_with_its_pictures() -> None:

    folder = make_shop.FOLDER.parent

    def size_of(file: str) -> tuple[int, int]:
        with Image.open(folder / file) as image:
            return image.size

    checked = check((folder / "shop.yaml").read_bytes(), size_of)
    assert checked.problems == ()
    assert [template.name for template in checked.draft.templates] == ["UVDTF 16oz", "Digital"]


def test_the_pictures_of_the_sample_are_what_its_script_draws(tmp_path: Path) -> None:

    for drawn in make_shop.write(tmp_path):
        with Image.open(drawn) as now, Image.open(make_shop.FOLDER / drawn.name) as kept:
            difference = ImageChops.difference(now.convert("RGBA"), kept.convert("RGBA"))
            assert max(high for _, high in difference.getextrema()) <= 16
    assert sum(file.stat().st_size for file in make_shop.FOLDER.iterdir()) < 200_000
