"""One emulator for the tests of a module, and a fresh dataset for each test."""

import uuid
from collections.abc import Iterator

import pytest
from google.cloud import bigquery

from tests.integration.bigquery.servers import (
    PROJECT,
    Running,
    StorageServer,
    emulator_in_thread,
    storage_in_thread,
)


@pytest.fixture(scope="module")
def storage() -> Iterator[StorageServer]:
    with storage_in_thread() as server:
        yield server


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, storage: StorageServer) -> Iterator[Running]:
    state = tmp_path_factory.mktemp("bigquery")
    with emulator_in_thread(state, storage_url=storage.url, export_shard_bytes=5_000) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def shared_client(running: Running) -> Iterator[bigquery.Client]:
    with running.client() as client:
        yield client


@pytest.fixture
def client(running: Running, shared_client: bigquery.Client) -> Iterator[bigquery.Client]:
    yield shared_client
    running.forget_faults()


@pytest.fixture
def dataset(client: bigquery.Client) -> str:
    """The full name of a dataset of this test's own."""
    name = f"{PROJECT}.d_{uuid.uuid4().hex[:12]}"
    client.create_dataset(name)
    return name
