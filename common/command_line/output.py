"""Standard output for the answer, standard error for everything else."""

import json
import shutil
import sys
from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, TextIO

from common.command_line.plain import make_safe, plain

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_WIDTH_OF_FILES = 160
"""Columns when no terminal says how many it has: a pipe should not break lines."""


class Output:
    """Where a command speaks. With `as_json`, standard output gets one object and nothing else."""

    def __init__(self, *, as_json: bool = False) -> None:
        self.as_json = as_json
        for stream in (sys.stdout, sys.stderr):
            make_safe(stream)

    @cached_property
    def console(self) -> "Console":
        """Standard output."""
        return _console(sys.stdout)

    @cached_property
    def errors(self) -> "Console":
        """Standard error."""
        return _console(sys.stderr)

    def show(self, *parts: "RenderableType") -> None:
        """Print for a person."""
        for part in parts:
            self.console.print(part)

    def line(self, text: str) -> None:
        """One line as it is, for pipes: neither wrapped nor styled."""
        print(plain(text))

    def emit(self, answer: Mapping[str, Any]) -> None:
        """Print for a program. ASCII: JSON has its own escapes, and the terminal must not invent others."""
        print(json.dumps(answer, default=str))

    def say(self, text: str) -> None:
        """Tell a person what happens; standard output stays free for the answer."""
        print(plain(text), file=sys.stderr, flush=True)

    def fail(self, code: str, message: str) -> None:
        """Say what went wrong, where it will be looked for."""
        if self.as_json:
            self.emit({"error": {"code": code, "message": message}})
        else:
            self.say(f"Error: {message}")


def _console(stream: TextIO) -> "Console":
    from rich.console import Console

    width = None if stream.isatty() else shutil.get_terminal_size((_WIDTH_OF_FILES, 50)).columns
    return Console(file=stream, width=width, markup=False, emoji=False, highlight=False, soft_wrap=False)
