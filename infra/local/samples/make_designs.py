"""A folder of artwork as a seller has it: designs, copies of some in every way that copies come about, and broken files.

    python -m infra.local.samples.make_designs FOLDER

Nothing is drawn by chance, so the same Pillow writes the same bytes.
"""

import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

from infra.local.samples.artwork import artwork

DESIGNS = 30
SIDE = 640
_COPIES = 6  # of each of the ways that make exact ones, and of resized ones; of the others half as many


def write(folder: Path) -> list[Path]:
    """The files, by name. What is there already is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, make in _files().items():
        path = folder / name
        if not path.exists():
            make(path)
    return sorted(folder / name for name in _files())


def names() -> list[str]:
    """What the files are called."""
    return sorted(_files())


def _files() -> dict[str, Callable[[Path], None]]:
    """Name → what writes the file."""
    files: dict[str, Callable[[Path], None]] = {}
    for number in range(DESIGNS):
        files[f"design {number:02}.png"] = _saver(number, _as_it_is)
    for place in range(_COPIES):
        files[f"design {place:02} (1).png"] = _saver(place, _as_it_is)
        files[f"resized {place + 6:02}.png"] = _saver(place + 6, _smaller)
    for place in range(3):
        files[f"saved again {place + 12:02}.png"] = _saver(place + 12, _as_it_is, compress_level=9)
        files[f"for the web {place + 15:02}.jpg"] = _saver(place + 15, _on_white, quality=70)
        files[f"cropped {place + 18:02}.png"] = _saver(place + 18, _cropped)
        files[f"with a mark {place + 21:02}.png"] = _saver(place + 21, _marked)
        files[f"mirrored {place + 24:02}.png"] = _saver(place + 24, ImageOps.mirror)
    return files | _ODD


def _saver(
    number: int, change: Callable[[Image.Image], Image.Image], **options: int
) -> Callable[[Path], None]:
    def save(path: Path) -> None:
        change(artwork(number, SIDE)).save(path, **({"compress_level": 1} | options))

    return save


def _as_it_is(image: Image.Image) -> Image.Image:
    return image


def _smaller(image: Image.Image) -> Image.Image:
    size = (round(image.width * 0.6), round(image.height * 0.6))
    return image.resize(size, Image.Resampling.LANCZOS)


def _on_white(image: Image.Image) -> Image.Image:
    white = Image.new("RGB", image.size, "white")
    white.paste(image, mask=image.getchannel("A") if image.mode == "RGBA" else None)
    return white


def _cropped(image: Image.Image) -> Image.Image:
    across, down = image.width // 60, image.height // 60
    return image.crop((across, down, image.width - across, image.height - down))


def _marked(image: Image.Image) -> Image.Image:
    marked = image.convert("RGBA")
    layer = Image.new("RGBA", marked.size)
    font = ImageFont.load_default(size=marked.height / 12)
    place = (marked.width / 2, marked.height / 2)
    ImageDraw.Draw(layer).text(place, "SAMPLE", fill=(255, 255, 255, 70), font=font, anchor="mm")
    return Image.alpha_composite(marked, layer)


def _flat(path: Path) -> None:
    Image.new("RGB", (600, 400), (190, 40, 60)).save(path)


def _nearly_flat(path: Path) -> None:
    ramp = Image.linear_gradient("L").resize((600, 400)).point([120 + level // 64 for level in range(256)])
    ramp.save(path)


def _animated(path: Path) -> None:
    frames = [artwork(number, 200).convert("RGB") for number in (60, 61)]
    frames[1] = frames[1].resize(frames[0].size)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=100)


def _sixteen_bit(path: Path) -> None:
    grey = artwork(62, 300).convert("L")
    Image.frombytes("I;16", grey.size, b"".join(bytes((0, level)) for level in grey.tobytes())).save(path)


def _four_inks(path: Path) -> None:
    _on_white(artwork(63, 500)).convert("CMYK").save(path, "JPEG", quality=90)


def _another_ending(path: Path) -> None:
    artwork(64, 400).save(path, "PNG")


def _cut_off(path: Path) -> None:
    whole = path.with_suffix(".whole")
    artwork(65, 400).save(whole, "PNG")
    content = whole.read_bytes()
    whole.unlink()
    path.write_bytes(content[: len(content) // 2])


def _transparent(path: Path) -> None:
    Image.new("RGBA", (400, 400)).save(path)


def _huge(path: Path) -> None:
    """A PNG of 20,000 × 10,000 pixels in a few kilobytes: a bomb for whoever decodes it."""
    row = b"\0" + bytes(20_000 // 8)
    squeezed = zlib.compressobj(9)
    body = b"".join(squeezed.compress(row) for _ in range(10_000)) + squeezed.flush()
    head = struct.pack(">IIBBBBB", 20_000, 10_000, 1, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", body), (b"IEND", b""))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(*part) for part in parts))


def _png_chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


_ODD: dict[str, Callable[[Path], None]] = {
    "one colour.png": _flat,
    "almost one colour.png": _nearly_flat,
    "moving.gif": _animated,
    "sixteen bit.png": _sixteen_bit,
    "four inks.jpg": _four_inks,
    "another ending.jpg": _another_ending,
    "cut off.png": _cut_off,
    "nothing to see.png": _transparent,
    "empty.png": lambda path: path.write_bytes(b"") and None,
    "notes.png": lambda path: path.write_text("These are no pixels.\n") and None,
    "huge.png": _huge,
}


if __name__ == "__main__":
    for written in write(Path(sys.argv[1])):
        print(written)
