"""Draws the pictures of the sample shop's mock-up: `python -m infra.local.samples.make_shop [FOLDER]`.

Nothing is drawn by chance, so the same Pillow writes the same bytes.
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

FOLDER = Path(__file__).with_name("shop")
_WALL = (226, 220, 210)
_WOOD = (150, 112, 78)
_STEEL = (236, 238, 240)
_SHADE = (176, 180, 184)
_INK = (60, 64, 72)


def tumbler() -> Image.Image:
    """A tumbler on a table; its front is the polygon of `shop.yaml`."""
    image = Image.new("RGB", (1200, 900), _WALL)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 690, 1200, 900), fill=_WOOD)
    for line in range(5):
        draw.line((0, 720 + 40 * line, 1200, 715 + 40 * line), fill=(134, 98, 66), width=3)
    draw.ellipse((400, 745, 840, 815), fill=(118, 86, 58))
    draw.polygon([(420, 140), (780, 140), (740, 780), (460, 780)], fill=_STEEL)
    draw.polygon([(420, 140), (462, 140), (492, 780), (460, 780)], fill=_SHADE)
    draw.polygon([(738, 140), (780, 140), (740, 780), (708, 780)], fill=_SHADE)
    draw.rounded_rectangle((408, 90, 792, 150), 24, fill=_INK)
    return image


def two_cups() -> Image.Image:
    """Two cups from the front, for one design on both."""
    image = Image.new("RGB", (1000, 1000), (204, 216, 222))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 780, 1000, 1000), fill=(240, 240, 236))
    for left, colour in ((110, (250, 248, 242)), (560, (232, 208, 196))):
        draw.ellipse((left + 240, 430, left + 370, 620), outline=colour, width=28)
        draw.ellipse((left - 10, 770, left + 300, 830), fill=(206, 206, 200))
        draw.rounded_rectangle((left, 340, left + 290, 800), 26, fill=colour)
        draw.ellipse((left, 320, left + 290, 370), fill=tuple(each - 26 for each in colour))
    return image


def watermark() -> Image.Image:
    """The shop's name, as it lies over mock-ups."""
    image = Image.new("RGBA", (600, 120), (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(size=72)
    draw.text((300, 60), "Sample shop", fill=(255, 255, 255, 255), font=font, anchor="mm")
    return image


def write(folder: Path = FOLDER) -> list[Path]:
    """Write all of them into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, image in (("tumbler.jpg", tumbler()), ("two_cups.jpg", two_cups())):
        image.save(folder / name, "JPEG", quality=88)
    watermark().save(folder / "watermark.png", "PNG", optimize=True)
    return sorted(folder.iterdir())


if __name__ == "__main__":
    for written in write(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER):
        print(written, written.stat().st_size)
