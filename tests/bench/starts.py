"""How long things take to start: a step's import in a new process, and the whole local stack when it ran before."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from tests.bench.measure import Measure, rounds
from tests.support.processes import ROOT

STEPS = ("fetch", "decide", "scrape", "hash", "stage", "push", "sweep", "api")


def imports(*, count: int) -> list[Measure]:
    """Seconds from the start of a Python process until the entry module of a function is imported and it has ended."""
    return [_import(step, count) for step in STEPS]


def _import(step: str, count: int) -> Measure:
    command = [sys.executable, "-c", "import main"]
    _seconds(command, {"FUNCTION_TARGET": step})  # writes the byte code, which a deployed image has
    values = rounds(count, lambda: _seconds(command, {"FUNCTION_TARGET": step}))
    how = "a whole new process, byte code cached"
    return Measure(name=f"cold import of {step}", values=values, unit="s", how=how, at_most=1.0)


def stack(folder: Path, *, count: int) -> Measure:
    """Seconds of `up` on a stack that was up before, until every service is healthy."""
    command = [sys.executable, "-m", "infra.local", "--state", str(folder)]

    def up() -> float:
        try:
            return _seconds([*command, "up"])
        finally:
            _seconds([*command, "down"])

    up()  # the first start makes the database
    values = rounds(count, up)
    return Measure(
        name="warm start of the local stack", values=values, unit="s", how="until healthy", at_most=5.0
    )


def _seconds(command: list[str], extra: Mapping[str, str] | None = None) -> float:
    started = time.perf_counter()
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(extra or {})}, capture_output=True, text=True, check=False
    )
    seconds = time.perf_counter() - started
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return seconds
