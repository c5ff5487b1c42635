"""Mock-ups: a design shown in use.

Everything is brought down to the size of a mock-up first, at most 2000 pixels, and drawn strip by strip. So beside the
file that is being read there are the design (at most 16 MiB), the picture, what is made of it (12 MiB each), and a
watermark: within design_render_mib, however large the files are.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from common.errors import Refuse
from common.settings.designs import RenderSettings
from common.shops.mask import Mask
from functions.hash.designs.orientation import Box
from functions.hash.designs.picture import picture_of
from functions.hash.designs.reading import Reader, Source
from functions.stage.designs.content import content_box
from functions.stage.designs.encoding import Rendered, encoded, on_white
from functions.stage.designs.layout import Layout, Size, within
from functions.stage.designs.polygon import box_of, mask_of
from functions.stage.designs.render import draw
from functions.stage.designs.resampling import strips
from functions.stage.designs.room import Room

if TYPE_CHECKING:
    from PIL import Image

LARGEST_SIDE: Final = 2000
"""Pixels."""
WATERMARK_OPACITY: Final = RenderSettings.mockup_watermark_opacity.default
_QUALITY: Final = 95
_DPI: Final = 72
_WATERMARK_SHARE: Final = 0.6
"""Of the mock-up's width."""


class MockupRefused(Refuse):
    """The picture of a mock-up is not the one that its masks were drawn on."""

    reason = "other_picture"


@dataclass(frozen=True, slots=True, kw_only=True)
class SceneFile:
    """A picture on which designs are shown, as it is stored, with its own masks."""

    source: Source
    masks: Sequence[Mask]
    size: Size
    """Pixels of the picture on which the masks were drawn."""
    watermark: Source | None = None
    opacity: float = WATERMARK_OPACITY
    name: str = ""
    """As a person calls it."""


@dataclass(frozen=True, slots=True)
class Scene:
    """The same, read and ready for any number of designs."""

    picture: "Image.Image"
    """RGB, at most LARGEST_SIDE pixels."""
    masks: tuple[Mask, ...]
    """In pixels of the picture as it is here."""
    watermark: "Image.Image | None" = None
    opacity: float = WATERMARK_OPACITY


class Mockups:
    """Makes the mock-ups of designs; one serves all threads of a process."""

    def __init__(self, room: Room) -> None:
        """room: the one of the process, the renderer's."""
        self._room = room

    def of(self, design: Source, scenes: Sequence[SceneFile], name: str = "") -> Iterator[Rendered]:
        """The design in each scene, in their order: each picture with its own masks and its own watermark.

        Holds memory until the last one was taken or the iterator is closed. Raises ImageRefused for a file that is no
        picture, MockupRefused (other_picture).
        """
        watermarks = [(each.watermark, "watermark") for each in scenes if each.watermark is not None]
        files = [(design, name), *((each.source, each.name) for each in scenes), *watermarks]
        with self._room.taken_for(*files):
            shown = small(self._room.reader, design, name, crop=True)
            for each in scenes:
                yield mock_up(shown, scene(self._room.reader, each))


def small(reader: Reader, source: Source, name: str = "", *, crop: bool = False) -> "Image.Image":
    """A picture of at most LARGEST_SIDE pixels, RGB or RGBA. crop: only its content.

    Raises ImageRefused, with crop also when nothing can be seen.
    """
    with reader.open(source, name) as opened, reader.decoded(opened) as picture:
        box = content_box(picture) if crop else (0, 0, *picture.size)
        size = within((box[2] - box[0], box[3] - box[1]), (LARGEST_SIDE, LARGEST_SIDE))
        return draw(picture, box, Layout(design=size, whole=size))


def scene(reader: Reader, file: SceneFile) -> Scene:
    """A mock-up's picture with its masks.

    Raises ImageRefused, and MockupRefused (other_picture) when the picture has other proportions than it had.
    """
    picture = on_white(small(reader, file.source, file.name))
    if within(file.size, (LARGEST_SIDE, LARGEST_SIDE)) != picture.size:
        raise MockupRefused(
            f"{file.name or 'The picture'} has other proportions than the {file.size[0]} × {file.size[1]} pixels on "
            "which its masks were drawn; draw them again, or bring that picture back."
        )
    factors = picture.width / file.size[0], picture.height / file.size[1]
    watermark = small(reader, file.watermark) if file.watermark is not None else None
    return Scene(picture, tuple(_scaled(mask, factors) for mask in file.masks), watermark, file.opacity)


def mock_up(design: "Image.Image", shown: Scene) -> Rendered:
    """The design in every mask of the scene, under the watermark, as a JPEG. The scene is left as it is."""
    picture = shown.picture.copy()
    for mask in shown.masks:
        _show(picture, design, mask)
    if shown.watermark is not None:
        _mark(picture, shown.watermark, shown.opacity)
    return encoded(picture, "jpeg", _DPI, quality=_QUALITY)


def place(design: Size, hole: Size, *, is_cropped: bool, alignment: str) -> tuple[Size, tuple[int, int]]:
    """The size of a design in a hole, and where its left upper corner lies in it, which is outside when it is cut off.

    Cropped: it covers the hole; else it is all inside. Between top and bottom it is in the middle, between left and
    right where the alignment says: `left` keeps its left side when it is cut.
    """
    across, down = hole[0] / design[0], hole[1] / design[1]
    factor = max(across, down) if is_cropped else min(across, down)
    size = (_side(design[0] * factor, hole[0], is_cropped), _side(design[1] * factor, hole[1], is_cropped))
    share: dict[str, float] = {"left": 0, "center": 0.5, "right": 1}
    return size, (round((hole[0] - size[0]) * share[alignment]), round((hole[1] - size[1]) / 2))


def _side(length: float, hole: int, is_cropped: bool) -> int:
    return max(round(length), hole) if is_cropped else min(max(round(length), 1), hole)


def _show(picture: "Image.Image", design: "Image.Image", mask: Mask) -> None:
    from PIL import ImageChops

    left, upper, right, lower = box_of(mask.polygon, picture.size)
    hole = (right - left, lower - upper)
    size, corner = place(design.size, hole, is_cropped=mask.is_cropped, alignment=mask.alignment)
    part, seen = _seen(design.size, size, hole, corner)
    left, upper = left + max(corner[0], 0), upper + max(corner[1], 0)
    for row, strip in strips(picture_of(design), part, seen):
        covered = mask_of(mask.polygon, (left, upper + row, left + seen[0], upper + row + strip.height))
        if strip.mode == "RGBA":
            covered = ImageChops.multiply(covered, strip.getchannel("A"))
        picture.paste(strip.convert("RGB"), (left, upper + row), covered)


def _seen(design: Size, size: Size, hole: Size, corner: tuple[int, int]) -> tuple[Box, Size]:
    """The part of a design that lies in the hole, and how large it is there: nothing is made that would be cut off."""
    left, upper = max(-corner[0], 0), max(-corner[1], 0)
    seen = (min(size[0] - left, hole[0]), min(size[1] - upper, hole[1]))
    across, down = design[0] / size[0], design[1] / size[1]
    start = (min(round(left * across), design[0] - 1), min(round(upper * down), design[1] - 1))
    end = (min(round((left + seen[0]) * across), design[0]), min(round((upper + seen[1]) * down), design[1]))
    return (*start, max(end[0], start[0] + 1), max(end[1], start[1] + 1)), seen


def _mark(picture: "Image.Image", watermark: "Image.Image", opacity: float) -> None:
    """The watermark across the middle: 60 % of the width, unless it would be higher than the picture."""
    target = (max(round(picture.width * _WATERMARK_SHARE), 1), picture.height)
    size, _ = place(watermark.size, target, is_cropped=False, alignment="center")
    left, upper = (picture.width - size[0]) // 2, (picture.height - size[1]) // 2
    strength = [round(level * opacity) for level in range(256)]
    for row, strip in strips(picture_of(watermark), (0, 0, *watermark.size), size):
        covered = strip.convert("RGBA").getchannel("A").point(strength)
        picture.paste(strip.convert("RGB"), (left, upper + row), covered)


def _scaled(mask: Mask, factors: tuple[float, float]) -> Mask:
    points = tuple((x * factors[0], y * factors[1]) for x, y in mask.polygon)
    return Mask(polygon=points, is_cropped=mask.is_cropped, alignment=mask.alignment)
