"""calibrate: which distance between designs makes one a copy of the other, measured on pictures of one's own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from common.command_line.command import FAILED, OK, command
from common.command_line.output import Output
from common.command_line.session import Session

_CALIBRATION = "functions.hash.designs.calibrate:calibrate"
_MOST = 300

Folder = Annotated[Path, typer.Argument(metavar="FOLDER", help="Folder with pictures, as they are uploaded.")]
Labels = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="CSV file a,b,same: two pictures of the folder, and yes when they are one design.",
    ),
]
Most = Annotated[
    int, typer.Option(min=2, help="Look at no more pictures than so many, always the same ones.")
]


def calibrate(session: Session, folder: Folder, labels: Labels = None, most: Most = _MOST) -> int:
    """Measure which preset finds copies of your designs, and takes no two different designs for copies.

    Every picture is resized, re-encoded, cropped, marked, recoloured and mirrored; then each preset and threshold
    is held against the copies and against all pairs of different pictures. Nothing is uploaded or stored. Exit
    code 1 when no preset keeps them apart: see which pairs are most alike, and say with --labels which are one.
    """
    from common.command_line.views.calibrate import calibration_page
    from common.pipeline.flow import load

    with _progress(session.output) as progress:
        answer = load(_CALIBRATION)(folder, labels, most, progress)
    session.show(answer, calibration_page)
    return OK if answer["chosen"] else FAILED


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    examples = (
        "shelfline calibrate artwork/",
        "shelfline calibrate artwork/ --labels pairs.csv --json",
    )
    command(app, "calibrate", *examples, panel="Designs")(calibrate)


@contextmanager
def _progress(output: Output) -> Iterator[Callable[[int, int], None]]:
    """A bar on standard error; nothing where that is no terminal."""
    from rich.progress import Progress

    with Progress(console=output.errors, transient=True, disable=not output.errors.is_terminal) as shown:
        task = shown.add_task("pictures", total=None)
        yield lambda done, total: shown.update(task, completed=done, total=total)
