"""One emulator for all tests of a worker, a bucket of its own for each test."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from google.cloud import storage
from google.oauth2.service_account import Credentials

from infra.local.clock import SharedClock

from .emulator import Emulator, running


@pytest.fixture(scope="session")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("clock") / "clock.json"


@pytest.fixture(scope="session")
def clock(clock_file: Path) -> SharedClock:
    return SharedClock(clock_file)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory, clock_file: Path) -> Iterator[Emulator]:
    state = tmp_path_factory.mktemp("storage")
    with running(state, "--clock", str(clock_file), "--bucket", "open") as started:
        yield started


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Emulator], storage.Client]]:
    """Real clients, set up by nothing but the environment variable they know."""
    clients: list[storage.Client] = []

    def connected(emulator: Emulator) -> storage.Client:
        monkeypatch.setenv("STORAGE_EMULATOR_HOST", emulator.url)
        clients.append(storage.Client(project="local"))
        return clients[-1]

    yield connected
    for client in clients:
        client.close()


@pytest.fixture
def client(connect: Callable[[Emulator], storage.Client], emulator: Emulator) -> storage.Client:
    return connect(emulator)


@pytest.fixture
def bucket(client: storage.Client) -> storage.Bucket:
    return client.create_bucket(f"test-{uuid.uuid4().hex}")


@pytest.fixture(scope="session")
def signer(emulator: Emulator) -> Credentials:
    return Credentials.from_service_account_file(str(emulator.key_file))
