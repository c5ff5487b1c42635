"""changes, approve and reject."""

from typing import Annotated

import typer

from common.command_line.command import command
from common.command_line.session import Session
from common.errors import Usage

Ids = Annotated[
    list[int] | None, typer.Argument(metavar="[ID]...", help="These changes.", show_default=False)
]
RunOfChanges = Annotated[str | None, typer.Option(help="All pending changes of this run.")]
Note = Annotated[str | None, typer.Option(help="Why; kept with the changes.")]


def changes(
    session: Session,
    flow: Annotated[str | None, typer.Option(help="Only changes of this flow.")] = None,
    run: Annotated[str | None, typer.Option(help="Only changes of this run.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Only changes this far: pending, approved, applied, ...")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=500, help="So many changes.")] = 50,
) -> None:
    """List changes to the targets, with what differs."""
    from common.command_line.views.changes import changes_page

    session.show(session.api.changes(flow=flow, run_id=run, state=state, limit=limit), changes_page)


def approve(session: Session, change: Ids = None, run: RunOfChanges = None, note: Note = None) -> None:
    """Let changes be pushed. Whoever staged a change by hand cannot approve it."""
    from common.command_line.views.changes import decided_page

    _one_of(change, run)
    session.show(session.api.approve(ids=change or None, run_id=run, note=note), decided_page)


def reject(session: Session, change: Ids = None, run: RunOfChanges = None, note: Note = None) -> None:
    """Refuse changes: they are not pushed."""
    from common.command_line.views.changes import decided_page

    _one_of(change, run)
    session.show(session.api.reject(ids=change or None, run_id=run, note=note), decided_page)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "changes", "shelfline changes --run RUN --state pending", panel="People")(changes)
    command(app, "approve", "shelfline approve 31 32", "shelfline approve --run RUN", panel="People")(approve)
    command(app, "reject", 'shelfline reject 31 --note "wrong unit"', panel="People")(reject)


def _one_of(ids: list[int] | None, run: str | None) -> None:
    if bool(ids) == bool(run):
        raise Usage("Give either the numbers of changes, or --run RUN.", reason="bad_choice")
