"""A migrated database of one's own for each test, and what the tests of the core do with it."""

from collections.abc import Iterator

import pytest

from common.database.engine import Database
from common.environment import Environment
from tests.integration.core.books import Books
from tests.support.harness import Pipeline


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Our way into it, with a connection for each of ten threads."""
    made = Database(Environment(database_url=database_url, database_pool=10))
    yield made
    made.close()


@pytest.fixture
def books(database: Database) -> Books:
    """Statements of a test's own."""
    return Books(database)


@pytest.fixture
def stopped_clock(books: Books) -> Books:
    """Business time stands still and moves only when it is told to, so that times can be compared exactly."""
    books.run(
        "create or replace function shelfline_now() returns timestamptz language sql volatile as "
        "$$ select timestamptz '2030-01-01 00:00:00+00' + make_interval(secs => offset_seconds) from clock $$"
    )
    return books


@pytest.fixture
def pipeline(database_url: str) -> Iterator[Pipeline]:
    """The toy flow on a real Postgres."""
    made = Pipeline(database_url)
    yield made
    made.close()
