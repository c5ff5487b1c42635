"""timeline, what-if and verify."""

from typing import Annotated, Any

import typer

from common.command_line import arguments
from common.command_line.command import FAILED, OK, command
from common.command_line.session import Session
from common.errors import NotFound, Usage


def timeline(
    session: Session,
    item: Annotated[
        str,
        typer.Argument(metavar="ITEM_OR_KEY", help="An item's number, or a natural key.", show_default=False),
    ],
    flow: Annotated[str, typer.Option(help="The flow that the key belongs to.")] = "parts",
    key: Annotated[bool, typer.Option("--key", help="It is a key, even if it is a number.")] = False,
) -> None:
    """Show everything that happened to an item, or to a key over all runs.

    For parts a part number will do as key, for orders an order number. A number is taken as an item first.
    """
    from common.command_line.views.explain import timeline_page

    session.show(_timeline(session, item, flow, key), timeline_page)


def what_if(
    session: Session,
    set_: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="A setting; may be repeated.")
    ] = None,
    flow: Annotated[str, typer.Option(help="The flow whose decisions are made again.")] = "parts",
    since_days: Annotated[
        int | None, typer.Option(min=1, help="Decisions of so many days.  [default: 30]")
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many decisions.  [default: 10000]")
    ] = None,
) -> None:
    """Decide past items again under other settings, and show what would be otherwise. Nothing is changed."""
    from common.command_line.views.explain import what_if_page

    wanted = arguments.settings(set_)
    if not wanted:
        raise Usage(
            "Give at least one --set NAME=VALUE; `shelfline config` lists the settings.", reason="no_settings"
        )
    session.show(session.api.what_if(flow, wanted, since_days=since_days, limit=limit), what_if_page)


def verify(
    session: Session,
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="Only this run; without it, everything.")
    ] = None,
) -> int:
    """Check that every recorded event is as it was written. Exit code 1 when one is not."""
    from common.command_line.views.explain import verify_page

    answer = session.api.verify(run)
    session.show(answer, verify_page)
    return FAILED if answer.get("faults") else OK


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    panel = "Explanations"
    command(app, "timeline", "shelfline timeline NE555P", "shelfline timeline 4711", panel=panel)(timeline)
    command(app, "what-if", "shelfline what-if --set priority_high=0.7 --since-days 7", panel=panel)(what_if)
    command(app, "verify", "shelfline verify", "shelfline verify RUN", panel=panel)(verify)


def _timeline(session: Session, item: str, flow: str, key: bool) -> dict[str, Any]:
    if item.isdecimal() and item.isascii() and not key:
        try:
            return session.api.timeline(int(item))
        except NotFound:  # there are part numbers of nothing but digits
            pass
    return session.api.timeline_of_key(item, flow=flow)
