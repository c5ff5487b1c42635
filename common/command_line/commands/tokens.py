"""token: bearer tokens of people and programs."""

from enum import StrEnum
from typing import Annotated

import typer

from common.command_line.command import command
from common.command_line.group import subcommands
from common.command_line.session import Session


class RoleName(StrEnum):
    """What a token may do; each role may also do what the ones before it may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    APPROVER = "approver"
    ADMIN = "admin"


def create(
    session: Session,
    name: Annotated[str, typer.Argument(help="Who will use it.", show_default=False)],
    role: Annotated[
        RoleName,
        typer.Option(
            case_sensitive=False, help="viewer looks; operator runs; approver pushes; admin sets up."
        ),
    ] = RoleName.VIEWER,
) -> None:
    """Make a token. It is shown this once; only its hash is kept."""
    from common.command_line.views.setup import token_page

    session.show(session.api.create_token(name, role.value), token_page)


def listed(session: Session) -> None:
    """List the tokens that are valid, without their values."""
    from common.command_line.views.setup import tokens_page

    session.show(session.api.tokens(), tokens_page)


def revoke(
    session: Session,
    token_id: Annotated[
        int, typer.Argument(metavar="ID", help="The token's number in the list.", show_default=False)
    ],
) -> None:
    """End a token at once."""
    from common.command_line.views.page import line

    answer = {"id": token_id, "revoked": True, **session.api.revoke_token(str(token_id))}
    session.show(answer, lambda _: [line(f"Token {token_id} is not valid any more.")])


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = subcommands(app, "token", "Make and end tokens of the API.", "Setting up")
    command(group, "create", "shelfline token create nightly-job --role operator")(create)
    command(group, "list", "shelfline token list")(listed)
    command(group, "revoke", "shelfline token revoke 3")(revoke)
