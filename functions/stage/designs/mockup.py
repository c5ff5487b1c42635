"""Mock-ups: a design shown in use. Source: DOMAIN 3.6.

Everything is brought down to the size of the mock-up first, at most 2000 pixels, so that however large the design and
the picture are, a mock-up takes some 60 MiB beside the upload that is being read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from common.errors import Refuse
from common.shops.mask import Mask
from functions.hash.designs.picture import Picture
from functions.hash.designs.reading import Reader, Source
from functions.stage.designs.content import content_box
from functions.stage.designs.encoding import Rendered, encoded, on_white
from functions.stage.designs.layout import Layout, Size, within
from functions.stage.designs.polygon import box_of, mask_of
from functions.stage.designs.render import draw

if TYPE_CHECKING:
    from PIL import Image

LARGEST_SIDE: Final = 2000
"""Pixels."""
_QUALITY: Final = 95
_DPI: Final = 72
_WATERMARK_SHARE: Final = 0.6
"""Of the mock-up's width."""
WATERMARK_OPACITY: Final = 0.45


class MockupRefused(Refuse):
    """The picture of a mock-up is not the one that its masks were drawn on."""

    reason = "other_picture"


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture on which designs are shown, with its own masks, ready for any number of designs."""

    picture: "Image.Image"
    """RGB, at most LARGEST_SIDE pixels."""
    masks: tuple[Mask, ...]
    """In pixels of the picture as it is here."""
    watermark: "Image.Image | None" = None
    """RGBA."""
    opacity: float = WATERMARK_OPACITY


def small(reader: Reader, source: Source, name: str = "", *, crop: bool = False) -> "Image.Image":
    """A picture of at most LARGEST_SIDE pixels, RGB or RGBA. crop: only its content.

    Raises ImageRefused, with crop also when nothing can be seen.
    """
    with reader.open(source, name) as opened, reader.decoded(opened) as picture:
        return _reduced(picture, crop=crop)


def scene(
    reader: Reader,
    source: Source,
    masks: Sequence[Mask],
    *,
    size: Size,
    watermark: "Image.Image | None" = None,
    opacity: float = WATERMARK_OPACITY,
    name: str = "",
) -> Scene:
    """A mock-up's picture with its masks. size: of the picture, on which the masks were drawn.

    Raises ImageRefused, and MockupRefused (other_picture) when the picture has other proportions.
    """
    picture = on_white(small(reader, source, name))
    if within(size, (LARGEST_SIDE, LARGEST_SIDE)) != picture.size:
        raise MockupRefused(
            f"{name or 'The picture'} has other proportions than the {size[0]} × {size[1]} pixels on which its masks "
            "were drawn; draw them again, or bring that picture back."
        )
    factors = picture.width / size[0], picture.height / size[1]
    return Scene(picture, tuple(_scaled(mask, factors) for mask in masks), watermark, opacity)


def mock_up(design: "Image.Image", shown: Scene) -> Rendered:
    """The design in every mask of the scene, under the watermark, as a JPEG. The scene is left as it is."""
    picture = shown.picture.convert("RGBA")
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
    from PIL import Image, ImageChops

    box = box_of(mask.polygon, picture.size)
    hole = (box[2] - box[0], box[3] - box[1])
    size, corner = place(design.size, hole, is_cropped=mask.is_cropped, alignment=mask.alignment)
    layer = Image.new("RGBA", hole)
    layer.paste(_resized(design, size, hole, corner), (max(corner[0], 0), max(corner[1], 0)))
    layer.putalpha(ImageChops.multiply(layer.getchannel("A"), mask_of(mask.polygon, box)))
    picture.alpha_composite(layer, box[:2])


def _resized(design: "Image.Image", size: Size, hole: Size, corner: tuple[int, int]) -> "Image.Image":
    """The part of the design at its new size that lies in the hole: nothing is made that would be cut off."""
    from PIL import Image

    across, down = design.width / size[0], design.height / size[1]
    left, upper = max(-corner[0], 0), max(-corner[1], 0)
    seen = (min(size[0] - left, hole[0]), min(size[1] - upper, hole[1]))
    box = (
        left * across,
        upper * down,
        min((left + seen[0]) * across, design.width),
        min((upper + seen[1]) * down, design.height),
    )
    is_smaller = across > 1 or down > 1
    chosen = Image.Resampling.HAMMING if is_smaller else Image.Resampling.BICUBIC
    return design.convert("RGBA").resize(seen, chosen, box=box)


def _mark(picture: "Image.Image", watermark: "Image.Image", opacity: float) -> None:
    """The watermark across the middle: 60 % of the width, unless it would be higher than the picture."""
    from PIL import Image

    target = (max(round(picture.width * _WATERMARK_SHARE), 1), picture.height)
    size, _ = place(watermark.size, target, is_cropped=False, alignment="center")
    mark = watermark.convert("RGBA").resize(size, Image.Resampling.HAMMING)
    mark.putalpha(mark.getchannel("A").point([round(level * opacity) for level in range(256)]))
    picture.alpha_composite(mark, ((picture.width - size[0]) // 2, (picture.height - size[1]) // 2))


def _reduced(picture: Picture, *, crop: bool) -> "Image.Image":
    box = content_box(picture) if crop else (0, 0, *picture.size)
    size = within((box[2] - box[0], box[3] - box[1]), (LARGEST_SIDE, LARGEST_SIDE))
    return draw(picture, box, Layout(design=size, whole=size))


def _scaled(mask: Mask, factors: tuple[float, float]) -> Mask:
    points = tuple((x * factors[0], y * factors[1]) for x, y in mask.polygon)
    return Mask(polygon=points, is_cropped=mask.is_cropped, alignment=mask.alignment)
