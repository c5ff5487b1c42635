"""A migrated database of one's own for each test, and a pipeline on it."""

from collections.abc import Iterator

import pytest

from tests.support.harness import Pipeline


@pytest.fixture
def pipeline(database_url: str) -> Iterator[Pipeline]:
    """The toy flow on a real Postgres."""
    made = Pipeline(database_url)
    yield made
    made.close()
