"""load: a file of one's own into a flow's source."""

from pathlib import Path
from typing import Annotated

import typer

from common.command_line.command import FAILED, OK, command
from common.command_line.commands.designs import Digital, Mockup, Reference, Shop, Template, not_sent, upload
from common.command_line.commands.run_options import Baseline, FastForward, Wait, WaitQuota
from common.command_line.commands.runs import Flow, followed_or_told
from common.command_line.session import Session
from common.errors import Usage

DESIGNS = "designs"
Place = Annotated[
    Path,
    typer.Argument(
        metavar="FILE|FOLDER",
        help="A CSV or JSON file, its columns in any order; for designs a picture or a folder of pictures.",
        show_default=False,
    ),
]
ColumnMapping = Annotated[
    Path | None,
    typer.Option(help='A JSON file saying which column is which: {"Part No.": "part_number"}.'),
]


def load(
    session: Session,
    flow: Flow,
    file: Place,
    mapping: ColumnMapping = None,
    baseline: Baseline = False,
    reference: Reference = False,
    shop: Shop = None,
    template: Template = None,
    mockup: Mockup = None,
    digital: Digital = None,
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

    Pictures of designs go straight to storage, those that are known already excepted, and a run follows that tells
    what became of each. Files whose names begin with a dot are left out. A file that cannot be read or sent stops no other: it
    is named, and the exit code is 1. With --reference it only indexes them: new designs are held against them, and nothing is listed.
    """
    from common.command_line.views.load import load_page

    choices = {"shop": shop, "product_template": template, "mockup": mockup, "is_digital": digital}
    if flow == DESIGNS:
        answer = upload(session, file, choices, reference=_only_for_designs(mapping, baseline, reference))
        code = followed_or_told(
            session,
            answer,
            wait=wait,
            fast_forward=fast_forward,
            wait_quota=wait_quota,
            before={"load": answer},
        )
        return code or (FAILED if not_sent(answer) else OK)
    if reference or any(value is not None for value in choices.values()):
        raise Usage(
            f"{flow} takes no --reference, --shop, --template, --mockup or --digital.", reason="bad_option"
        )
    answer = session.api.load(flow, file, mapping=mapping, baseline=baseline)
    if not answer.get("run_id"):
        session.show(answer, load_page)
        return FAILED if answer.get("rejected") and not answer.get("loaded") else OK
    if not session.output.as_json:
        session.show(answer, load_page)
    return followed_or_told(
        session, answer, wait=wait, fast_forward=fast_forward, wait_quota=wait_quota, before={"load": answer}
    )


def _only_for_designs(mapping: Path | None, baseline: bool, reference: bool) -> bool:
    """reference, once what pictures do not have is ruled out. Raises Usage."""
    if mapping is not None or baseline:
        raise Usage(
            "Pictures have no columns to map and no baseline; --reference indexes what is there already.",
            reason="bad_option",
        )
    return reference


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    examples = (
        "shelfline load parts my-parts.csv",
        "shelfline load parts theirs.csv --mapping columns.json",
        "shelfline load orders order-book.csv --baseline",
        "shelfline load designs artwork/ --template 'UVDTF 16oz'",
        "shelfline load designs library/ --reference",
    )
    command(app, "load", *examples, panel="Data")(load)
