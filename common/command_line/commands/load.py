"""load: a file of one's own into a flow's source."""

from pathlib import Path
from typing import Annotated

import typer

from common.command_line.command import FAILED, OK, command
from common.command_line.commands.run_options import Baseline, FastForward, Wait, WaitQuota
from common.command_line.commands.runs import Flow, followed_or_told
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
    baseline: Baseline = False,
    wait: Wait = True,
    fast_forward: FastForward = True,
    wait_quota: WaitQuota = False,
) -> int:
    """Load a file of your own into a flow's source.

    What cannot be read is named by row number and column and goes to quarantine; the rest is loaded. Exit
    code 1 when nothing of the file could be loaded.

    With --baseline a run follows that adopts the source as it is from now on, and what the boards hold of it by
    their key column; nothing is pushed, and later runs push only what changes. Its exit codes are those of
    `shelfline run`; --json then prints the run, with what was loaded as `load`.
    """
    from common.command_line.views.load import load_page

    answer = session.api.load(flow, file, mapping=mapping, baseline=baseline)
    if not answer.get("run_id"):
        session.show(answer, load_page)
        return FAILED if answer.get("rejected") and not answer.get("loaded") else OK
    if not session.output.as_json:
        session.show(answer, load_page)
    return followed_or_told(
        session, answer, wait=wait, fast_forward=fast_forward, wait_quota=wait_quota, before={"load": answer}
    )


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    examples = (
        "shelfline load parts my-parts.csv",
        "shelfline load parts theirs.csv --mapping columns.json",
        "shelfline load orders order-book.csv --baseline",
    )
    command(app, "load", *examples, panel="Data")(load)
