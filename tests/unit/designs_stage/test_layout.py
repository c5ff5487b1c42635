"""How large a design becomes: the rule of its family, its proportions, its canvas."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.shops.canvas import DPIS, CanvasConfig, SizeConfig
from common.shops.family import FAMILIES, Family, Mode
from functions.stage.designs.layout import Layout, comprehensive, dpi_of, layout_of, within
from tests.unit.designs_stage.files import canvas, inches

SIDES = st.integers(1, 10_000)
INCHES = st.decimals("0.1", "20", places=2)


def laid_out(content: tuple[int, int], family: str, size: SizeConfig | None = None) -> tuple[int, int]:
    """The design's size at 100 dots an inch."""
    return layout_of(content, family=FAMILIES[family], size=size, canvas=None, dpi=100).design


@pytest.mark.parametrize(
    ("family", "design"),
    [
        ("dtf", (600, 300)),  # longer side on the longer side
        ("sublimation", (600, 300)),
        ("mk", (400, 200)),  # the canvas of 4 × 4 inches is narrower
        ("40oz_top", (500, 250)),  # as wide as the size
        ("40oz_bottom", (500, 250)),
        ("wrap", (500, 600)),  # exactly the size
    ],
)
def test_a_design_twice_as_wide_as_high_on_5_by_6_inches(family: str, design: tuple[int, int]) -> None:
    assert laid_out((1000, 500), family, inches("5", "6")) == design


def test_a_wide_design_is_turned_for_the_new_mk_and_for_no_other() -> None:
    for name, family in FAMILIES.items():
        for content, is_wide in (((1000, 500), True), ((500, 1000), False), ((500, 500), False)):
            layout = layout_of(content, family=family, size=inches("3", "3"), canvas=None, dpi=100)
            assert layout.is_turned == (is_wide and name == "new_mk")
    assert laid_out((1000, 500), "new_mk", inches("3", "3")) == (150, 300)


def test_without_a_size_or_a_canvas_there_are_defaults() -> None:
    layout = layout_of((500, 500), family=FAMILIES["wrap"], size=None, canvas=None, dpi=400)
    assert (layout.design, layout.whole) == ((3800, 1732), (3800, 1732))
    assert layout_of((9, 9), family=FAMILIES["decal"], size=None, canvas=None, dpi=400).whole == (1600, 1600)


def test_a_canvas_that_stretches_overrules_the_family() -> None:
    on = canvas("8", "8", is_stretch=True)
    layout = layout_of((1000, 500), family=FAMILIES["decal"], size=inches("5", "6"), canvas=on, dpi=100)
    assert (layout.design, layout.whole, layout.position) == ((500, 600), (800, 800), (150, 100))


def test_dots_an_inch() -> None:
    assert dpi_of(None, is_digital=False, file_dpi=72) == 400
    assert dpi_of(canvas("4", "4", 200), is_digital=False, file_dpi=72) == 200
    assert dpi_of(canvas("4", "4", 200), is_digital=True, file_dpi=72) == 72
    assert dpi_of(canvas("4", "4", 200), is_digital=True, file_dpi=None) == 400


def is_undistorted(content: tuple[int, int], layout: Layout) -> bool:
    """Whether some factor makes both sides, each rounded to a whole pixel (and at least one)."""
    width, height = layout.design[::-1] if layout.is_turned else layout.design
    low = max((width - 1) / content[0], (height - 1) / content[1])
    high = min((width + 1) / content[0], (height + 1) / content[1])
    return low <= high


@given(
    content=st.tuples(SIDES, SIDES),
    family=st.sampled_from(list(FAMILIES.values())),
    size=st.tuples(INCHES, INCHES),
    on=st.none() | st.tuples(INCHES, INCHES),
    dpi=st.sampled_from(DPIS),
    is_stretch=st.booleans(),
)
def test_nothing_is_distorted_unless_stretched_and_nothing_exceeds_its_canvas(
    content: tuple[int, int],
    family: Family,
    size: tuple[Decimal, Decimal],
    on: tuple[Decimal, Decimal] | None,
    dpi: int,
    is_stretch: bool,
) -> None:
    chosen = SizeConfig(name="s", width=size[0], height=size[1])
    drawn_on = CanvasConfig(name="c", width=on[0], height=on[1], is_stretch=is_stretch) if on else None
    layout = layout_of(content, family=family, size=chosen, canvas=drawn_on, dpi=dpi)
    assert min(layout.design) >= 1
    assert layout.design[0] <= layout.whole[0]
    assert layout.design[1] <= layout.whole[1]
    left, upper = layout.position
    assert abs(layout.whole[0] - layout.design[0] - 2 * left) <= 1
    assert abs(layout.whole[1] - layout.design[1] - 2 * upper) <= 1
    if family.mode is not Mode.STRETCH and not (drawn_on and drawn_on.is_stretch):
        assert is_undistorted(content, layout)


@given(st.tuples(SIDES, SIDES), st.tuples(SIDES, SIDES))
def test_fitting_within_fills_the_box_or_leaves_the_size_as_it_is(
    size: tuple[int, int], box: tuple[int, int]
) -> None:
    fitted = within(size, box)
    assert fitted[0] <= box[0]
    assert fitted[1] <= box[1]
    assert fitted == size or fitted[0] == box[0] or fitted[1] == box[1]


def test_the_comprehensive_variant_shrinks_and_never_enlarges() -> None:
    assert comprehensive((6000, 3000)).design == (3000, 1500)
    assert comprehensive((2999, 10)).design == (2999, 10)
