"""A migrated database for each test, and the API on it."""

from collections.abc import Iterator

import pytest

from common.database.engine import Database
from common.environment import Environment
from tests.integration.api.conftest import address, application, people, pipeline, server_address

__all__ = ["address", "application", "people", "pipeline", "server_address"]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Our way into it."""
    made = Database(Environment(database_url=database_url))
    yield made
    made.close()
