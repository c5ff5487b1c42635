"""connect: a vendor's credentials, and which of the vendor's services is meant."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line.command import command
from common.command_line.group import subcommands
from common.command_line.session import Session
from common.command_line.target import CHECKOUT
from common.errors import Usage

_SETTING = "SHELFLINE_DIGIKEY_URL"
_REAL = "https://api.digikey.com"


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
    use_real: Annotated[
        bool | None,
        typer.Option(
            "--use-real/--keep-stand-in",
            help="Whether to write the one setting for the real service into .env.",
        ),
    ] = None,
    env_file: Annotated[Path, typer.Option(help="The file that --use-real writes to.")] = CHECKOUT / ".env",
) -> None:
    """Store the credentials of a DigiKey application (developer.digikey.com, product information).

    They go where SHELFLINE_SECRETS says: a file that only you can read, or Secret Manager. The secret is
    never an argument: other programs could see it. The local stack goes on with its stand-in until the real
    service is chosen.
    """
    identity = client_id or _asked("Client id", hidden=False)
    secret = _secret(secret_file)
    values = {"client_id": identity, "client_secret": secret} | (
        {"account_id": account_id} if account_id else {}
    )
    place = _store(session, values)
    chosen = _choose(session, env_file, use_real)
    session.show(
        {"vendor": "digikey", "stored": place, "real": chosen, "setting": f"{_SETTING}={_REAL}"}, _page
    )


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    group = subcommands(app, "connect", "Store a vendor's credentials.", "Setting up")

    command(
        group,
        "digikey",
        "shelfline connect digikey",
        "shelfline connect digikey --client-id ID --secret-file secret.txt --use-real",
    )(digikey)


def _page(answer: dict[str, Any]) -> list[Any]:
    from common.command_line.views.page import line

    if answer["real"]:
        then = f"{_SETTING} is set: the real DigiKey is called from the next `shelfline up` on."
        return [
            line(f"Stored in {answer['stored']}."),
            line(then),
            line("Check it with: shelfline doctor --vendors"),
        ]
    how = "The stand-in is still used. For the real DigiKey, put this one setting into .env:"
    return [line(f"Stored in {answer['stored']}."), line(how), line(f"  {answer['setting']}")]


def _store(session: Session, values: dict[str, str]) -> str:
    from common.environment import environment
    from common.secrets.where import secret_store

    known = environment()
    said = "secrets" in known.model_fields_set
    place = known.secrets if said else f"file:{session.state / 'secrets'}"
    secret_store(place).put("digikey", values)
    return place


def _secret(file: Path | None) -> str:
    if file is None:
        return _asked("Client secret", hidden=True)
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Usage(f"{file} cannot be read; it holds the client secret and nothing else.") from error
    return _given(secret, f"{file} is empty; it holds the client secret and nothing else.")


def _asked(name: str, *, hidden: bool) -> str:
    """A line from a person, or from a pipe. The question goes to standard error."""
    if sys.stdin.isatty():
        answer = str(typer.prompt(name, hide_input=hidden, err=True))
    else:
        answer = sys.stdin.readline()
    return _given(answer.strip(), f"No {name.lower()} was given; type it, or pipe it in as one line.")


def _given(text: str, otherwise: str) -> str:
    if not text:
        raise Usage(otherwise, reason="no_credentials")
    return text


def _choose(session: Session, file: Path, use_real: bool | None) -> bool:
    if use_real is None and sys.stdin.isatty() and not session.output.as_json:
        use_real = typer.confirm(f"Write {_SETTING}={_REAL} into {file}, to call the real DigiKey?", err=True)
    if use_real is not None:
        _write(file, _set if use_real else _unset)
    return bool(use_real)


def _write(file: Path, change: Callable[[Path], None]) -> None:
    try:
        change(file)
    except OSError as error:
        raise Usage(f"{file} cannot be written: {error.strerror}. Set {_SETTING} there yourself.") from error


def _set(file: Path) -> None:
    from dotenv import set_key

    set_key(file, _SETTING, _REAL, quote_mode="never")


def _unset(file: Path) -> None:
    from dotenv import get_key, unset_key

    if file.exists() and get_key(file, _SETTING) is not None:
        unset_key(file, _SETTING)
