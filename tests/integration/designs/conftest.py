"""The designs flow on a database of each test's own, without a shop: what is unique is stored and not listed."""

from collections.abc import Iterator

import pytest

from tests.support.designs import DesignsPipeline


@pytest.fixture
def flow(database_url: str) -> Iterator[DesignsPipeline]:
    """The flow with nothing uploaded."""
    pipeline = DesignsPipeline(database_url)
    yield pipeline
    pipeline.close()
