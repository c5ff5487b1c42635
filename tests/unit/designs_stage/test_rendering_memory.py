"""An instance of 512 MiB renders and shows whatever its reader takes."""

import subprocess
import sys
from pathlib import Path

from tests.support.processes import ROOT
from tests.unit.designs.files import empty_rows, png

_MIB = 1024 * 1024
_FOR_OTHERS = 64 * _MIB
"""What a step holds beside this: clients of the database and of Google's services."""
_RENDER = """
import resource, sys
resource.setrlimit(resource.RLIMIT_DATA, (512 << 20, 512 << 20))
import io
from decimal import Decimal
from pathlib import Path
from common.errors import ShelflineError
from common.shops.canvas import SizeConfig
from common.shops.family import FAMILIES
from common.shops.mask import Mask
from functions.stage.designs.mockup import Mockups, SceneFile
from functions.stage.designs.render import Print, Renderer
renderer = Renderer()
wanted = Print(family=FAMILIES["wrap"], size=SizeConfig(name="s", width=Decimal("9.5"), height=Decimal("9.5")))
try:
    file = Path(sys.argv[1])
    made = renderer.render(file, wanted)
    mask = Mask(polygon=((0, 0), (8000, 0), (8000, 8000), (0, 8000)), is_cropped=True)
    size = (10_000, int(sys.argv[2]))
    [shown] = Mockups(renderer.room).of(io.BytesIO(made.content), [SceneFile(source=file, masks=[mask], size=size)])
    told = shown.width
except ShelflineError as refused:
    told = refused.reason
status = Path("/proc/self/status").read_text()
print(told, status.partition("VmHWM:")[2].split()[0])
"""


def rendered_in_512_mib(file: Path, height: int) -> tuple[str, int]:
    """The width of a mock-up of the file on itself, or why there is none; and the most memory its process had, in bytes."""
    command = [sys.executable, "-c", _RENDER, str(file), str(height)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told, peak = done.stdout.split()
    return told, int(peak) * 1024


def test_the_largest_coloured_design_that_is_read_is_rendered(tmp_path: Path) -> None:
    file = tmp_path / "coloured.png"
    file.write_bytes(png(10_000, 6_900, colour=2, data=empty_rows(10_000, 6_900, 3)))
    told, peak = rendered_in_512_mib(file, 6_900)
    assert told == "2000"
    assert peak < 512 * _MIB - _FOR_OTHERS


def test_a_coloured_design_of_10000_by_10000_pixels_is_refused_before_it_is_decoded(tmp_path: Path) -> None:
    file = tmp_path / "too_large.png"
    file.write_bytes(png(10_000, 10_000, colour=2, data=empty_rows(10_000, 10_000, 3)))
    told, peak = rendered_in_512_mib(file, 10_000)
    assert told == "too_many_pixels"
    assert peak < 128 * _MIB
