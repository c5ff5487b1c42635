"""What becomes of a picture on its way to being uploaded again: copies of it, made on purpose."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from functions.hash.designs.content import visible_box
from functions.hash.designs.picture import Picture

if TYPE_CHECKING:
    from PIL import Image

    Made = Image.Image | io.BytesIO
    """A picture, or the bytes of a file where the encoding is what changes it."""

_TEXT = "SAMPLE"
_GREY = 128


@dataclass(frozen=True, slots=True)
class Subject:
    """A picture to make copies of."""

    whole: "Image.Image"
    """As it was uploaded, RGB or RGBA."""
    content: "Image.Image"
    """Cut to what can be seen."""
    on_white: "Image.Image"
    """That, laid on white: RGB."""


@dataclass(frozen=True, slots=True)
class Transform:
    """One way to make a copy."""

    name: str
    group: str
    """What a user calls it; presets are judged by groups."""
    make: "Callable[[Subject], Made]"


REQUIRED = ("resized", "re-encoded", "watermark light")
"""The groups that the default preset has to find."""


def subject_of(picture: Picture) -> Subject:
    """The subject that a decoded picture is; it has to have something to see."""
    whole = picture.whole()
    whole = whole if whole.mode in ("RGB", "RGBA") else whole.convert("RGB")
    content = whole.crop(visible_box(picture))
    return Subject(whole, content, _on_white(content))


def transforms() -> list[Transform]:
    """All of them, in the order in which they are told."""
    return [*_resized(), *_encoded(), *_cropped(), *_marked(), *_coloured(), *_others()]


def _resized() -> Iterator[Transform]:
    for share in (0.25, 0.5, 0.75, 0.9):
        yield Transform(f"resized to {share:.0%}", "resized", partial(_resize, share=share))


def _encoded() -> Iterator[Transform]:
    for quality in (90, 70, 50, 30):
        yield Transform(f"JPEG quality {quality}", "re-encoded", partial(_jpeg, quality=quality))
    yield Transform("WebP quality 80", "re-encoded", _webp)


def _cropped() -> Iterator[Transform]:
    for share in (0.02, 0.05, 0.1):
        yield Transform(f"{share:.0%} cut off each side", "cropped", partial(_crop, share=share))


def _marked() -> Iterator[Transform]:
    light = partial(_watermark, width=0.3, opacity=0.3)
    heavy = partial(_watermark, width=0.6, opacity=0.45)  # as mockups are marked
    yield Transform("watermark light", "watermark light", light)
    yield Transform("watermark heavy", "watermark heavy", heavy)


def _coloured() -> Iterator[Transform]:
    for factor in (0.9, 1.1):
        yield Transform(
            f"brightness × {factor:g}", "recoloured", partial(_enhance, of="Brightness", by=factor)
        )
    for factor in (0.7, 1.3):
        yield Transform(f"saturation × {factor:g}", "recoloured", partial(_enhance, of="Color", by=factor))


def _others() -> Iterator[Transform]:
    yield Transform("laid on white, with margins", "flattened", lambda subject: _on_white(subject.whole))
    yield Transform("mirrored", "mirrored", _mirror)


def _resize(subject: Subject, *, share: float) -> "Made":
    from PIL import Image

    width, height = (max(round(side * share), 1) for side in subject.whole.size)
    return subject.whole.resize((width, height), Image.Resampling.LANCZOS)


def _jpeg(subject: Subject, *, quality: int) -> "Made":
    return _saved(subject.on_white, format="JPEG", quality=quality)


def _webp(subject: Subject) -> "Made":
    return _saved(subject.whole, format="WEBP", quality=80, method=0)


def _crop(subject: Subject, *, share: float) -> "Made":
    width, height = subject.content.size
    across, down = int(width * share), int(height * share)
    return subject.content.crop((across, down, width - across, height - down))


def _watermark(subject: Subject, *, width: float, opacity: float) -> "Made":
    """A word over the middle, so many of the picture's width wide."""
    from PIL import Image, ImageDraw, ImageFont

    marked = subject.content.convert("RGBA")
    font = ImageFont.load_default(size=100)
    left, upper, right, lower = font.getbbox(_TEXT)
    word = Image.new("L", (int(right - left), int(lower - upper)))
    ImageDraw.Draw(word).text((-left, -upper), _TEXT, fill=round(255 * opacity), font=font)
    size = max(round(marked.width * width), 1), max(round(marked.width * width * word.height / word.width), 1)
    word = word.resize(size, Image.Resampling.BILINEAR)
    layer = Image.new("RGBA", marked.size, (_GREY, _GREY, _GREY, 0))
    layer.paste(
        (_GREY, _GREY, _GREY, 255), ((marked.width - size[0]) // 2, (marked.height - size[1]) // 2), word
    )
    return Image.alpha_composite(marked, layer)


def _enhance(subject: Subject, *, of: str, by: float) -> "Made":
    from PIL import ImageEnhance

    enhanced: Image.Image = getattr(ImageEnhance, of)(subject.whole).enhance(by)
    return enhanced


def _mirror(subject: Subject) -> "Made":
    from PIL import ImageOps

    return ImageOps.mirror(subject.whole)


def _on_white(image: "Image.Image") -> "Image.Image":
    if image.mode == "RGB":
        return image
    from PIL import Image

    return Image.alpha_composite(Image.new("RGBA", image.size, "white"), image).convert("RGB")


def _saved(image: "Image.Image", **options: object) -> io.BytesIO:
    file = io.BytesIO()
    image.save(file, **options)  # type: ignore[arg-type]  # options of the encoder
    return file
