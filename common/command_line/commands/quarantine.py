"""quarantine: records that could not be read."""

from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line import arguments
from common.command_line.command import FAILED, OK, command
from common.command_line.group import subcommands
from common.command_line.session import Session
from common.errors import NotFound, Usage

RowId = Annotated[
    int, typer.Argument(metavar="ID", help="The row's number in quarantine.", show_default=False)
]
_MOST = 500  # the API answers no more at once


def listed(
    session: Session,
    flow: Annotated[str | None, typer.Option(help="Only records of this flow.")] = None,
    run: Annotated[str | None, typer.Option(help="Only records of this run.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=_MOST, help="So many records.")] = 50,
) -> None:
    """List the records that could not be read, each with where it came from and what is wrong."""
    from common.command_line.views.quarantine import rows_page

    session.show(session.api.quarantine(flow=flow, run_id=run, limit=limit), rows_page)


def show(session: Session, row: RowId) -> None:
    """Show a record as it came, and what is wrong with it."""
    from common.command_line.views.quarantine import row_page

    session.show(_row(session, row), row_page)


def mend(
    session: Session,
    row: RowId,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="A field's right value; may be repeated."),
    ] = None,
    raw: Annotated[
        str | None, typer.Option(metavar="JSON", help="The whole record as a JSON object.")
    ] = None,
    file: Annotated[Path | None, typer.Option(help="The whole record from a JSON file.")] = None,
) -> None:
    """Correct a record in quarantine; `quarantine replay` then takes it up.

    Either single fields with --set, or the whole record with --raw or --file.
    """
    from common.command_line.views.quarantine import row_page

    mended = _mended(session, row, set_, raw, file)
    answer = session.api.mend(row, mended)
    session.show({"id": row, "raw": mended, **answer}, row_page)


def replay(
    session: Session,
    row: Annotated[
        list[int] | None, typer.Argument(metavar="[ID]...", help="Only these rows.", show_default=False)
    ] = None,
    flow: Annotated[str, typer.Option(help="The flow whose records they are.")] = "parts",
    run: Annotated[str | None, typer.Option(help="Only the records of this run.")] = None,
) -> int:
    """Read the records in quarantine again, and run those that are right now.

    Exit code 1 when records were there and none of them can be read.
    """
    from common.command_line.views.quarantine import replayed_page

    answer = session.api.replay(flow, ids=row or None, run_id=run)
    session.show(answer, replayed_page)
    return FAILED if answer.get("still_bad") and not answer.get("replayed") else OK


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = subcommands(app, "quarantine", "Mend records that could not be read.", "Data")
    command(group, "list", "shelfline quarantine list --run RUN")(listed)
    command(group, "show", "shelfline quarantine show 5")(show)
    command(group, "mend", "shelfline quarantine mend 5 --set completeness_score=0.4")(mend)
    command(group, "replay", "shelfline quarantine replay", "shelfline quarantine replay 5 6")(replay)


def _row(session: Session, row: int) -> dict[str, Any]:
    rows = session.api.quarantine(state="all", limit=_MOST).get("rows") or []
    for found in rows:
        if found.get("id") == row:
            return dict(found)
    raise NotFound(
        f"Row {row} is not among the newest {_MOST} in quarantine; `shelfline quarantine list` lists them.",
        reason="unknown_row",
    )


def _mended(
    session: Session, row: int, fields: list[str] | None, raw: str | None, file: Path | None
) -> dict[str, Any]:
    if sum(given is not None for given in (fields or None, raw, file)) != 1:
        raise Usage("Give either --set, or --raw, or --file.", reason="bad_mend")
    if raw is not None:
        return arguments.json_text(raw, "--raw")
    if file is not None:
        return arguments.json_file(file)
    before = arguments.json_object(_row(session, row).get("raw"), f"Row {row}")
    return {**before, **arguments.settings(fields)}
