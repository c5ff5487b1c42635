"""The emulator in a process of its own, and the real client library over both of its transports."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import grpc
import pytest
from google.auth.credentials import AnonymousCredentials
from google.cloud import tasks_v2
from google.cloud.tasks_v2.services.cloud_tasks.transports import (
    CloudTasksGrpcTransport,
    CloudTasksRestTransport,
)

from infra.local.clock import SharedClock
from infra.local.ports import free_port
from tests.integration.emulator_process import EmulatorProcess
from tests.integration.recording_target import RecordingTarget

LOCATION = "projects/shelfline-test/locations/europe-west1"
_numbers = itertools.count()


class TasksEmulator(EmulatorProcess):
    """The Cloud Tasks emulator with its state in `folder`."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.grpc_port = free_port()
        self.clock = SharedClock(folder / "clock.json")
        super().__init__(
            "infra.local.emulators.tasks",
            *("--grpc-port", str(self.grpc_port)),
            *("--state", str(folder), "--keys", str(folder), "--clock", str(folder / "clock.json")),
            *options,
        )

    def grpc_client(self) -> tasks_v2.CloudTasksClient:
        """A client as the functions make it."""
        channel = grpc.insecure_channel(f"127.0.0.1:{self.grpc_port}")
        return tasks_v2.CloudTasksClient(transport=CloudTasksGrpcTransport(channel=channel))

    def rest_client(self) -> tasks_v2.CloudTasksClient:
        """A client of the REST form."""
        host = f"127.0.0.1:{self.port}"
        transport = CloudTasksRestTransport(host=host, url_scheme="http", credentials=AnonymousCredentials())
        return tasks_v2.CloudTasksClient(transport=transport)

    def numbers(self, queue: str) -> dict[str, object]:
        """What /_stats says of a queue."""
        return self.get("/_stats")["queues"][queue]

    def move_clock(self, seconds: float) -> None:
        """Move virtual time forward."""
        self.clock.set_offset(self.clock.offset() + seconds)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TasksEmulator]:
    emulator = TasksEmulator(tmp_path_factory.mktemp("tasks"))
    yield emulator
    assert emulator.stop() == 0


@pytest.fixture(scope="session")
def target() -> Iterator[RecordingTarget]:
    target = RecordingTarget()
    yield target
    target.close()


@pytest.fixture(scope="session")
def client(emulator: TasksEmulator) -> Iterator[tasks_v2.CloudTasksClient]:
    with emulator.grpc_client() as client:
        yield client


@pytest.fixture(params=["grpc", "rest"])
def either_client(
    request: pytest.FixtureRequest, emulator: TasksEmulator
) -> Iterator[tasks_v2.CloudTasksClient]:
    """The client over each transport in turn."""
    with emulator.grpc_client() if request.param == "grpc" else emulator.rest_client() as client:
        yield client


@pytest.fixture
def path() -> str:
    """A path at the target that no other test uses."""
    return f"/step-{next(_numbers)}"


@pytest.fixture
def make_queue(client: tasks_v2.CloudTasksClient) -> Callable[..., str]:
    """Creates a queue of its own for a test, with settings; returns its full name."""

    def make(**settings: object) -> str:
        name = f"{LOCATION}/queues/queue-{next(_numbers)}"
        return client.create_queue(parent=LOCATION, queue={"name": name, **settings}).name

    return make


@pytest.fixture
def queue(make_queue: Callable[..., str]) -> str:
    """A queue that tries again after 0.05 s, then 0.1 s, 0.2 s; 4 attempts in all."""
    return make_queue(
        retry_config={
            "max_attempts": 4,
            "min_backoff": timedelta(seconds=0.05),
            "max_backoff": timedelta(seconds=10),
        }
    )
