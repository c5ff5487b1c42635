"""The orders flow on a database of each test's own, and an account at monday.com with nothing on its boards."""

from collections.abc import Iterator

import pytest

from tests.integration.orders_push.person import Person
from tests.support.monday_account import MondayAccount
from tests.support.orders import OrdersPipeline


@pytest.fixture
def orders(database_url: str, monday: MondayAccount) -> Iterator[OrdersPipeline]:
    """The orders flow with the usual customers, and no order book yet."""
    pipeline = OrdersPipeline(database_url, monday)
    yield pipeline
    pipeline.close()


@pytest.fixture
def person(monday: MondayAccount) -> Person:
    """Somebody who works at the boards by hand."""
    return Person(monday)
