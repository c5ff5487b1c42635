"""load: a file of one's own into a flow's source."""

from pathlib import Path
from typing import Annotated

import typer

from common.command_line.command import FAILED, OK, command
from common.command_line.commands.runs import Flow
from common.command_line.session import Session


def load(
    session: Session,
    flow: Flow,
    file: Annotated[
        Path, typer.Argument(help="A CSV or JSON file, its columns in any order.", show_default=False)
    ],
    mapping: Annotated[
        Path | None,
        typer.Option(help='A JSON file saying which column is which: {"Part No.": "part_number"}.'),
    ] = None,
) -> int:
    """Load a file of your own into a flow's source.

    What cannot be read is named by row number and column and goes to quarantine; the rest is loaded. Exit
    code 1 when nothing of the file could be loaded.
    """
    from common.command_line.views.load import load_page

    answer = session.api.load(flow, file, mapping=mapping)
    session.show(answer, load_page)
    return FAILED if answer.get("rejected") and not answer.get("loaded") else OK


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    examples = ("shelfline load parts my-parts.csv", "shelfline load parts theirs.csv --mapping columns.json")
    command(app, "load", *examples, panel="Data")(load)
