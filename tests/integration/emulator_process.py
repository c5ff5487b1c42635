"""An emulator as a process of its own, as the local stack runs it, for tests."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def until(condition: Callable[[], Any], within: float = 10.0) -> Any:
    """The first true value that `condition` gives; fails when there is none in `within` seconds."""
    ends = time.monotonic() + within
    while time.monotonic() < ends:
        if value := condition():
            return value
        time.sleep(0.005)
    raise AssertionError(f"not within {within} s: {condition.__name__}")


class EmulatorProcess:
    """`python -m MODULE --port N ...`, ready when /_health answers."""

    def __init__(self, module: str, *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [sys.executable, "-m", module, "--port", str(self.port), *options]
        self.start()

    def start(self) -> None:
        """Start it, again if it was stopped or killed."""
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
        }
        self.process = subprocess.Popen(self._command, cwd=ROOT, env=environment)
        until(self._healthy, within=20)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        self.process.terminate()
        return self.process.wait(10)

    def kill(self) -> None:
        """SIGKILL."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def get(self, path: str) -> Any:
        """What a page says, as JSON."""
        with urllib.request.urlopen(self.url + path, timeout=10) as answer:
            return json.load(answer)

    def post(self, path: str, content: Any = None) -> Any:
        """Post JSON; returns the answer as JSON."""
        request = urllib.request.Request(self.url + path, json.dumps(content).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    def plant(
        self, operation: str, kind: str, *, times: int = 1, match: Any = None, **parameters: Any
    ) -> int:
        """Plant a fault; returns its id."""
        fault = {"operation": operation, "kind": kind, "times": times, "match": match or {}}
        return int(self.post("/_faults", {**fault, "parameters": parameters})["id"])

    def struck(self, fault: int) -> int:
        """How often a fault has struck."""
        return next(each["struck"] for each in self.get("/_faults") if each["id"] == fault)

    def _healthy(self) -> bool:
        assert self.process.poll() is None, "the emulator ended before it was ready"
        try:
            with urllib.request.urlopen(self.url + "/_health", timeout=10) as answer:
                return bool(answer.status == 200)
        except urllib.error.URLError:
            return False
