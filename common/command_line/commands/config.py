"""config: the settings of the tenant."""

from typing import Annotated, Any

import typer

from common.command_line import arguments
from common.command_line.command import command
from common.command_line.session import Session
from common.errors import Usage


def config(
    session: Session,
    show: Annotated[
        bool, typer.Option("--show", help="List every setting; so does no option at all.")
    ] = False,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Change a setting; may be repeated."),
    ] = None,
    unset: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Take your own value back; may be repeated.")
    ] = None,
    flow: Annotated[str | None, typer.Option(help="As this flow sees them.")] = None,
) -> None:
    """Show or change the settings of the tenant: thresholds, limits, modes.

    Each is shown with its value and where that comes from. Changes count for runs that start after them.
    """
    from common.command_line.views.setup import changed_config_page, config_page

    wanted, names = arguments.settings(set_), unset or []
    if both := sorted(set(wanted) & set(names)):
        raise Usage(f"{', '.join(both)} cannot be set and unset at once.", reason="bad_choice")
    answer = _change(session, wanted, names)
    if answer is None or show:
        session.show(session.api.config(flow=flow), config_page)
    else:
        session.show(answer, lambda shown: changed_config_page(shown, [*wanted, *names]))


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    examples = (
        "shelfline config",
        "shelfline config --set max_daily_tasks=200",
        "shelfline config --unset max_daily_tasks",
    )
    command(app, "config", *examples, panel="Setting up")(config)


def _change(session: Session, wanted: dict[str, str], names: list[str]) -> dict[str, Any] | None:
    answer = session.api.set_config(wanted) if wanted else None
    for name in names:
        answer = session.api.unset_config(name)
    return answer
