"""The whole local stack in a folder of its own: real emulators, the vendors' stand-ins, the functions in gunicorn.

It is driven as a user would, by its commands; and, where a test looks behind them, `inside` it.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

from infra.local.stack.processes import has_ended
from tests.support.processes import ROOT, until

_PATIENCE = 240  # seconds; a first `make run` of every flow on a busy machine


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

    def get(self, service: str, path: str) -> Any:
        """What a page of an emulator or a stand-in says, such as "monday", "/_boards"."""
        answer = httpx.get(f"{self._url(service)}{path}", trust_env=False)
        return answer.raise_for_status().json()

    def plant(self, service: str, operation: str, kind: str, times: int, **parameters: Any) -> None:
        """Make an operation of an emulator or a stand-in fail; see infra.local.faults."""
        fault = {"operation": operation, "kind": kind, "times": times, "parameters": parameters}
        httpx.post(f"{self._url(service)}/_faults", json=fault, trust_env=False).raise_for_status()

    def struck(self, service: str) -> int:
        """How often planted faults of a service have struck."""
        return int(sum(fault["struck"] for fault in self.get(service, "/_faults")))

    def kill_a_worker(self) -> int:
        """SIGKILL one process of the functions' server; its id."""
        master = psutil.Process(self.record["services"]["functions"]["process"]["pid"])

        def worker() -> psutil.Process | None:
            """None for the moment in which gunicorn replaces the one killed before."""
            return next((each for each in master.children() if not has_ended(each)), None)

        found: psutil.Process = until(worker)
        found.kill()
        return found.pid

    def _url(self, service: str) -> str:
        return str(self.record["services"][service]["url"])


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


def make_run(stack: Stack, flow: str | None = None) -> dict[str, Any]:
    """What `make run` does, on this stack; its report. flow: `make run FLOW=...`."""
    words = ("--flow", flow) if flow else ()
    done = command("-m", "infra.local", "run", *words, "--state", str(stack.folder))
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
