"""The parts flow on a database of each test's own."""

from collections.abc import Iterator

import pytest

from tests.support.parts import PartsPipeline


@pytest.fixture
def parts(database_url: str) -> Iterator[PartsPipeline]:
    """The parts flow, without a part at its source."""
    pipeline = PartsPipeline(database_url)
    pipeline.source()
    yield pipeline
    pipeline.close()
