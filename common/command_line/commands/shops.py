"""shops: what is sold, on which canvas and in which sizes, and how it is shown."""

from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line.command import BAD_USAGE, FAILED, OK, command
from common.command_line.group import subcommands
from common.command_line.session import Session

ShopFile = Annotated[Path, typer.Argument(metavar="FILE", help="The YAML file.", show_default=False)]


def check(session: Session, file: ShopFile) -> int:
    """List everything that is wrong with a shop's file and the pictures beside it.

    Works on the files alone: nothing is sent anywhere. Exit code 1 when there is an error, 2 when the file cannot
    be read as a shop at all; warnings do not count.
    """
    from common.command_line.views.shops import checked_page

    answer = _checked(file)
    session.show(answer, checked_page)
    return _code(answer)


def load(session: Session, file: ShopFile) -> int:
    """Make a shop what its file says, with the pictures beside it.

    One with an error is not loaded; its problems are listed as by `shops check`, with the same exit codes. The same
    content again changes nothing; what the file does not name any more is sold no more.
    """
    from common.command_line.views.shops import checked_page, loaded_page

    answer = _checked(file)
    if answer["ok"]:
        session.show(session.api.load_shop(file, answer["pictures"]), loaded_page)
    else:
        session.show(answer, checked_page)
    return _code(answer)


def show(session: Session) -> None:
    """Show the shops as they are now."""
    from common.command_line.views.shops import shops_page

    session.show(session.api.shops(), shops_page)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = subcommands(app, "shops", "Check, load and look at shops: templates, sizes, mock-ups.", "Data")
    command(group, "check", "shelfline shops check shop.yaml")(check)
    command(group, "load", "shelfline shops load shop.yaml")(load)
    command(group, "show", "shelfline shops show")(show)


def _checked(file: Path) -> dict[str, Any]:
    """What is wrong with a file on this machine, and with the pictures beside it."""
    from common.command_line.own_file import content_of
    from common.customers.limits import LARGEST_FILE
    from common.interface.shops import checked
    from common.shops.pictures import size_of

    content = content_of(file, LARGEST_FILE)
    return checked(content, file.name, lambda name: size_of(file.parent / name)).model_dump(mode="json")


def _code(answer: dict[str, Any]) -> int:
    if not answer["is_readable"]:
        return BAD_USAGE
    return OK if answer["ok"] else FAILED
