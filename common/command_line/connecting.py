"""Storing a vendor's credentials: where they come from, where they go, and which of the vendor's services is meant."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line.session import Session
from common.errors import Usage


@dataclass(frozen=True)
class Vendor:
    """A vendor whose credentials are stored, and the one setting that picks its real service."""

    name: str
    label: str
    setting: str
    real: str


UseReal = Annotated[
    bool | None,
    typer.Option(
        "--use-real/--keep-stand-in", help="Whether to write the one setting for the real service into .env."
    ),
]
EnvFile = Annotated[Path, typer.Option(help="The file that --use-real writes to.")]


def connect(
    session: Session, vendor: Vendor, values: Mapping[str, str], env_file: Path, use_real: bool | None
) -> None:
    """Store the credentials, write the setting where it is wanted, and say both."""
    place = _store(session, vendor, values)
    chosen = _choose(session, vendor, env_file, use_real)
    answer = {
        "vendor": vendor.name,
        "stored": place,
        "real": chosen,
        "setting": f"{vendor.setting}={vendor.real}",
    }
    session.show(answer, partial(_page, vendor))


def _page(vendor: Vendor, answer: dict[str, Any]) -> list[Any]:
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


def _store(session: Session, vendor: Vendor, values: Mapping[str, str]) -> str:
    from common.environment import environment
    from common.secrets.where import secret_store

    known = environment()
    said = "secrets" in known.model_fields_set
    place = known.secrets if said else f"file:{session.state / 'secrets'}"
    secret_store(place).put(vendor.name, values)
    return place


def secret_from(file: Path | None, name: str) -> str:
    """The secret in a file; without one it is asked for, or read from a pipe. Raises Usage when there is none."""
    if file is None:
        return asked(name.capitalize(), hidden=True)
    try:
        secret = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise Usage(f"{file} cannot be read; it holds the {name} and nothing else.") from error
    return _given(secret, f"{file} is empty; it holds the {name} and nothing else.")


def asked(name: str, *, hidden: bool) -> str:
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


def _choose(session: Session, vendor: Vendor, file: Path, use_real: bool | None) -> bool:
    if use_real is None and sys.stdin.isatty() and not session.output.as_json:
        question = f"Write {vendor.setting}={vendor.real} into {file}, to call the real {vendor.label}?"
        use_real = typer.confirm(question, err=True)
    if use_real is not None:
        _write(file, vendor, _set if use_real else _unset)
    return bool(use_real)


def _write(file: Path, vendor: Vendor, change: Callable[[Path, Vendor], None]) -> None:
    try:
        change(file, vendor)
    except OSError as error:
        said = f"{file} cannot be written: {error.strerror}. Set {vendor.setting} there yourself."
        raise Usage(said) from error


def _set(file: Path, vendor: Vendor) -> None:
    from dotenv import set_key

    set_key(file, vendor.setting, vendor.real, quote_mode="never")


def _unset(file: Path, vendor: Vendor) -> None:
    from dotenv import get_key, unset_key

    if file.exists() and get_key(file, vendor.setting) is not None:
        unset_key(file, vendor.setting)
