"""Files that people and attackers upload; each is written where it is asked for."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from infra.local.samples.artwork import artwork
from tests.unit.designs.files import chunk, empty_rows, png

MIB = 1 << 20


def write_all(folder: Path) -> dict[str, str]:
    """Write every file; its name → what becomes of it, "" for one that is read."""
    folder.mkdir(exist_ok=True)
    for name, (make, _) in FILES.items():
        make(folder / name)
    return {name: reason for name, (_, reason) in FILES.items()}


def _png_bomb(file: Path) -> None:
    """20 megapixels in a few kilobytes, and six times as many rows as its header says."""
    file.write_bytes(png(5_000, 4_000, colour=0, data=empty_rows(5_000, 24_000, 1)))


def _png_of_text(file: Path) -> None:
    """A note that unpacks to 64 MiB."""
    text = b"Comment\0\0" + zlib.compress(bytes(64 * MIB), 9)
    file.write_bytes(png(100, 100, colour=0, data=empty_rows(100, 100, 1), extra=chunk(b"zTXt", text)))


def _png_200_megapixels(file: Path) -> None:
    file.write_bytes(png(20_000, 10_000, colour=0, data=empty_rows(20_000, 10_000, 1)))


def _png_one_bit_200_megapixels(file: Path) -> None:
    row = zlib.compress(bytes(1 + 20_000 // 8) * 10_000, 9)
    file.write_bytes(png(20_000, 10_000, bits=1, colour=0, data=row))


def _webp_bomb(file: Path) -> None:
    Image.new("RGB", (64, 64), "teal").save(file, "WEBP", lossless=True)
    whole = bytearray(file.read_bytes())
    whole[21:25] = (int.from_bytes(whole[21:25], "little") | 0x0FFFFFFF).to_bytes(4, "little")
    file.write_bytes(bytes(whole))


def _webp_large(file: Path) -> None:
    Image.new("RGB", (4000, 4000), "teal").save(file, "WEBP", lossless=True, quality=0, method=0)


def _gif_bomb(file: Path) -> None:
    Image.new("P", (64, 64)).save(file, "GIF")
    whole = bytearray(file.read_bytes())
    whole[6:10] = b"\xff" * 4
    file.write_bytes(bytes(whole))


def _gif_of_large_frames(file: Path) -> None:
    """A screen of 64 × 64 whose frame says it has 20,000 × 20,000."""
    Image.new("P", (64, 64)).save(file, "GIF")
    whole = bytearray(file.read_bytes())
    descriptor = whole.index(b",\0\0\0\0")
    whole[descriptor + 5 : descriptor + 9] = struct.pack("<HH", 20_000, 20_000)
    file.write_bytes(bytes(whole))


def _jpeg_cut_off(file: Path) -> None:
    artwork(3, 400).convert("RGB").save(file, "JPEG")
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def _jpeg_header_only(file: Path) -> None:
    artwork(3, 400).convert("RGB").save(file, "JPEG")
    file.write_bytes(file.read_bytes()[:300])


def _jpeg_turned(file: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    artwork(4, 400).convert("RGB").resize((400, 250)).save(file, "JPEG", exif=exif)


def _jpeg_progressive_bomb(file: Path) -> None:
    Image.new("RGB", (64, 64), "teal").save(file, "JPEG", progressive=True, subsampling=0)
    whole = bytearray(file.read_bytes())
    frame = whole.index(b"\xff\xc2") + 5
    whole[frame : frame + 4] = (10_000).to_bytes(2, "big") * 2
    file.write_bytes(bytes(whole))


def _svg(file: Path) -> None:
    file.write_text('<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>')


def _psd(file: Path) -> None:
    file.write_bytes(b"8BPS\0\1" + bytes(6) + struct.pack(">HIIHH", 3, 100_000, 100_000, 8, 3))


def _tiff_pages(file: Path) -> None:
    pages = [artwork(number, 300).convert("RGB") for number in (5, 6, 7)]
    pages[0].save(file, "TIFF", save_all=True, append_images=pages[1:])


def _tiff_bomb(file: Path) -> None:
    """One strip that unpacks to 300 MB, of a picture that says it has 64 rows."""
    Image.new("RGB", (64, 64), "teal").save(file, "TIFF", compression="tiff_deflate")
    whole = bytearray(file.read_bytes())
    whole += zlib.compress(bytes(300 * MIB), 9)
    file.write_bytes(bytes(whole))


def _zip(file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("a.png", bytes(MIB))


def _palette(file: Path) -> None:
    image = Image.new("P", (400, 300), 0)
    image.putpalette([255, 0, 0, 0, 0, 255, 0, 255, 0])
    image.paste(1, (50, 40, 300, 200))
    image.paste(2, (100, 90, 200, 260))
    image.save(file, "PNG", transparency=0)


def _one_bit(file: Path) -> None:
    artwork(8, 400).convert("L").convert("1").save(file, "PNG")


def _fifty_mebibytes(file: Path) -> None:
    """Stored and not packed: 49.6 MiB of noise that fits the limit."""
    width, height = 4160, 4160
    noise = memoryview(_noise(3 * width * (height + 1)))
    packer = zlib.compressobj(0)
    rows = (b"\0" + noise[row * 3 * width : (row + 1) * 3 * width] for row in range(height))
    data = b"".join([*(packer.compress(row) for row in rows), packer.flush()])
    file.write_bytes(png(width, height, colour=2, data=data))


def _beyond_fifty_mebibytes(file: Path) -> None:
    with file.open("wb") as stream:
        stream.write(png(10, 10))
        stream.truncate(50 * MIB + 1)


def _noise(size: int) -> bytes:
    """Bytes that no packer makes smaller, the same each time."""
    import random

    return random.Random(4).randbytes(size)


def _ninety_nine_megapixels(file: Path) -> None:
    """What is allowed at the most: 8-bit grey."""
    file.write_bytes(png(9_900, 10_000, colour=0, data=empty_rows(9_900, 10_000, 1)))


def _sixty_megapixels_with_alpha(file: Path) -> None:
    row = b"\0" + b"\x40\x80\xc0\xff" * 8_000
    packer = zlib.compressobj(1)
    data = b"".join([*(packer.compress(row) for _ in range(7_500)), packer.flush()])
    file.write_bytes(png(8_000, 7_500, data=data))


def _fine(file: Path) -> None:
    content = io.BytesIO()
    artwork(int(file.stem.split()[-1]), 500).save(content, "PNG")
    file.write_bytes(content.getvalue())


FILES: dict[str, tuple[Callable[[Path], None], str]] = {
    "fine 1.png": (_fine, ""),
    "bomb.png": (_png_bomb, ""),
    "text.png": (_png_of_text, "truncated"),
    "200 megapixels.png": (_png_200_megapixels, "too_many_pixels"),
    "200 megapixels of one bit.png": (_png_one_bit_200_megapixels, "too_many_pixels"),
    "bomb.webp": (_webp_bomb, "too_many_pixels"),
    "large.webp": (_webp_large, ""),
    "bomb.gif": (_gif_bomb, "too_many_pixels"),
    "large frame.gif": (_gif_of_large_frames, "too_many_pixels"),
    "cut off.jpg": (_jpeg_cut_off, "truncated"),
    "header only.jpg": (_jpeg_header_only, "truncated"),
    "turned.jpg": (_jpeg_turned, ""),
    "progressive.jpg": (_jpeg_progressive_bomb, "too_many_pixels"),
    "drawing.svg": (_svg, "unsupported_format"),
    "layers.psd": (_psd, "unsupported_format"),
    "pages.tiff": (_tiff_pages, ""),
    "bomb.tiff": (_tiff_bomb, ""),
    "zip.png": (_zip, "not_an_image"),
    "palette.png": (_palette, ""),
    "one bit.png": (_one_bit, ""),
    "empty.png": (lambda file: file.touch(), "zero_bytes"),
    "50 MiB.png": (_fifty_mebibytes, ""),
    "more than 50 MiB.png": (_beyond_fifty_mebibytes, "too_large"),
    "99 megapixels.png": (_ninety_nine_megapixels, ""),
    "60 megapixels with alpha.png": (_sixty_megapixels_with_alpha, ""),
    "fine 2.png": (_fine, ""),
}
