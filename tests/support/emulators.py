"""The emulators as processes on free ports, one of each for a whole session of a test worker."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from infra.local.ports import free_port
from tests.support import processes

PROJECT, LOCATION, BUCKET, DATASET = "shelfline-local", "europe-west1", "shelfline-local", "catalogue"


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


def running(name: str, options: Sequence[str], port: int, state: Path) -> AbstractContextManager[None]:
    """An emulator's process, from its first healthy answer until it has stopped cleanly."""
    common = ["--port", str(port), "--state", str(state), "--clock", str(state / "clock.json")]
    command = [f"infra.local.emulators.{name}", *common, *options]
    return processes.running(command, f"http://127.0.0.1:{port}/_health", state / "log")


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
