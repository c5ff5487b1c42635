"""Runs the emulator as the local stack does: as a process of its own."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

REPOSITORY = Path(__file__).parents[3]


@dataclass
class Emulator:
    """A running emulator."""

    process: subprocess.Popen[str]
    url: str
    state: Path
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def key_file(self) -> Path:
        return self.state / "service-account.json"

    def plant(self, operation: str, kind: str, *, bucket: str, times: int = 1, **parameters: Any) -> None:
        """Plant a fault that strikes one test's bucket only."""
        fault = {
            "operation": operation,
            "kind": kind,
            "times": times,
            "match": {"bucket": bucket},
            "parameters": parameters,
        }
        self.session.post(f"{self.url}/_faults", json=fault).raise_for_status()

    def struck(self, bucket: str) -> int:
        """How often the faults of that bucket have struck."""
        faults = self.session.get(f"{self.url}/_faults").json()
        return sum(fault["struck"] for fault in faults if fault["match"].get("bucket") == bucket)

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.wait()


@contextlib.contextmanager
def running(state: Path, *options: str, port: int = 0) -> Iterator[Emulator]:
    """An emulator on that state directory; it has ended afterwards."""
    command = [
        sys.executable,
        "-m",
        "infra.local.emulators.storage",
        "--port",
        str(port),
        "--state",
        str(state),
    ]
    process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True, cwd=REPOSITORY)
    assert process.stdout is not None
    with process, requests.Session() as session:
        try:
            yield Emulator(process, process.stdout.readline().split()[1], state, session)
        finally:
            process.terminate()
