"""What is read, what is refused, and with which reason."""

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image, ImageCms

from functions.hash.designs.fingerprint import Fingerprinter, fingerprint
from functions.hash.designs.limits import ImageLimits, check_renderable
from functions.hash.designs.reading import Reader
from functions.hash.designs.refusal import REASONS, ImageRefused
from functions.hash.designs.signature import KINDS
from tests.unit.designs.files import chunk, empty_rows, encoded, opaque, png, see_through


def reason_of(file: bytes | io.BytesIO, limits: ImageLimits | None = None) -> str:
    """The reason for which a file is refused."""
    source = io.BytesIO(file) if isinstance(file, bytes) else file
    with pytest.raises(ImageRefused) as refused:
        Fingerprinter(Reader(limits))(source)
    assert refused.value.reason in REASONS
    return refused.value.reason


@pytest.mark.parametrize("kind", KINDS)
def test_six_formats_are_read(kind: str) -> None:
    found = fingerprint(encoded(opaque(), kind))
    assert (found.kind, found.width, found.height) == (kind, *opaque().size)


def test_a_path_is_read_as_a_file_object_is(tmp_path: Path) -> None:
    path = tmp_path / "design.png"
    opaque().save(path)
    assert fingerprint(path) == fingerprint(io.BytesIO(path.read_bytes()), "design.png")


def test_an_empty_file() -> None:
    assert reason_of(b"") == "zero_bytes"


@pytest.mark.parametrize("file", [b"x", b"hello world" * 100, b"\0" * 500, b"<html><body>", b"BAD" * 9])
def test_what_is_no_picture(file: bytes) -> None:
    assert reason_of(file) == "not_an_image"


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"8BPS\0\1", "Photoshop"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg">', "SVG"),
        (b"%PDF-1.7", "PDF"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "PostScript"),
        (b"\0\0\0\x18ftypheic\0\0", "HEIC"),
    ],
)
def test_what_is_not_read_is_refused_by_name_with_what_to_do(start: bytes, words: str) -> None:
    with pytest.raises(ImageRefused, match=f"{words}.*[Ee]xport") as refused:
        fingerprint(io.BytesIO(start + bytes(100)))
    assert refused.value.reason == "unsupported_format"


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_is_cut_off(kind: str) -> None:
    whole = encoded(opaque(), kind).getvalue()
    for share in (0.02, 0.3, 0.9):
        assert reason_of(whole[: int(len(whole) * share)]) == "truncated"


@pytest.mark.parametrize("kind", KINDS)
def test_a_format_in_name_only(kind: str) -> None:
    start = encoded(opaque(), kind).getvalue()[:12]
    assert reason_of(start + b"nothing of the kind" * 40) in ("truncated", "too_many_pixels")


def test_the_extension_does_not_count_and_is_noted() -> None:
    found = fingerprint(encoded(opaque(), "JPEG"), "design.PNG")
    assert found.kind == "JPEG"
    assert found.notes == ("wrong_extension",)
    assert fingerprint(encoded(opaque(), "JPEG"), "../../etc/design.jpeg").notes == ()
    assert fingerprint(encoded(opaque(), "PNG"), "no extension").notes == ()


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_the_first_frame_of_an_animation_counts(kind: str) -> None:
    frames = [opaque(2), opaque(3).resize(opaque(2).size), opaque(7).resize(opaque(2).size)]
    lossless = {"lossless": True} if kind == "WEBP" else {}
    moving = encoded(frames[0], kind, save_all=True, append_images=frames[1:], **lossless)
    found, still = fingerprint(moving), fingerprint(encoded(frames[0], kind, **lossless))
    assert found.notes == ("animated",)
    assert found.hashes == still.hashes


def test_the_first_page_of_a_tiff_counts() -> None:
    pages = encoded(opaque(2), "TIFF", save_all=True, append_images=[opaque(3)])
    found = fingerprint(pages)
    assert found.notes == ("several_pages",)
    assert found.content_hash == fingerprint(encoded(opaque(2), "PNG")).content_hash


def test_sixteen_bits_become_eight_by_dividing_by_256() -> None:
    grey = opaque().convert("L")
    wide = grey.convert("I").point(lambda level: level * 256 + 255).convert("I;16")
    found = fingerprint(encoded(wide, "PNG"))
    assert found.notes == ("sixteen_bit",)
    assert found.content_hash == fingerprint(encoded(grey, "PNG")).content_hash


def test_sixteen_bits_of_colour_become_eight() -> None:
    small = opaque().resize((40, 30))
    rows = b"".join(
        b"\0" + b"".join(bytes((level, 200)) for x in range(40) for level in small.getpixel((x, y)))  # type: ignore[union-attr]
        for y in range(30)
    )
    found = fingerprint(io.BytesIO(png(40, 30, bits=16, colour=2, data=zlib.compress(rows))))
    assert found.notes == ("sixteen_bit",)
    assert found.content_hash == fingerprint(encoded(small, "PNG")).content_hash


@pytest.mark.parametrize("kind", ["JPEG", "TIFF"])
def test_cmyk_without_a_profile_looks_like_its_rgb(kind: str) -> None:
    found = fingerprint(encoded(opaque().convert("CMYK"), kind))
    assert found.notes == ("cmyk",)
    assert (found.hashes.phash ^ fingerprint(encoded(opaque(), "PNG")).hashes.phash).bit_count() <= 8


def test_a_damaged_colour_profile_is_noted_and_does_no_harm() -> None:
    found = fingerprint(encoded(opaque().convert("CMYK"), "TIFF", icc_profile=b"no profile at all" * 20))
    assert found.notes == ("cmyk_bad_profile",)


def test_a_profile_of_the_wrong_kind_is_noted_and_does_no_harm() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    found = fingerprint(encoded(opaque().convert("CMYK"), "TIFF", icc_profile=profile))
    assert found.notes == ("cmyk_bad_profile",)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_every_way_to_store_colours_is_one(mode: str) -> None:
    image = opaque().convert(mode)
    found = fingerprint(encoded(image, "PNG"))
    assert found.content_hash == fingerprint(encoded(image.convert("RGB"), "TIFF")).content_hash
    assert not found.has_alpha


@pytest.mark.parametrize("mode", ["LA", "P"])
def test_every_way_to_store_transparency_is_one(mode: str) -> None:
    image = see_through().convert("LA") if mode == "LA" else see_through().quantize(64)
    found = fingerprint(encoded(image, "PNG"))
    assert found.content_hash == fingerprint(encoded(image.convert("RGBA"), "TIFF")).content_hash
    assert found.has_alpha


def test_numbers_that_are_no_colours_are_refused() -> None:
    assert reason_of(encoded(opaque().convert("F"), "TIFF")) == "unsupported_format"


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("alpha", [0, 7])
def test_a_picture_in_which_nothing_can_be_seen(kind: str, alpha: int) -> None:
    assert reason_of(encoded(Image.new("RGBA", (50, 40), (200, 10, 10, alpha)), kind)) == "fully_transparent"


def test_pixels_are_counted_before_any_is_decoded() -> None:
    assert reason_of(png(20_000, 10_000)) == "too_many_pixels"
    assert reason_of(png(60_000, 60_000)) == "too_many_pixels"
    assert reason_of(encoded(opaque(), "PNG"), ImageLimits(megapixels=0.05)) == "too_many_pixels"


@pytest.mark.parametrize("kind", ["WEBP", "JPEG", "GIF", "TIFF", "BMP"])
def test_pixels_are_counted_in_every_format(kind: str) -> None:
    assert reason_of(encoded(opaque(), kind), ImageLimits(megapixels=0.05)) == "too_many_pixels"


@pytest.mark.parametrize("lossless", [True, False])
def test_the_canvas_of_a_webp_is_read_from_its_header(lossless: bool) -> None:
    for image in (opaque(), see_through()):
        size = image.size[0] * image.size[1] / 1_000_000
        file = encoded(image, "WEBP", lossless=lossless).getvalue()
        assert reason_of(file, ImageLimits(megapixels=size - 1e-6)) == "too_many_pixels"
        Fingerprinter(Reader(ImageLimits(megapixels=size)))(io.BytesIO(file))


def test_what_decoding_would_take_is_reckoned_before() -> None:
    limits = ImageLimits(decode_mib=16)
    assert reason_of(png(3000, 3000, data=empty_rows(3000, 3000, 4)), limits) == "too_many_pixels"
    assert reason_of(encoded(Image.new("RGB", (1100, 1100)), "WEBP"), limits) == "too_many_pixels"


def test_a_jpeg_in_many_passes_counts_with_all_its_coefficients() -> None:
    limits = ImageLimits(decode_mib=16)
    large = Image.new("RGB", (2000, 2000), "teal")
    assert reason_of(encoded(large, "JPEG", progressive=True, subsampling=0), limits) == "too_many_pixels"
    Fingerprinter(Reader(limits))(encoded(large, "JPEG"))


def test_text_that_unpacks_to_gigabytes_is_not_unpacked() -> None:
    bomb = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9))
    assert reason_of(png(4, 4, data=empty_rows(4, 4, 4), extra=bomb)) == "truncated"


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")
def test_damaged_metadata_do_no_harm() -> None:
    file = encoded(opaque(), "JPEG", exif=b"Exif\0\0II*\0\xff\xff\xff\xff" + bytes(range(200)))
    assert fingerprint(file).hashes == fingerprint(encoded(opaque(), "JPEG")).hashes


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        ((9, 500), "too_small"),
        ((500, 9), "too_small"),
        ((10, 10_000), None),
        ((10_000, 10), None),
        ((10_001, 500), "too_large_side"),
    ],
)
def test_sizes_that_are_rendered_and_those_that_are_not(size: tuple[int, int], reason: str | None) -> None:
    found = None
    try:
        check_renderable(*size, ImageLimits())
    except ImageRefused as refused:
        found = refused.reason
    assert found == reason


def test_a_tile_larger_than_its_picture_is_not_decoded() -> None:
    """A TIFF whose tiles say they are 60,000 pixels wide."""
    entries = [(256, 3, 64), (257, 3, 64), (258, 3, 8), (259, 3, 1), (262, 3, 1), (277, 3, 1)]
    entries += [(322, 4, 60_000), (323, 4, 60_000), (324, 4, 8), (325, 4, 100)]
    directory = struct.pack("<H", len(entries))
    directory += b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    file = b"II*\0" + struct.pack("<I", 108) + bytes(100) + directory + bytes(4)
    assert reason_of(file) in ("truncated", "too_many_pixels")
