"""An emulator as a process of its own, as the local stack runs it, for tests."""

import json
import signal
import urllib.request
from typing import Any

from infra.local.ports import free_port
from tests.support.processes import ROOT, started, stop, until, wait_until_healthy

__all__ = ["ROOT", "EmulatorProcess", "until"]


class EmulatorProcess:
    """`python -m MODULE --port N ...`, ready when /_health answers."""

    def __init__(self, module: str, *options: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._command = [module, "--port", str(self.port), *options]
        self.start()

    def start(self) -> None:
        """Start it, again if it was stopped or killed."""
        self.process = started(self._command)
        wait_until_healthy(self.process, f"{self.url}/_health")

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        return stop(self.process)

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
