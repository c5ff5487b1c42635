"""Renders a design: its content, at the size that its template wants, on a canvas where it has one.

Memory: the decoded upload (at most design_decode_mib, which the Reader sees to), the picture that is made (at most
design_render_mib, which is seen to here) and strips of a few megabytes. The upload is gone before the picture is
encoded. So a process that holds 130 MiB itself stays within 512, however many threads render in one `Room`.
Measured in a process that does nothing else: 414 MiB for 10000 × 8300 pixels in colour, the largest that is read,
rendered and mocked up; 193 MiB for 10000 × 10000 in grey; in colour these would take 381 MiB and are refused unread.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from common.errors import Refuse
from common.settings.designs import RenderSettings
from common.shops.canvas import CanvasConfig, SizeConfig
from common.shops.family import Family
from functions.hash.designs.limits import check_renderable
from functions.hash.designs.orientation import Box
from functions.hash.designs.picture import Picture
from functions.hash.designs.reading import Reader, Source
from functions.stage.designs.content import content_box
from functions.stage.designs.encoding import FileFormat, Rendered, encoded
from functions.stage.designs.layout import DEFAULT_DPI, Layout, Size, comprehensive, dpi_of, layout_of
from functions.stage.designs.resampling import strips
from functions.stage.designs.room import Room

if TYPE_CHECKING:
    from PIL import Image

RENDER_MIB: Final = RenderSettings.design_render_mib.default
_MIB: Final = 1 << 20
_PIXEL_BYTES: Final = 4
_DPI_OF_FILES: Final = range(30, 2401)
"""Beyond it a file says nothing that can be meant."""


class RenderRefused(Refuse):
    """The picture would take more memory than there is for one."""

    reason = "too_large_print"


@dataclass(frozen=True, slots=True, kw_only=True)
class Print:
    """What a design is rendered for. size, canvas: None where none was chosen, see `layout`."""

    family: Family
    size: SizeConfig | None = None
    canvas: CanvasConfig | None = None
    is_digital: bool = False
    """It is sold as a file: as many dots an inch as the upload has."""
    file_format: FileFormat = "png"

    def layout(self, content: Size, dpi: int) -> Layout:
        """Where a design of this content goes."""
        return layout_of(content, family=self.family, size=self.size, canvas=self.canvas, dpi=dpi)


class Renderer:
    """Renders uploads; one serves all threads of a process."""

    def __init__(self, room: Room | None = None) -> None:
        """room: the one of the process; see `room`."""
        self._room = room or Room(Reader(), RENDER_MIB)

    @classmethod
    def of(cls, settings: RenderSettings, reader: Reader) -> Self:
        """As the settings say."""
        return cls(Room(reader, settings.design_render_mib))

    @property
    def room(self) -> Room:
        """Its memory, for whoever makes mock-ups in the same process."""
        return self._room

    def render(self, source: Source, wanted: Print, name: str = "") -> Rendered:
        """An upload as its template wants it. name: as the user calls the file.

        Raises ImageRefused for an upload that is none or has nothing to print, RenderRefused (too_large_print).
        """
        with self._room.taken_for((source, name)):
            image, dpi = self._drawn(source, name, wanted)
            return encoded(image, wanted.file_format, dpi)

    def comprehensive(self, source: Source, name: str = "") -> Rendered:
        """An upload for a shop without sizes: its content within 3000 × 3000 pixels, JPEG where it has no alpha.

        Raises as `render` does.
        """
        with self._room.taken_for((source, name)):
            image, dpi = self._drawn(source, name, None)
            return encoded(image, "png" if image.mode == "RGBA" else "jpeg", dpi)

    def _drawn(self, source: Source, name: str, wanted: Print | None) -> tuple["Image.Image", int]:
        """The picture and its dots an inch; the upload is gone with this call."""
        reader = self._room.reader
        with reader.open(source, name) as opened:
            check_renderable(*opened.size, reader.limits)
            with reader.decoded(opened) as picture:
                box = content_box(picture)
                content = (box[2] - box[0], box[3] - box[1])
                check_renderable(*content, reader.limits)
                dpi, layout = _planned(picture, content, wanted)
                self._check(layout)
                return draw(picture, box, layout), dpi

    def _check(self, layout: Layout) -> None:
        """Raise RenderRefused when drawing takes more than there is."""
        needed = layout.whole[0] * layout.whole[1] * _PIXEL_BYTES
        if layout.is_turned:
            needed += 2 * layout.design[0] * layout.design[1] * _PIXEL_BYTES  # before and after the turn
        if needed > self._room.render_bytes:
            raise RenderRefused(
                f"{layout.whole[0]} × {layout.whole[1]} pixels take {-(-needed // _MIB)} MiB, and design_render_mib "
                f"allows {self._room.render_bytes // _MIB}. Choose a smaller size or fewer dots an inch."
            )


def draw(picture: Picture, box: Box, layout: Layout) -> "Image.Image":
    """A box of a picture, laid out: RGBA where it has alpha or a canvas, else RGB."""
    from PIL import Image

    mode = "RGBA" if picture.has_alpha or layout.has_canvas else "RGB"
    image = Image.new(mode, layout.whole)
    left, upper = layout.position
    if layout.is_turned:
        image.paste(_turned(picture, box, layout), (left, upper))
        return image
    for row, strip in strips(picture, box, layout.design):
        image.paste(strip if strip.mode == mode else strip.convert(mode), (left, upper + row))
    return image


def file_dpi(picture: Picture) -> int | None:
    """Dots an inch as the upload's metadata say; None when they say nothing that can be meant."""
    said: Any = picture.stored.info.get("dpi")  # what a file says, of whatever type
    try:
        dpi = round(float(said[0]))
    except (TypeError, ValueError, IndexError, OverflowError, ZeroDivisionError):
        return None
    return dpi if dpi in _DPI_OF_FILES else None


def _planned(picture: Picture, content: Size, wanted: Print | None) -> tuple[int, Layout]:
    found = file_dpi(picture)
    if wanted is None:
        return found or DEFAULT_DPI, comprehensive(content)
    dpi = dpi_of(wanted.canvas, is_digital=wanted.is_digital, file_dpi=found)
    return dpi, wanted.layout(content, dpi)


def _turned(picture: Picture, box: Box, layout: Layout) -> "Image.Image":
    from PIL import Image

    wide = (layout.design[1], layout.design[0])
    flat = draw(picture, box, Layout(design=wide, whole=wide, has_canvas=layout.has_canvas))
    return flat.transpose(Image.Transpose.ROTATE_90)
