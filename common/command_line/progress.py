"""How far a run is, on standard error: a moving line on a terminal, else a plain line every few seconds."""

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from common.command_line.output import Output
from common.command_line.plain import plain

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

_EVERY = 3.0  # seconds between plain lines
_IN_LINE = ("done", "skipped", "manual", "waiting", "rejected", "failed", "cancelled")


class Progress(Protocol):
    """Shows a run while it is followed."""

    def update(self, run: Mapping[str, Any]) -> None:
        """The run as it is now."""
        ...

    def tell(self, text: str) -> None:
        """Something worth a line of its own."""
        ...

    def close(self) -> None:
        """Leave the terminal as it was."""
        ...


def progress(output: Output) -> Progress:
    """The one that fits where standard error goes."""
    return MovingLine(output) if output.errors.is_terminal else PlainLines(output)


class PlainLines:
    """A line when something changed, at most every few seconds."""

    def __init__(self, output: Output, now: Callable[[], float] = time.monotonic) -> None:
        self._output = output
        self._now = now
        self._last = ""
        self._next = float("-inf")

    def update(self, run: Mapping[str, Any]) -> None:
        """See Progress."""
        line = f"{run.get('id', '')}: {summary(run)}"
        if line != self._last and self._now() >= self._next:
            self._last, self._next = line, self._now() + _EVERY
            self._output.say(line)

    def tell(self, text: str) -> None:
        """See Progress."""
        self._output.say(text)

    def close(self) -> None:
        """See Progress."""


class MovingLine:
    """A bar with the figures behind it."""

    def __init__(self, output: Output) -> None:
        from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        words = TextColumn("{task.description}", markup=False)
        bar = BarColumn(bar_width=20)
        self._shown: RichProgress = Progress(
            SpinnerColumn("line"), bar, TimeElapsedColumn(), words, console=output.errors, transient=True
        )
        self._task: TaskID = self._shown.add_task("starting", total=None)
        self._shown.start()

    def update(self, run: Mapping[str, Any]) -> None:
        """See Progress."""
        total, settled = share(run)
        self._shown.update(self._task, description=plain(summary(run)), total=total, completed=settled)

    def tell(self, text: str) -> None:
        """See Progress."""
        self._shown.console.print(plain(text))

    def close(self) -> None:
        """See Progress."""
        self._shown.stop()


def share(run: Mapping[str, Any]) -> tuple[int | None, int]:
    """How many items there are (None before the first), and how many of them need no more work by us."""
    figures = run.get("figures") or {}
    fetched = int(figures.get("fetched") or 0)
    return fetched or None, fetched - int(figures.get("in_progress") or 0)


def summary(run: Mapping[str, Any]) -> str:
    """One line: what holds the run, and its figures that are not zero."""
    figures = run.get("figures") or {}
    total, settled = share(run)
    counted = [f"{figures[name]} {name}" for name in _IN_LINE if figures.get(name)]
    head = f"{settled} of {total}" if total else "nothing fetched yet"
    return ", ".join([str(run.get("view") or run.get("state") or "starting"), head, *counted])
