"""The program `shelfline`."""

import sys
from collections.abc import Sequence
from typing import Any

import typer

from common.command_line.command import BAD_USAGE, INTERRUPTED
from common.command_line.commands import (
    calibrate,
    changes,
    config,
    connect,
    customers,
    explain,
    health,
    load,
    orders,
    plan,
    quarantine,
    runs,
    shops,
    stack,
    tasks,
    tokens,
)
from common.command_line.group import Group
from common.command_line.output import Output

_GROUPS = (
    runs,
    plan,
    tasks,
    changes,
    explain,
    load,
    customers,
    shops,
    orders,
    calibrate,
    quarantine,
    config,
    connect,
    tokens,
    health,
    stack,
)


class Program(Group):
    """Answers in JSON also when the words are wrong and --json is among them."""

    def main(self, args: Sequence[str] | None = None, *positional: Any, **named: Any) -> Any:
        """Run, and exit the process with the command's exit code."""
        words = list(sys.argv[1:] if args is None else args)
        before_end = words[: words.index("--")] if "--" in words else words
        output = Output(as_json="--json" in before_end)
        if not output.as_json or "--help" in before_end:
            return super().main(words, *positional, **named)
        try:
            code = super().main(words, *positional, **{**named, "standalone_mode": False})
        except typer.Abort:
            output.fail("interrupted", "Interrupted.")
            sys.exit(INTERRUPTED)
        except Exception as error:
            if not hasattr(error, "format_message"):  # how Typer's own errors are told from others
                raise
            output.fail("bad_usage", error.format_message())
            sys.exit(BAD_USAGE)
        sys.exit(code if isinstance(code, int) else 0)


def application() -> typer.Typer:
    """The program with all its commands."""
    app = typer.Typer(
        cls=Program,
        name="shelfline",
        help="Shelfline: fetch records, decide on them, enrich, fingerprint, stage and push them.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,  # its tables cut the names of options on a narrow terminal
    )
    for group in _GROUPS:
        group.add_to(app)
    return app


def main() -> None:
    """Entry point of the command `shelfline`."""
    application()(prog_name="shelfline")


if __name__ == "__main__":
    main()
