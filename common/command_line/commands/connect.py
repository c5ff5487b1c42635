"""connect: a vendor's credentials, and which of the vendor's services is meant."""

from pathlib import Path
from typing import Annotated

import typer

from common.command_line.command import command
from common.command_line.commands.connect_etsy import etsy
from common.command_line.connecting import EnvFile, UseReal, Vendor, asked, connect, secret_from
from common.command_line.group import subcommands
from common.command_line.session import Session
from common.command_line.target import CHECKOUT

_DIGIKEY = Vendor("digikey", "DigiKey", "SHELFLINE_DIGIKEY_URL", "https://api.digikey.com")
_MONDAY = Vendor("monday", "monday.com", "SHELFLINE_MONDAY_URL", "https://api.monday.com")


def digikey(
    session: Session,
    client_id: Annotated[
        str | None, typer.Option(help="The application's client id; asked for without it.")
    ] = None,
    secret_file: Annotated[
        Path | None,
        typer.Option(help="A file with the client secret; else it is asked for, or read from a pipe."),
    ] = None,
    account_id: Annotated[
        str | None,
        typer.Option(help="The DigiKey account whose prices are wanted; standard prices without it."),
    ] = None,
    use_real: UseReal = None,
    env_file: EnvFile = CHECKOUT / ".env",
) -> None:
    """Store the credentials of a DigiKey application (developer.digikey.com, product information).

    They go where SHELFLINE_SECRETS says: a file that only you can read, or Secret Manager. The secret is
    never an argument: other programs could see it. The local stack goes on with its stand-in until the real
    service is chosen.
    """
    identity = client_id or asked("Client id", hidden=False)
    secret = secret_from(secret_file, "client secret")
    values = {"client_id": identity, "client_secret": secret} | (
        {"account_id": account_id} if account_id else {}
    )
    connect(session, _DIGIKEY, values, env_file, use_real)


def monday(
    session: Session,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the token; else it is asked for, or read from a pipe.")
    ] = None,
    use_real: UseReal = None,
    env_file: EnvFile = CHECKOUT / ".env",
) -> None:
    """Store the API token of a monday.com user (profile, Developers, My access tokens).

    Take a user made for the integration, who may edit the boards: the token acts with that user's rights. It
    goes where SHELFLINE_SECRETS says: a file that only you can read, or Secret Manager. The local stack goes
    on with its stand-in until the real service is chosen.
    """
    connect(session, _MONDAY, {"token": secret_from(token_file, "token")}, env_file, use_real)


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = subcommands(app, "connect", "Store a vendor's credentials.", "Setting up")

    command(
        group,
        "digikey",
        "shelfline connect digikey",
        "shelfline connect digikey --client-id ID --secret-file secret.txt --use-real",
    )(digikey)
    command(
        group,
        "monday",
        "shelfline connect monday",
        "shelfline connect monday --token-file token.txt --use-real",
    )(monday)
    command(
        group,
        "etsy",
        "shelfline connect etsy --use-real",
        "shelfline connect etsy --keystring KEY --secret-file secret.txt --paste",
    )(etsy)
