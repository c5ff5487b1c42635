"""Declares a command: its help with an example, the options every command has, and its exit code.

A command is a function `(session, ...) -> exit code or None`. Exit codes: 0 done, 1 failed, 2 bad usage.
"""

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from common.command_line.output import Output
from common.command_line.session import Connections, Session, Where
from common.errors import NotFound, ShelflineError, Usage

OK, FAILED, BAD_USAGE, INTERRUPTED = 0, 1, 2, 130

Command = Callable[..., int | None]

_AS_IT_IS = "\b"
"""Before a paragraph of help: do not fill its lines."""
_COMMON = (
    ("json", bool, typer.Option("--json", help="One JSON object on standard output, and nothing else.")),
    (
        "url",
        str | None,
        typer.Option("--url", help="The API. [env: SHELFLINE_URL; default: the local stack]"),
    ),
    (
        "token",
        str | None,
        typer.Option("--token", help="Its token; safer in the environment. [env: SHELFLINE_TOKEN]"),
    ),
    ("stack", Path | None, typer.Option("--stack", help="Folder of the local stack. [default: var]")),
)


def command(
    app: typer.Typer, name: str, *examples: str, panel: str | None = None
) -> Callable[[Command], Command]:
    """Add a function to an app as the command `name`; its docstring and the examples are its help."""

    def add(function: Command) -> Command:
        app.command(name, help=_help(function, examples), rich_help_panel=panel)(_entry(function))
        return function

    return add


def common_options() -> dict[str, str]:
    """The options that every command has, with their help."""
    return {f"--{name}": str(option.help) for name, _, option in _COMMON}


def exit_code(error: ShelflineError) -> int:
    """What a program that called us is told: whether the words were wrong, or the work."""
    return BAD_USAGE if isinstance(error, Usage | NotFound) else FAILED


def _help(function: Command, examples: tuple[str, ...]) -> str:
    heading = "Example:" if len(examples) == 1 else "Examples:"
    lines = "\n".join(f"  {example}" for example in examples)
    return f"{inspect.getdoc(function)}\n\n{_AS_IT_IS}\n{heading}\n{lines}"


def _entry(function: Command) -> Callable[..., None]:
    """The function as Typer calls it: with a context and the common options, without a session."""

    def entry(context: typer.Context, **values: Any) -> None:
        as_json = values.pop("json")
        where = Where(*(values.pop(name) for name in ("url", "token", "stack")))
        connections = context.obj if isinstance(context.obj, Connections) else Connections()
        raise typer.Exit(_run(function, Session(where, Output(as_json=as_json), connections), values))

    own = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
    context = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
    parameters = [
        context,
        *(each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in [*own, *_common()]),
    ]
    entry.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # read by inspect.signature
    entry.__annotations__ = {each.name: each.annotation for each in parameters}
    return entry


def _common() -> list[inspect.Parameter]:
    kind = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(
            name, kind, default=None if name != "json" else False, annotation=Annotated[of, option]
        )
        for name, of, option in _COMMON
    ]


def _run(function: Command, session: Session, values: dict[str, Any]) -> int:
    try:
        return function(session, **values) or OK
    except ShelflineError as error:
        session.output.fail(error.reason, str(error))
        return exit_code(error)
    except KeyboardInterrupt:
        session.output.fail("interrupted", "Interrupted.")
        return INTERRUPTED
    finally:
        session.close()
