"""up and down: the local stack, as a program of its own; and the version."""

import subprocess
import sys
from typing import Any

import typer

from common.command_line.command import FAILED, OK, command
from common.command_line.session import Session
from common.command_line.target import CHECKOUT, read_record
from common.errors import Misconfigured


def up(session: Session) -> int:
    """Start the local stack, and return when it is healthy. Without effect when it is up."""
    return _stack(session, "up")


def down(session: Session) -> int:
    """Stop the local stack; its data stays. Without effect when it is down."""
    return _stack(session, "down")


def version(session: Session) -> None:
    """Show the version of this program."""
    from common.command_line.views.page import line

    session.show({"version": _version()}, lambda answer: [line(f"shelfline {answer['version']}")])


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    command(app, "up", "shelfline up", panel="Local stack")(up)
    command(app, "down", "shelfline down", panel="Local stack")(down)
    command(app, "version", "shelfline version", panel="Local stack")(version)


def _stack(session: Session, word: str) -> int:
    """Run the stack's own command line: it needs libraries that nothing else does, so it is not imported."""
    if not (CHECKOUT / "infra" / "local").is_dir():
        raise Misconfigured("The local stack is not part of this installation; run it from a checkout.")
    words = [sys.executable, "-m", "infra.local", "--state", str(session.state), word]
    # Its figures go to standard output, unless that is kept for one JSON object.
    stdout = sys.stderr if session.output.as_json else sys.stdout
    ended = subprocess.run(
        words, cwd=CHECKOUT, stdin=subprocess.DEVNULL, stdout=_descriptor(stdout), check=False
    )
    if session.output.as_json:
        record = read_record(session.state)
        session.output.emit(
            {"ok": ended.returncode == 0, "state": record.get("health"), "urls": record.get("urls") or {}}
        )
    return OK if ended.returncode == 0 else FAILED


def _descriptor(stream: Any) -> int | None:
    """The file behind a stream; None (inherit) for one in memory."""
    try:
        stream.flush()
        return int(stream.fileno())
    except (OSError, AttributeError):
        return None


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("shelfline")
    except PackageNotFoundError:  # run from a checkout that was not installed
        import tomllib

        return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])
