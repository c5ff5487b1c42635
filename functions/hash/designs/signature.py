"""Which format a file is in, by its first bytes: its name says nothing that can be relied on."""

from pathlib import PurePath

from functions.hash.designs.refusal import NOT_AN_IMAGE, UNSUPPORTED_FORMAT, ImageRefused

HEAD = 1024
"""Bytes that `kind_of` wants to see."""

_STARTS = {
    b"\x89PNG\r\n\x1a\n": "PNG",
    b"\xff\xd8\xff": "JPEG",
    b"GIF87a": "GIF",
    b"GIF89a": "GIF",
    b"II*\0": "TIFF",
    b"MM\0*": "TIFF",
    b"II+\0": "TIFF",
    b"MM\0+": "TIFF",
    b"BM": "BMP",
}
_EXTENSIONS = {
    "PNG": {".png", ".apng"},
    "JPEG": {".jpg", ".jpeg", ".jpe", ".jfif"},
    "WEBP": {".webp"},
    "GIF": {".gif"},
    "TIFF": {".tif", ".tiff"},
    "BMP": {".bmp", ".dib"},
}
KINDS = tuple(_EXTENSIONS)
"""The formats that are read; no decoder of another is ever tried."""

_UNSUPPORTED = {
    b"8BPS": ("a Photoshop document", "Export it from Photoshop as PNG with transparency."),
    b"%PDF": ("a PDF", "Export the artwork as PNG."),
    b"%!PS": ("a PostScript file", "Export the artwork as PNG."),
    b"\0\0\1\0": ("an icon file", "Export its largest picture as PNG."),
}
_READ = "PNG, JPEG, WebP, GIF, TIFF and BMP are read."


def kind_of(head: bytes) -> str:
    """The format, one of KINDS, of a file that begins with `head`.

    Raises ImageRefused: `unsupported_format` for a format that is known and not read, `not_an_image` for the rest.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    for start, kind in _STARTS.items():
        if head.startswith(start):
            return kind
    raise _refusal(head)


def has_other_extension(name: str, kind: str) -> bool:
    """Whether the name of a file speaks of another format than its content has."""
    extension = PurePath(name).suffix.lower()
    return bool(extension) and extension not in _EXTENSIONS[kind]


def _refusal(head: bytes) -> ImageRefused:
    what, advice = _named(head)
    if what:
        return ImageRefused(f"This is {what}. {advice} {_READ}", reason=UNSUPPORTED_FORMAT)
    return ImageRefused(f"This is no picture. {_READ}", reason=NOT_AN_IMAGE)


def _named(head: bytes) -> tuple[str, str]:
    """What a file is that is not read, and what to do about it; empty when it is unknown."""
    for start, found in _UNSUPPORTED.items():
        if head.startswith(start):
            return found
    if head[4:8] == b"ftyp":
        return "a HEIC, AVIF or video file", "Export it as PNG or JPEG."
    if b"<svg" in head.lower():
        return "an SVG drawing", "Export it as PNG in the size it is to be printed in."
    return "", ""
