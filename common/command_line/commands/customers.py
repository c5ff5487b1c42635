"""customers: the book that says who the customers are, and whose orders go to which board."""

from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line.command import BAD_USAGE, FAILED, OK, command
from common.command_line.group import subcommands
from common.command_line.session import Session

BookFile = Annotated[Path, typer.Argument(metavar="FILE", help="The YAML file.", show_default=False)]


def check(session: Session, file: BookFile) -> int:
    """List everything that is wrong with a customer book: conflicts of names, gaps, rules that never match.

    Works on the file alone: nothing is sent anywhere. Exit code 1 when there is an error, 2 when the file cannot
    be read as a customer book at all; warnings do not count.
    """
    from common.command_line.views.customers import checked_page

    answer = _checked(file)
    session.show(answer, checked_page)
    return _code(answer)


def load(session: Session, file: BookFile) -> int:
    """Make a customer book the valid one, for runs that start after it.

    One with an error is not loaded; its problems are listed as by `customers check`, with the same exit codes. The
    same content again changes nothing.
    """
    from common.command_line.views.customers import checked_page, loaded_page

    answer = _checked(file)
    if answer["ok"]:
        session.show(session.api.load_customers(file), loaded_page)
    else:
        session.show(answer, checked_page)
    return _code(answer)


def show(
    session: Session,
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="Who is meant by this spelling; without it, the whole book."),
    ] = None,
) -> None:
    """Show the valid customer book, or who is meant by a name."""
    from common.command_line.views.customers import book_page, found_page

    if name is None:
        session.show(session.api.customers(), book_page)
    else:
        session.show(session.api.customer(name), found_page)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = subcommands(app, "customers", "Check, load and look up the customer book.", "Data")
    command(group, "check", "shelfline customers check customers.yaml")(check)
    command(group, "load", "shelfline customers load customers.yaml")(load)
    command(group, "show", "shelfline customers show", 'shelfline customers show "northwind ltd"')(show)


def _checked(file: Path) -> dict[str, Any]:
    """What is wrong with a file on this machine."""
    from common.command_line.own_file import content_of
    from common.customers.limits import LARGEST_FILE
    from common.interface.customers import checked

    content = content_of(file, LARGEST_FILE)
    return checked(content, file.name).model_dump(mode="json")


def _code(answer: dict[str, Any]) -> int:
    if not answer["is_readable"]:
        return BAD_USAGE
    return OK if answer["ok"] else FAILED
