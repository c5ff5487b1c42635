"""Any mode in which a picture may be decoded, as eight-bit grey or RGB, with alpha or without."""

import io
from collections.abc import Callable
from typing import TYPE_CHECKING

from functions.hash.designs.refusal import UNSUPPORTED_FORMAT, ImageRefused

if TYPE_CHECKING:
    from PIL import Image

Convert = Callable[["Image.Image"], "Image.Image"]

SIXTEEN_BIT = frozenset({"I;16", "I;16L", "I;16B", "I;16N"})
_PLAIN = frozenset({"1", "L", "LA", "La", "P", "PA", "RGB", "RGBA", "RGBa", "RGBX", "YCbCr"})


def check_mode(mode: str) -> None:
    """Raise ImageRefused (unsupported_format) for a mode that has no eight-bit meaning."""
    if mode not in _PLAIN | SIXTEEN_BIT | {"CMYK"}:
        raise ImageRefused(
            f"Its colours are stored as {mode}, which no print needs; export it as PNG with 8 bits a channel.",
            reason=UNSUPPORTED_FORMAT,
        )


def converter(image: "Image.Image") -> tuple[Convert, str]:
    """What makes a piece of `image` L, RGB or RGBA, and a note on it ("" when there is nothing to say).

    16 bits become 8 by dividing by 256. CMYK goes through the profile that is embedded to sRGB, or through the
    plain formula without one (note `cmyk`) or with a damaged one (`cmyk_bad_profile`).
    """
    if image.mode in SIXTEEN_BIT:
        return _eight_bit, "sixteen_bit"
    if image.mode == "CMYK":
        return _from_cmyk(image)
    if image.has_transparency_data:
        return lambda piece: piece.convert("RGBA"), ""
    wanted = "L" if image.mode in ("1", "L") else "RGB"
    return lambda piece: piece if piece.mode == wanted else piece.convert(wanted), ""


def _eight_bit(piece: "Image.Image") -> "Image.Image":
    import numpy as np
    from PIL import Image

    return Image.fromarray((np.asarray(piece) >> 8).astype(np.uint8))


def _from_cmyk(image: "Image.Image") -> tuple[Convert, str]:
    profile = image.info.get("icc_profile")
    if not profile:
        return lambda piece: piece.convert("RGB"), "cmyk"
    from PIL import ImageCms

    try:
        transform = ImageCms.buildTransform(
            ImageCms.ImageCmsProfile(io.BytesIO(profile)), ImageCms.createProfile("sRGB"), "CMYK", "RGB"
        )
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return lambda piece: piece.convert("RGB"), "cmyk_bad_profile"

    def convert(piece: "Image.Image") -> "Image.Image":
        turned = ImageCms.applyTransform(piece, transform)
        assert turned is not None  # it is None only for a change in place
        return turned

    return convert, "cmyk"
