"""The whole local stack in a folder of its own, driven as a user would: by its commands."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_PATIENCE = 150  # seconds


@dataclass(frozen=True)
class Stack:
    """A running stack. folder: where its state is."""

    folder: Path

    @property
    def urls(self) -> Mapping[str, str]:
        """Addresses by name."""
        found: Mapping[str, str] = self.record["urls"]
        return found

    @property
    def record(self) -> Mapping[str, Any]:
        """What the stack wrote down about itself."""
        found: Mapping[str, Any] = json.loads((self.folder / "stack.json").read_text())
        return found

    @property
    def environment(self) -> dict[str, str]:
        """The variables its functions work with."""
        found: dict[str, str] = json.loads((self.folder / "environment.json").read_text())
        return found

    def shelfline(
        self, *arguments: str, said: str = "", secrets: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        """One command of the command line against this stack. said: its standard input. secrets: kept there instead."""
        own = {"SHELFLINE_SECRETS": f"file:{secrets or self.folder / 'secrets'}"}
        words = ("-m", "common.command_line.main", *arguments)
        return command(*words, folder=self.folder, said=said, environment=own)

    def json(self, *arguments: str) -> Any:
        """The one JSON object that a command prints; the command must succeed."""
        done = self.shelfline(*arguments, "--json")
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)


@contextmanager
def running_stack(folder: Path) -> Iterator[Stack]:
    """A stack that is up; it is stopped afterwards, whatever happened."""
    started = command("-m", "infra.local", "up", "--state", str(folder))
    assert started.returncode == 0, started.stdout + started.stderr
    try:
        yield Stack(folder)
    finally:
        stopped = command("-m", "infra.local", "down", "--state", str(folder))
        assert stopped.returncode == 0, stopped.stderr


def make_run(stack: Stack) -> dict[str, Any]:
    """What `make run FLOW=parts` does, on this stack; its report."""
    done = command("-m", "infra.local", "run", "--flow", "parts", "--state", str(stack.folder))
    assert done.returncode == 0, done.stdout + done.stderr
    report: dict[str, Any] = json.loads((stack.folder / "report.json").read_text())
    return report


def command(
    *arguments: str, folder: Path | None = None, said: str = "", environment: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run Python on the project from a folder, and wait for its end."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHELFLINE_")}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder.parent if folder else ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT), "COLUMNS": "200", **(environment or {})},
        input=said,
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
