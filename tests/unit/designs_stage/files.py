"""Small pictures as files, and rendering them."""

import io
from decimal import Decimal
from typing import Any

from PIL import Image

from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.family import FAMILIES
from functions.stage.designs.encoding import Rendered
from functions.stage.designs.render import Print, Renderer

RED = (255, 0, 0, 255)
CLEAR = (0, 0, 0, 0)


def stream_of(image: Image.Image, kind: str = "PNG", **more: Any) -> io.BytesIO:
    """The picture as an upload."""
    stream = io.BytesIO()
    image.save(stream, kind, **more)
    return stream


def picture_of(rendered: Rendered) -> Image.Image:
    """What is in a file that was made."""
    with Image.open(io.BytesIO(rendered.content)) as image:
        image.load()
        return image


def block(size: tuple[int, int], margin: int = 0) -> Image.Image:
    """A red block with a transparent margin around it."""
    image = Image.new("RGBA", (size[0] + 2 * margin, size[1] + 2 * margin), CLEAR)
    image.paste(RED, (margin, margin, margin + size[0], margin + size[1]))
    return image


def inches(width: str, height: str) -> SizeConfig:
    """A size."""
    return SizeConfig(name="a size", width=Decimal(width), height=Decimal(height))


def canvas(width: str, height: str, dpi: int = 150, *, is_stretch: bool = False) -> CanvasConfig:
    """A canvas."""
    return CanvasConfig(
        name="a canvas", width=Decimal(width), height=Decimal(height), dpi=dpi, is_stretch=is_stretch
    )


def rendered(
    image: Image.Image,
    family: str,
    size: SizeConfig | None = None,
    on: CanvasConfig | None = None,
    **more: Any,
) -> Image.Image:
    """The picture rendered for a family of templates."""
    wanted = Print(family=FAMILIES[family], size=size, canvas=on, **more)
    return picture_of(Renderer().render(stream_of(image), wanted))
