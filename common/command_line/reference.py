"""Writes docs/command-line.md from the commands themselves: python -m common.command_line.reference"""

import inspect
from collections.abc import Iterator
from typing import Any

from typer.core import TyperGroup
from typer.main import get_command

from common.command_line.command import common_options
from common.command_line.group import by_panel
from common.command_line.main import application
from common.command_line.target import CHECKOUT

PAGE = CHECKOUT / "docs" / "command-line.md"

_INTRODUCTION = """\
# The command line

`shelfline` speaks to the HTTP API of one deployment: the one that `--url` or `SHELFLINE_URL` names, with
the token from `--token` or `SHELFLINE_TOKEN`; else the local stack, whose address and token it finds in
`var`.
- `--json` prints one JSON object on standard output and nothing else, also when something goes wrong:
  `{"error": {"code": "…", "message": "…"}}`. Progress and messages go to standard error.
- Exit codes: 0 done (or the run waits, and adds up); 1 failed, does not add up, or a service cannot be
  reached; 2 bad usage, an unknown flow, run or task among it; 130 after Ctrl-C.
- `shelfline run` follows the run. When a run on the local stack only waits for a known time, such as the
  next window of a quota, the stack's clock is moved there; each jump is told. `--no-fast-forward` keeps
  real time, and the stack refuses jumps while a vendor is the real service. Against a deployment it waits
  at most two minutes for a time, then says until when the run waits and ends with 0; `--wait-quota` waits
  it out.
- Ctrl-C ends following, never the run.

Programs use the same calls from Python: `common.client.Shelfline`.

This page is written by `python -m common.command_line.reference`.
"""


def page() -> str:
    """The whole page."""
    root = get_command(application())
    if not isinstance(root, TyperGroup):
        raise TypeError("the program is a group of commands")
    parts = [_INTRODUCTION, *_common()]
    for panel, commands in by_panel(root).items():
        parts.append(f"## {panel}\n")
        for name, command in commands:
            parts += _command(f"shelfline {name}", command)
    return "\n".join(parts)


def write() -> None:
    """Write the page where it belongs."""
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")


def _common() -> Iterator[str]:
    yield "## Options of every command\n"
    yield from (f"- `{name}`: {about}" for name, about in common_options().items())
    yield ""


def _command(name: str, command: Any) -> Iterator[str]:
    if isinstance(command, TyperGroup):
        for child_name, child in command.commands.items():
            yield from _command(f"{name} {child_name}", child)
        return
    yield f"### {name}\n"
    prose, _, examples = inspect.cleandoc(command.help or "").partition("\b\n")
    yield prose.strip() + "\n"
    yield "```sh\n" + inspect.cleandoc("\n" + examples.partition("\n")[2]) + "\n```\n"
    rows = [_parameter(each) for each in command.params if f"--{each.name}" not in common_options()]
    if rows:
        yield "\n".join(rows) + "\n"


def _parameter(parameter: Any) -> str:
    if parameter.param_type_name == "argument":
        names = parameter.metavar or parameter.name.upper()
    else:
        names = " / ".join([*parameter.opts, *parameter.secondary_opts])
        if parameter.metavar:
            names += f" {parameter.metavar}"
    return f"- `{names}`: {parameter.help}"


if __name__ == "__main__":
    write()
