"""One invocation of the command line: where it speaks to, and where it speaks."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from common.command_line.output import Output
from common.command_line.target import Target, find, state_folder

if TYPE_CHECKING:
    from rich.console import RenderableType

    from common.client import Shelfline
    from common.command_line.clock import StackClock

View = Callable[[Any], "list[RenderableType]"]
"""What an answer looks like, part by part."""


class Connections:
    """Makes the clients; tests hand in their own."""

    def api(self, target: Target) -> "Shelfline":
        """A client of a deployment's API."""
        from common.client import Shelfline

        return Shelfline(target.url, target.token)

    def clock(self, target: Target) -> "StackClock":
        """A client of the local stack's clock."""
        from common.command_line.clock import StackClock

        return StackClock(target.control)

    def pause(self, seconds: float) -> None:
        """Let time pass between two looks."""
        time.sleep(seconds)


@dataclass(frozen=True)
class Where:
    """The options that say which deployment is meant; None for what was not said."""

    url: str | None = None
    token: str | None = None
    state: Path | None = None


class Session:
    """What every command gets."""

    def __init__(self, where: Where, output: Output, connections: Connections) -> None:
        self.output = output
        self._where = where
        self._connections = connections

    @cached_property
    def target(self) -> Target:
        """The deployment. Raises as `target.find` does."""
        return find(self._where.url, self._where.token, self._where.state)

    @property
    def state(self) -> Path:
        """The folder of the local stack's state."""
        return state_folder(self._where.state)

    @cached_property
    def api(self) -> "Shelfline":
        """A client of the deployment."""
        return self._connections.api(self.target)

    @cached_property
    def clock(self) -> "StackClock | None":
        """The local stack's clock; None for a deployment, whose time is nobody's to move."""
        return self._connections.clock(self.target) if self.target.control else None

    def pause(self, seconds: float) -> None:
        """See Connections.pause."""
        self._connections.pause(seconds)

    def show(self, answer: Mapping[str, Any], view: View) -> None:
        """An answer: as it is with --json, else as a person reads it."""
        if self.output.as_json:
            self.output.emit(answer)
        else:
            self.output.show(*view(answer))

    def close(self) -> None:
        """Close what was opened."""
        for name in ("api", "clock"):
            opened = vars(self).get(name)
            if opened is not None:
                opened.close()
