"""An instance of 512 MiB survives every file: what is too large is refused, what is read stays within."""

import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from functions.hash.designs.memory import Memory
from tests.support.processes import ROOT
from tests.unit.designs.files import empty_rows, png

_MIB = 1024 * 1024
_FOR_OTHERS = 64 * _MIB
"""What a step holds beside this: clients of the database and of Google's services."""
_READ = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (512 << 20, 512 << 20))
from pathlib import Path
from common.errors import ShelflineError
from functions.hash.designs.fingerprint import fingerprint
try:
    found = fingerprint(Path(sys.argv[1])).kind
except ShelflineError as refused:
    found = refused.reason
status = Path("/proc/self/status").read_text()
print(found, status.partition("VmHWM:")[2].split()[0])
"""


def read_in_512_mib(file: Path) -> tuple[str, int]:
    """What became of a file in a process that gets no more memory; and the most it had, in bytes."""
    command = [sys.executable, "-c", _READ, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told, peak = done.stdout.split()
    return told, int(peak) * 1024


def a_200_megapixel_png(file: Path) -> None:
    file.write_bytes(png(20_000, 10_000, colour=0, data=empty_rows(20_000, 10_000, 1)))


def a_progressive_jpeg_of_100_megapixels(file: Path) -> None:
    """Decoded small it would take 6 MiB, if its decoder did not keep 600 MB of coefficients."""
    small = Image.new("RGB", (64, 64), "teal")
    small.save(file, "JPEG", progressive=True, subsampling=0)
    whole = bytearray(file.read_bytes())
    frame = whole.index(b"\xff\xc2") + 5
    whole[frame : frame + 4] = (10_000).to_bytes(2, "big") * 2
    file.write_bytes(bytes(whole))


def a_webp_of_200_megapixels(file: Path) -> None:
    """Lossless, of one colour: a few hundred bytes, if its header did not say otherwise."""
    Image.new("RGB", (64, 64), "teal").save(file, "WEBP", lossless=True)
    whole = bytearray(file.read_bytes())
    whole[21:25] = (int.from_bytes(whole[21:25], "little") | 0x0FFFFFFF).to_bytes(4, "little")
    file.write_bytes(bytes(whole))


def a_gif_of_4_gigapixels(file: Path) -> None:
    Image.new("P", (64, 64)).save(file, "GIF")
    whole = bytearray(file.read_bytes())
    whole[6:10] = b"\xff" * 4
    file.write_bytes(bytes(whole))


@pytest.mark.parametrize(
    "make",
    [
        a_200_megapixel_png,
        a_progressive_jpeg_of_100_megapixels,
        a_webp_of_200_megapixels,
        a_gif_of_4_gigapixels,
    ],
)
def test_a_bomb_is_refused_without_memory(make: Callable[[Path], None], tmp_path: Path) -> None:
    file = tmp_path / "bomb"
    make(file)
    told, peak = read_in_512_mib(file)
    assert told == "too_many_pixels"
    assert peak < 128 * _MIB


def test_the_largest_picture_that_is_read_fits(tmp_path: Path) -> None:
    file = tmp_path / "large.png"
    file.write_bytes(png(8_300, 8_300, colour=2, data=empty_rows(8_300, 8_300, 3)))
    told, peak = read_in_512_mib(file)
    assert told == "PNG"
    assert peak < 512 * _MIB - _FOR_OTHERS


def test_the_largest_webp_that_is_read_fits(tmp_path: Path) -> None:
    file = tmp_path / "large.webp"
    Image.new("RGB", (4150, 4150), "teal").save(file, "WEBP", lossless=True, quality=0, method=0)
    told, peak = read_in_512_mib(file)
    assert told == "WEBP"
    assert peak < 512 * _MIB - _FOR_OTHERS


def test_the_largest_tiff_that_is_read_fits(tmp_path: Path) -> None:
    """Turned, and one strip: nothing of a TIFF takes more."""
    file = tmp_path / "large.tiff"
    exif = Image.Exif()
    exif[0x0112] = 6
    with Image.new("RGB", (5850, 5850), "teal") as image:
        image.save(file, "TIFF", compression="tiff_deflate", exif=exif, tiffinfo={278: 5850})
    told, peak = read_in_512_mib(file)
    assert told == "TIFF"
    assert peak < 512 * _MIB - _FOR_OTHERS


def test_the_largest_progressive_jpeg_that_is_read_fits(tmp_path: Path) -> None:
    file = tmp_path / "large.jpg"
    with Image.new("RGB", (6700, 6700), "teal") as image:
        image.save(file, "JPEG", progressive=True, subsampling=0)
    told, peak = read_in_512_mib(file)
    assert told == "JPEG"
    assert peak < 512 * _MIB - _FOR_OTHERS


def waits_until_given_back(memory: Memory, held: int, wanted: int) -> bool:
    """Whether a second thread gets what it wants, and only once what is held here is given back."""
    second_has_it = threading.Event()

    def take() -> None:
        with memory.taken(wanted):
            second_has_it.set()

    other = threading.Thread(target=take, daemon=True)
    with memory.taken(held):
        other.start()
        waited = not second_has_it.wait(0.05)
    other.join(5)
    return waited and second_has_it.is_set()


def test_threads_share_one_amount_of_memory() -> None:
    assert waits_until_given_back(Memory(100), held=60, wanted=60)


def test_what_fits_beside_what_is_held_does_not_wait() -> None:
    assert not waits_until_given_back(Memory(100), held=60, wanted=40)


def test_what_is_more_than_all_waits_for_all_of_it() -> None:
    assert waits_until_given_back(Memory(100), held=1, wanted=1000)


def test_what_was_more_than_all_gives_no_more_than_all_back() -> None:
    memory = Memory(100)
    with memory.taken(1000):
        pass
    assert waits_until_given_back(memory, held=60, wanted=60)
