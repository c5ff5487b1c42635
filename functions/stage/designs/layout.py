"""How large a design is drawn, and on what: geometry alone. The rules: docs/shops.md."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.family import Family, Mode

Size = tuple[int, int]
"""Width and height in pixels."""

DEFAULT_DPI: Final = 400
DEFAULT_SIZE: Final = SizeConfig(name="default", width=Decimal("9.5"), height=Decimal("4.33"))
"""Of a design for whose template no size was chosen: 3800 × 1732 pixels."""
DEFAULT_CANVAS: Final = (Decimal(4), Decimal(4))
"""Inches, where a family has a canvas and none was chosen."""
COMPREHENSIVE: Final = (3000, 3000)
"""Pixels that a picture of the comprehensive variant has at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a design goes."""

    design: Size
    """Of the design as it is seen in the end, turned if it is turned."""
    whole: Size
    """Of the picture: the canvas, or the design itself."""
    is_turned: bool = False
    """The design is turned by 90°."""
    has_canvas: bool = False
    """The picture is transparent around the design."""

    @property
    def position(self) -> tuple[int, int]:
        """Left upper corner of the design in the picture, which is in the middle."""
        return (self.whole[0] - self.design[0]) // 2, (self.whole[1] - self.design[1]) // 2


def layout_of(
    content: Size, *, family: Family, size: SizeConfig | None, canvas: CanvasConfig | None, dpi: int
) -> Layout:
    """The layout of a design. content: of what can be seen of it; dpi: see `dpi_of`.

    No family but one that stretches changes a design's proportions, beyond rounding to whole pixels, and nothing
    is larger than its canvas: what would be is made to fit in.
    """
    is_turned = family.turns_when_wide and content[0] > content[1]
    upright = (content[1], content[0]) if is_turned else content
    wanted = size or DEFAULT_SIZE
    mode = Mode.STRETCH if canvas is not None and canvas.is_stretch else family.mode
    design = _sized(upright, pixels(wanted.width, wanted.height, dpi), mode)
    if not family.has_canvas:
        return Layout(design=design, whole=design, is_turned=is_turned)
    inches = (canvas.width, canvas.height) if canvas is not None else DEFAULT_CANVAS
    whole = pixels(*inches, dpi)
    return Layout(design=within(design, whole), whole=whole, is_turned=is_turned, has_canvas=True)


def comprehensive(content: Size) -> Layout:
    """The layout of the comprehensive variant: at most 3000 × 3000 pixels, never enlarged."""
    design = within(content, COMPREHENSIVE)
    return Layout(design=design, whole=design)


def dpi_of(canvas: CanvasConfig | None, *, is_digital: bool, file_dpi: int | None) -> int:
    """Dots an inch: those of the canvas, for a digital product those of its file, else 400."""
    if is_digital:
        return file_dpi or DEFAULT_DPI
    return canvas.dpi if canvas is not None else DEFAULT_DPI


def pixels(width: Decimal, height: Decimal, dpi: int) -> Size:
    """Inches as whole pixels, at least one."""
    return max(round(width * dpi), 1), max(round(height * dpi), 1)


def within(size: Size, box: Size) -> Size:
    """As it is where it fits, else the largest of the same proportions that does."""
    if size[0] <= box[0] and size[1] <= box[1]:
        return size
    return _fitted(size, box)


def _sized(content: Size, target: Size, mode: Mode) -> Size:
    if mode is Mode.STRETCH:
        return target
    if mode is Mode.FIT_INSIDE:
        return _fitted(content, target)
    if mode is Mode.WIDTH_ONLY:
        return _scaled(content, target[0], content[0])
    return _scaled(content, max(target), max(content))


def _fitted(content: Size, box: Size) -> Size:
    """The largest of the same proportions inside a box. The side that touches it is exactly the box's."""
    is_wide = content[0] * box[1] >= content[1] * box[0]
    if is_wide:
        return _scaled(content, box[0], content[0])
    return _scaled(content, box[1], content[1])


def _scaled(content: Size, numerator: int, denominator: int) -> Size:
    """In whole numbers, so that no picture is so large that it is a pixel off; halves are rounded up."""
    width, height = ((side * numerator * 2 + denominator) // (denominator * 2) for side in content)
    return max(width, 1), max(height, 1)
