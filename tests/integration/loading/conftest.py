"""A database and the emulators behind the real clients."""

from collections.abc import Iterator

import pytest

from common.environment import Environment
from common.services import Services
from tests.support.emulators import BUCKET, DATASET, PROJECT, Emulator


@pytest.fixture
def services(
    database_url: str, bigquery_emulator: Emulator, storage_emulator: Emulator
) -> Iterator[Services]:
    """The services of a process, as the local stack has them."""
    made = Services(
        Environment(
            database_url=database_url,
            database_pool=4,
            project=PROJECT,
            bucket=BUCKET,
            dataset=DATASET,
            bigquery_endpoint=bigquery_emulator.url,
            storage_endpoint=storage_emulator.url,
        )
    )
    yield made
    made.warehouse.close()  # type: ignore[attr-defined]  # the real client, which the port does not have to close
    made.objects.close()  # type: ignore[attr-defined]
    made.database.close()
