"""orders: which columns of the order book count."""

import typer

from common.command_line.command import command
from common.command_line.group import subcommands
from common.command_line.session import Session

_FLOW = "orders"


def columns(session: Session) -> None:
    """Show the columns that tell whether an order has changed, and how the order book of now differs from that list."""
    from common.command_line.views.columns import columns_page

    session.show(session.api.columns(_FLOW), columns_page)


def adopt_columns(session: Session) -> None:
    """Make the columns of the order book of now the list that tells whether an order has changed.

    Until then a column that the book gains is not looked at, and a run refuses a book that has lost one. The next
    run holds every order under the new list; what has not changed is not pushed for it.
    """
    from common.command_line.views.columns import adopted_page

    session.show(session.api.adopt_columns(_FLOW), adopted_page)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = subcommands(app, "orders", "The columns of the order book that count.", "Data")
    command(group, "columns", "shelfline orders columns")(columns)
    command(group, "adopt-columns", "shelfline orders adopt-columns")(adopt_columns)
