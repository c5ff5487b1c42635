"""Pipelines to be hard on: hostile data, races, and nothing left to borrow."""

from collections.abc import Iterator

import pytest

from tests.support.harness import Pipeline
from tests.support.parts import PartsPipeline


@pytest.fixture
def pipeline(database_url: str) -> Iterator[Pipeline]:
    """The toy flow on a database of its own."""
    made = Pipeline(database_url)
    yield made
    made.close()


@pytest.fixture
def parts(database_url: str) -> Iterator[PartsPipeline]:
    """The parts flow, without a part at its source."""
    made = PartsPipeline(database_url)
    made.source()
    yield made
    made.close()
