"""Mock-ups: pictures on which the designs of a template are shown, each with its own masks."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Final

from common.shops.fault import Fault, none_of, out_of_range
from common.shops.mask import MOST_MASKS, Mask
from common.shops.name import name_faults
from common.shops.words import most_images

IMAGE_TYPES: Final = ("background", "lifestyle", "detail")
FIRST_NUMBER: Final = 100
"""Where the numbers of designs begin when nobody says otherwise."""
LARGEST_SIDE: Final = 10_000
"""Pixels of a picture."""
_EXTENSIONS: Final = frozenset({".png", ".jpg", ".jpeg", ".webp"})


@dataclass(frozen=True, slots=True, kw_only=True)
class MockupImage:
    """One picture with the places on it where the design is shown."""

    filename: str
    """As its owner calls it, a path beside the shop's file."""
    width: int
    """Pixels of the picture on which the masks were drawn."""
    height: int
    """Pixels."""
    masks: tuple[Mask, ...] = ()
    """Drawn in this order. None: the picture is shown as it is."""
    image_type: str = "background"
    """One of IMAGE_TYPES."""
    watermark: str = ""
    """The watermark's filename; empty for none."""
    file_path: str = ""
    """The object that holds the picture; empty until it was uploaded."""
    watermark_path: str = ""
    """The object that holds the watermark."""
    id: int = field(default=0, compare=False)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it, its masks apart."""
        yield from out_of_range("width", self.width, 1, LARGEST_SIDE, "pixels")
        yield from out_of_range("height", self.height, 1, LARGEST_SIDE, "pixels")
        yield from none_of("image_type", self.image_type, IMAGE_TYPES)
        yield from _file_faults("file", self.filename)
        if self.watermark:
            yield from _file_faults("watermark", self.watermark)
        if len(self.masks) > MOST_MASKS:
            detail = f"A picture has at most {MOST_MASKS} masks, this one {len(self.masks)}."
            yield Fault("masks", "too_many", detail)

    def mask_faults(self) -> Iterator[Fault]:
        """What is wrong with its masks, as `masks[2].polygon`."""
        for number, mask in enumerate(self.masks, 1):
            for each in mask.faults(self.width, self.height):
                yield Fault(f"masks[{number}].{each.field}", each.reason, each.detail, each.is_error)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mockup:
    """A set of pictures for one template. Their order is that in the listing."""

    name: str
    starting_name: int = FIRST_NUMBER
    """The first number that a design of the template gets."""
    images: tuple[MockupImage, ...] = ()
    is_active: bool = True
    id: int = field(default=0, compare=False)

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it, its images apart."""
        yield from name_faults(self.name)
        yield from out_of_range("starting_name", self.starting_name, 1, 1_000_000)
        if len(self.images) > most_images():
            detail = f"A listing has at most {most_images()} images, this mock-up {len(self.images)}."
            yield Fault("images", "too_many", detail)


def _file_faults(name: str, file: str) -> Iterator[Fault]:
    path = PurePosixPath(file)
    if path.is_absolute() or ".." in path.parts or "\\" in file or len(file) > 200 or not path.name:
        detail = f"{file!r} is no path beside the shop's file; put the picture there."
        yield Fault(name, "bad_path", detail)
    elif path.suffix.lower() not in _EXTENSIONS:
        detail = f"{file!r} is no PNG, JPEG or WebP by its name; save the picture as one."
        yield Fault(name, "bad_extension", detail)
