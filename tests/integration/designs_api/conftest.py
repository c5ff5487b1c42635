"""The paths of designs on a real socket: with a bucket in memory, and on request with one of Cloud Storage's emulator."""

from collections.abc import Iterator

import pytest

from common.objects.cloud_storage import CloudStorageObjects
from tests.integration.api.conftest import address, application, people, server_address
from tests.integration.ports.test_cloud_storage import EmulatorHarness
from tests.support.designs import DesignsPipeline
from tests.support.emulators import Emulator

__all__ = ["address", "application", "people", "server_address"]


@pytest.fixture
def pipeline(database_url: str) -> Iterator[DesignsPipeline]:
    """The designs flow behind the API; its wake-ups are delivered by hand."""
    made = DesignsPipeline(database_url)
    yield made
    made.close()


@pytest.fixture
def cloud(pipeline: DesignsPipeline, storage_emulator: Emulator) -> Iterator[CloudStorageObjects]:
    """A bucket of the emulator's, which the flow now works on."""
    made = EmulatorHarness(storage_emulator).cloud
    pipeline.services.objects = made
    yield made
    made.close()
    storage_emulator.forget_faults()
