"""The designs flow on a database of each test's own, with a small shop at the stand-in for Etsy."""

from collections.abc import Iterator

import pytest

from tests.integration.designs_push.drafts import DraftsPipeline
from tests.support.etsy_account import StandIn, Start


@pytest.fixture
def etsy(start: Start) -> StandIn:
    """The stand-in with limits out of reach."""
    return start(per_day=1_000_000)


@pytest.fixture
def without_shop(database_url: str, etsy: StandIn) -> Iterator[DraftsPipeline]:
    """The flow before a shop was loaded."""
    pipeline = DraftsPipeline(database_url, etsy)
    yield pipeline
    pipeline.close()


@pytest.fixture
def flow(without_shop: DraftsPipeline) -> DraftsPipeline:
    """The flow with one shop, which has one template with one mockup of two pictures."""
    without_shop.open_shop()
    return without_shop
