"""Artwork as sellers of printed things upload it: slogans, badges, mandalas, scenes, patterns; each number another one.

Deterministic: a number is the same picture for ever (with the same Pillow). Slogans, badges and mandalas are RGBA with
transparent margins, scenes and patterns opaque RGB; mandalas are symmetric, which is what hashes find hardest.
"""

import colorsys
import math
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

Colour = tuple[int, int, int]
Point = tuple[float, float]

_WORDS = (
    "COFFEE", "wild", "Mama", "FISHING", "Dad", "EST 1987", "cactus", "LAKE", "Good Vibes", "teacher", "GAME DAY", "Bride",
    "night owl", "ROAD TRIP", "Nurse", "sunshine", "Camp", "RESCUE DOG", "books", "Pizza", "No. 42", "Howdy", "merry", "OCEAN",
)  # fmt: skip


def artwork(number: int, side: int = 600) -> Image.Image:
    """The picture of this number; side: its longer side, in pixels."""
    chance = random.Random(f"artwork {number}")  # noqa: S311  # drawn the same each time
    size = (side, round(side * chance.choice((0.6, 0.75, 1.0))))
    if chance.random() < 0.3:
        size = size[::-1]
    return _KINDS[number % len(_KINDS)](chance, size)


def write_artwork(folder: Path, count: int, side: int = 600) -> list[Path]:
    """So many pictures as PNG files in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"design-{number:03}.png" for number in range(count)]
    for number, path in enumerate(paths):
        artwork(number, side).save(path, compress_level=1)
    return paths


@cache
def photograph(number: int, size: tuple[int, int] = (1600, 1200)) -> Image.Image:
    """A scene with the grain of a camera, for JPEG files of a usual size. It is shared: do not change it."""
    chance = random.Random(f"photograph {number}")  # noqa: S311
    scene = _scene(chance, size)
    return Image.blend(scene, grain(chance, (size[0] // 2, size[1] // 2)).resize(size).convert("RGB"), 0.08)


def grain(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Grey noise. Pillow's own cannot be repeated."""
    return Image.frombytes("L", size, chance.randbytes(size[0] * size[1]))


def _slogan(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    width, height = size
    lines = chance.sample(_WORDS, chance.randint(2, 4))
    for place, text in enumerate(lines):
        font = ImageFont.load_default(size=chance.uniform(0.5, 1.1) * height / (len(lines) + 1))
        middle = (
            width * chance.uniform(0.35, 0.65),
            height * (place + 0.5 + chance.uniform(-0.15, 0.15)) / len(lines),
        )
        draw.text(
            middle, text, fill=_ink(chance), font=font, anchor="mm", stroke_width=chance.choice((0, 0, 3, 6))
        )
    for _ in range(chance.randint(2, 6)):
        _shape(draw, chance, size, chance.uniform(0.04, 0.15))
    return image


def _badge(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    middle = (size[0] * chance.uniform(0.42, 0.58), size[1] * chance.uniform(0.42, 0.58))
    radius = min(size) * chance.uniform(0.32, 0.4)
    for _ in range(chance.randint(2, 4)):
        draw.polygon(
            _star(middle, radius, chance.randint(5, 24), chance.uniform(0.6, 1), chance), fill=_ink(chance)
        )
        radius *= chance.uniform(0.6, 0.9)
    for _ in range(chance.randint(3, 8)):
        _shape(draw, chance, size, chance.uniform(0.05, 0.2))
    font = ImageFont.load_default(size=radius * chance.uniform(0.3, 0.8))
    draw.text(middle, chance.choice(_WORDS), fill=_ink(chance), font=font, anchor="mm")
    return image


def _mandala(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    """Petals around a middle: symmetric about several axes."""
    image = Image.new("RGBA", size, (0, 0, 0, 0))
    draw = ImageDraw.Draw(image)
    middle = (size[0] / 2, size[1] / 2)
    radius = min(size) * 0.46
    for _ in range(chance.randint(4, 8)):
        petals = chance.randint(3, 16)
        draw.polygon(_star(middle, radius, petals, chance.uniform(0.25, 0.95), None), fill=_ink(chance))
        radius *= chance.uniform(0.65, 0.9)
    return image


def _scene(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    width, height = size
    top, bottom = _ink(chance), _ink(chance)
    sky = Image.merge("RGB", [_gradient(size, start, end) for start, end in zip(top, bottom, strict=True)])
    draw = ImageDraw.Draw(sky)
    for _ in range(chance.randint(1, 3)):
        _shape(draw, chance, (width, height // 2), chance.uniform(0.1, 0.3))
    for layer in range(chance.randint(2, 5)):
        base = height * (0.45 + 0.12 * layer)
        ridge = [(width * step / 10, base + height * chance.uniform(-0.15, 0.1)) for step in range(11)]
        draw.polygon([(0, height), *ridge, (width, height)], fill=_ink(chance))
    return sky.filter(ImageFilter.GaussianBlur(chance.choice((0, 1, 2))))


def _pattern(chance: random.Random, size: tuple[int, int]) -> Image.Image:
    image = Image.new("RGB", size, _ink(chance))
    draw = ImageDraw.Draw(image)
    for _ in range(chance.randint(12, 40)):
        _shape(draw, chance, size, chance.uniform(0.05, 0.3))
    return image


_KINDS: tuple[Callable[[random.Random, tuple[int, int]], Image.Image], ...] = (
    _slogan,
    _badge,
    _pattern,
    _scene,
    _mandala,
    _slogan,
    _badge,
    _pattern,
)


def _ink(chance: random.Random) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(
        chance.random(), chance.uniform(0.2, 1), chance.choice((0.15, 0.35, 0.6, 0.9))
    )
    return round(red * 255), round(green * 255), round(blue * 255)


def _shape(draw: ImageDraw.ImageDraw, chance: random.Random, size: tuple[int, int], share: float) -> None:
    """A circle, a star, a bar or a triangle somewhere, `share` of the shorter side in radius."""
    radius = min(size) * share
    middle = (size[0] * chance.uniform(0.12, 0.88), size[1] * chance.uniform(0.12, 0.88))
    kind = chance.choice(("circle", "star", "bar", "triangle"))
    x, y = middle
    if kind == "circle":
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=_ink(chance))
    elif kind == "bar":
        draw.rectangle((x - radius, y - radius / 4, x + radius, y + radius / 4), fill=_ink(chance))
    else:
        points = 3 if kind == "triangle" else chance.randint(5, 9)
        depth = 0.5 if kind == "triangle" else chance.uniform(0.3, 0.7)
        draw.polygon(_star(middle, radius, points, depth, chance), fill=_ink(chance))


def _star(
    middle: Point, radius: float, points: int, depth: float, chance: random.Random | None
) -> list[Point]:
    """A star; one end looks up unless chance turns it."""
    turn = chance.uniform(0, math.tau) if chance else -math.pi / 2
    corners = []
    for corner in range(points * 2):
        angle = turn + math.pi * corner / points
        reach = radius * (depth if corner % 2 else 1)
        corners.append((middle[0] + reach * math.cos(angle), middle[1] + reach * math.sin(angle)))
    return corners


def _gradient(size: tuple[int, int], start: int, end: int) -> Image.Image:
    ramp = Image.linear_gradient("L").resize(size)
    return ramp.point([round(start + (end - start) * level / 255) for level in range(256)])
