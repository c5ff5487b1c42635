"""The emulators as processes on free ports, one of each for a whole session of a test worker.

A conftest imports the fixtures it wants:

    from tests.support.emulators import storage_emulator, tasks_emulator
"""

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).parents[2]
PROJECT, LOCATION, BUCKET, DATASET = "shelfline-local", "europe-west1", "shelfline-local", "catalogue"
_START_WITHIN = 30.0  # seconds; a busy machine imports slowly
_STOP_WITHIN = 10.0


@dataclass(frozen=True)
class Emulator:
    """One that runs. url: of its HTTP interface; grpc: host:port, if it has one; state: its folder."""

    url: str
    state: Path
    grpc: str = ""

    def plant(self, operation: str, kind: str, times: int = 1, **parameters: object) -> None:
        """Make an operation fail; see infra.local.faults."""
        fault = {"operation": operation, "kind": kind, "times": times, "parameters": parameters}
        httpx.post(f"{self.url}/_faults", json=fault).raise_for_status()

    def struck(self) -> int:
        """How often planted faults have struck."""
        return sum(fault["struck"] for fault in httpx.get(f"{self.url}/_faults").json())

    def forget_faults(self) -> None:
        """Take back every fault."""
        httpx.delete(f"{self.url}/_faults").raise_for_status()


def free_port() -> int:
    """A port of the loopback interface that nothing listens on right now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def running(name: str, options: Sequence[str], port: int, state: Path) -> Iterator[None]:
    """An emulator's process, from its first healthy answer until it has stopped cleanly."""
    common = ["--port", str(port), "--state", str(state), "--clock", str(state / "clock.json")]
    command = [sys.executable, "-m", f"infra.local.emulators.{name}", *common, *options]
    with (state / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
    try:
        _wait_until_healthy(process, f"http://127.0.0.1:{port}/_health", state / "log")
        yield
    finally:
        process.terminate()
        try:
            process.wait(_STOP_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait_until_healthy(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _START_WITHIN
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise RuntimeError(f"{url} does not answer; the emulator says:\n{log.read_text(errors='replace')}")


@contextmanager
def _state() -> Iterator[Path]:
    """A folder of its own, with a short path."""
    folder = Path(tempfile.mkdtemp(prefix="shelfline-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def tasks_emulator() -> Iterator[Emulator]:
    """Cloud Tasks, without queues: a test creates its own."""
    port, grpc = free_port(), free_port()
    with (
        _state() as state,
        running("tasks", ["--grpc-port", str(grpc), "--keys", str(state / "keys")], port, state),
    ):
        yield Emulator(f"http://127.0.0.1:{port}", state, f"127.0.0.1:{grpc}")


@pytest.fixture(scope="session")
def storage_emulator() -> Iterator[Emulator]:
    """Cloud Storage with the bucket BUCKET. Its key for signed URLs is state / "service-account.json"."""
    port = free_port()
    with _state() as state, running("storage", ["--bucket", BUCKET], port, state):
        yield Emulator(f"http://127.0.0.1:{port}", state)


@pytest.fixture(scope="session")
def bigquery_emulator(storage_emulator: Emulator) -> Iterator[Emulator]:
    """BigQuery with the dataset DATASET; loads read from the storage emulator."""
    port = free_port()
    options = ["--project", PROJECT, "--dataset", DATASET, "--storage-url", storage_emulator.url]
    with _state() as state, running("bigquery", options, port, state):
        yield Emulator(f"http://127.0.0.1:{port}", state)
