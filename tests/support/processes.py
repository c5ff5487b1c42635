"""Our programs as processes of their own, as the local stack runs them."""

import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
_START_WITHIN = 30.0  # seconds; a busy machine imports slowly
_STOP_WITHIN = 10.0


def until(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """The first true value that `condition` gives; fails when there is none in `within` seconds."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if value := condition():
            return value
        time.sleep(0.005)
    raise AssertionError(f"not within {within} s: {condition.__name__}")


@contextmanager
def running(
    command: Sequence[str], health: str, log: Path, variables: Mapping[str, str] | None = None
) -> Iterator[None]:
    """`python -m command`, from its first healthy answer until it has stopped. variables: for it, beside ours."""
    process = started(command, log, variables)
    try:
        wait_until_healthy(process, health, log)
        yield
    finally:
        stop(process)


def started(
    command: Sequence[str], log: Path | None = None, variables: Mapping[str, str] | None = None
) -> "subprocess.Popen[bytes]":
    """`python -m command`, from the root of the project. log: what it says is added there; without, it is ours."""
    paths = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    with log.open("ab") if log else nullcontext() as output:
        return subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": paths, **(variables or {})},
            stdout=output,
            stderr=output,
        )


def wait_until_healthy(process: "subprocess.Popen[bytes]", url: str, log: Path | None = None) -> None:
    """Back when the address answers 200. Raises RuntimeError, with the end of the log, when it does not."""
    ends = time.monotonic() + _START_WITHIN
    while time.monotonic() < ends and process.poll() is None:
        if answers(url):
            return
        time.sleep(0.02)
    said = log.read_text(errors="replace")[-4000:] if log else "(see above)"
    raise RuntimeError(f"{url} does not answer; the process says:\n{said}")


def answers(url: str) -> bool:
    """Whether it answers 200 now."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False


def stop(process: "subprocess.Popen[bytes]") -> int:
    """Ask it to end, and make it end; its exit code."""
    process.terminate()
    try:
        return process.wait(_STOP_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
