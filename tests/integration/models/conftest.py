"""A migrated database of one's own for each test."""

from collections.abc import Iterator

import pytest

from common.database.engine import Database
from common.environment import Environment


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Our way into it."""
    made = Database(Environment(database_url=database_url))
    yield made
    made.close()
