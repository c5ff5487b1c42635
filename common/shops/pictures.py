"""The pictures of a shop: looked at, and kept as objects named by their content, so that none is ever replaced."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, BinaryIO, Final

from common.errors import Usage
from common.pipeline.flow import load
from common.shops.mockup import Mockup
from common.shops.shop import Shop

if TYPE_CHECKING:
    from common.objects.store import ObjectStore

LARGEST: Final = 32 << 20
"""Bytes of one picture."""
_SIZE_OF: Final = "functions.stage.designs.pictures:upright_size"
_FOLDER: Final = "shops"
_MEDIA_TYPES: Final = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".webp": "image/webp",
}
_BLOCK: Final = 1 << 20

Size = tuple[int, int]


def size_of(source: Path | BinaryIO, name: str = "") -> Size | None:
    """Width and height of a picture as it is seen; None when there is none that can be read."""
    found: Size | None = load(_SIZE_OF)(source, name)
    return found


def keep(objects: "ObjectStore", tenant: str, name: str, picture: BinaryIO) -> str:
    """Store a picture; the object's name, the same for the same content. Raises Usage for one that is too large."""
    suffix = PurePosixPath(name).suffix.lower()
    if suffix not in _MEDIA_TYPES:
        raise Usage(
            f"{name!r} is no PNG, JPEG or WebP by its name; save the picture as one.", reason="bad_extension"
        )
    path = f"{folder_of(tenant)}{_content_hash(picture, name)}{suffix}"
    picture.seek(0)
    objects.put(path, picture, content_type=_MEDIA_TYPES[suffix])
    return path


def folder_of(tenant: str) -> str:
    """Where the pictures of a tenant lie; nothing else may be named as one of its pictures."""
    return f"{_FOLDER}/{tenant}/BaseMockups/"


def placed(shop: Shop, path_of: Callable[[str], str]) -> Shop:
    """The shop, its pictures with the objects that hold them, by the names that its file gives them."""

    def mockup(made: Mockup) -> Mockup:
        images = (
            replace(
                image,
                file_path=path_of(image.filename),
                watermark_path=path_of(image.watermark) if image.watermark else "",
            )
            for image in made.images
        )
        return replace(made, images=tuple(images))

    templates = (
        replace(template, mockups=tuple(map(mockup, template.mockups))) for template in shop.templates
    )
    return replace(shop, templates=tuple(templates))


def names_of(shop: Shop) -> tuple[str, ...]:
    """The pictures that a shop names, each once."""
    images = [image for template in shop.templates for each in template.mockups for image in each.images]
    named = [name for image in images for name in (image.filename, image.watermark) if name]
    return tuple(dict.fromkeys(named))


def paths_of(shop: Shop) -> Mapping[str, tuple[str, Size]]:
    """The pictures that a stored shop has: name → object, and width and height ((0, 0) of a watermark)."""
    found: dict[str, tuple[str, Any]] = {}
    for template in shop.templates:
        for mockup in template.mockups:
            for image in mockup.images:
                if image.watermark:
                    found.setdefault(image.watermark, (image.watermark_path, (0, 0)))
                found[image.filename] = (image.file_path, (image.width, image.height))
    return found


def _content_hash(picture: BinaryIO, name: str) -> str:
    digest, size = hashlib.sha256(), 0
    picture.seek(0)
    while block := picture.read(_BLOCK):
        digest.update(block)
        size += len(block)
        if size > LARGEST:
            raise Usage(f"{name} has more than {LARGEST >> 20} MiB; save it smaller.", reason="too_large")
    return digest.hexdigest()
