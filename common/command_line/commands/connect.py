"""connect: a vendor's credentials, and which of the vendor's services is meant."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line.command import command
from common.command_line.group import subcommands
from common.command_line.session import Session
from common.command_line.target import CHECKOUT
from common.errors import Usage


@dataclass(frozen=True)
class _Vendor:
    """A vendor whose credentials are stored, and the one setting that picks its real service."""

    name: str
    label: str
    setting: str
    real: str


_DIGIKEY = _Vendor("digikey", "DigiKey", "SHELFLINE_DIGIKEY_URL", "https://api.digikey.com")
_MONDAY = _Vendor("monday", "monday.com", "SHELFLINE_MONDAY_URL", "https://api.monday.com")
_UseReal = Annotated[
    bool | None,
    typer.Option(
        "--use-real/--keep-stand-in", help="Whether to write the one setting for the real service into .env."
    ),
]
_EnvFile = Annotated[Path, typer.Option(help="The file that --use-real writes to.")]


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
    use_real: _UseReal = None,
    env_file: _EnvFile = CHECKOUT / ".env",
) -> None:
    """Store the credentials of a DigiKey application (developer.digikey.com, product information).

    They go where SHELFLINE_SECRETS says: a file that only you can read, or Secret Manager. The secret is
    never an argument: other programs could see it. The local stack goes on with its stand-in until the real
    service is chosen.
    """
    identity = client_id or _asked("Client id", hidden=False)
    secret = _secret(secret_file, "client secret")
    values = {"client_id": identity, "client_secret": secret} | (
        {"account_id": account_id} if account_id else {}
    )
    _connect(session, _DIGIKEY, values, env_file, use_real)


def monday(
    session: Session,
    token_file: Annotated[
        Path | None, typer.Option(help="A file with the token; else it is asked for, or read from a pipe.")
    ] = None,
    use_real: _UseReal = None,
    env_file: _EnvFile = CHECKOUT / ".env",
) -> None:
    """Store the API token of a monday.com user (profile, Developers, My access tokens).

    Take a user made for the integration, who may edit the boards: the token acts with that user's rights. It
    goes where SHELFLINE_SECRETS says: a file that only you can read, or Secret Manager. The local stack goes
    on with its stand-in until the real service is chosen.
    """
    _connect(session, _MONDAY, {"token": _secret(token_file, "token")}, env_file, use_real)


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


def _connect(
    session: Session, vendor: _Vendor, values: dict[str, str], env_file: Path, use_real: bool | None
) -> None:
    place = _store(session, vendor, values)
    chosen = _choose(session, vendor, env_file, use_real)
    answer = {
        "vendor": vendor.name,
        "stored": place,
        "real": chosen,
        "setting": f"{vendor.setting}={vendor.real}",
    }
    session.show(answer, partial(_page, vendor))


def _page(vendor: _Vendor, answer: dict[str, Any]) -> list[Any]:
    from common.command_line.views.page import line

    if answer["real"]:
        then = f"{vendor.setting} is set: the real {vendor.label} is called from the next `shelfline up` on."
        return [
            line(f"Stored in {answer['stored']}."),
            line(then),
            line("Check it with: shelfline doctor --vendors"),
        ]
    how = f"The stand-in is still used. For the real {vendor.label}, put this one setting into .env:"
    return [line(f"Stored in {answer['stored']}."), line(how), line(f"  {answer['setting']}")]


def _store(session: Session, vendor: _Vendor, values: dict[str, str]) -> str:
    from common.environment import environment
    from common.secrets.where import secret_store

    known = environment()
    said = "secrets" in known.model_fields_set
    place = known.secrets if said else f"file:{session.state / 'secrets'}"
    secret_store(place).put(vendor.name, values)
    return place


def _secret(file: Path | None, name: str) -> str:
    if file is None:
        return _asked(name.capitalize(), hidden=True)
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Usage(f"{file} cannot be read; it holds the {name} and nothing else.") from error
    return _given(secret, f"{file} is empty; it holds the {name} and nothing else.")


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


def _choose(session: Session, vendor: _Vendor, file: Path, use_real: bool | None) -> bool:
    if use_real is None and sys.stdin.isatty() and not session.output.as_json:
        question = f"Write {vendor.setting}={vendor.real} into {file}, to call the real {vendor.label}?"
        use_real = typer.confirm(question, err=True)
    if use_real is not None:
        _write(file, vendor, _set if use_real else _unset)
    return bool(use_real)


def _write(file: Path, vendor: _Vendor, change: Callable[[Path, _Vendor], None]) -> None:
    try:
        change(file, vendor)
    except OSError as error:
        said = f"{file} cannot be written: {error.strerror}. Set {vendor.setting} there yourself."
        raise Usage(said) from error


def _set(file: Path, vendor: _Vendor) -> None:
    from dotenv import set_key

    set_key(file, vendor.setting, vendor.real, quote_mode="never")


def _unset(file: Path, vendor: _Vendor) -> None:
    from dotenv import get_key, unset_key

    if file.exists() and get_key(file, vendor.setting) is not None:
        unset_key(file, vendor.setting)
