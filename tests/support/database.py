"""A test's own way into its migrated database, and what Postgres keeps for everybody.

A conftest imports the fixtures it wants, `database_url` (of `tests.support.migrated`) among them:

    from tests.support.database import database, now, quotas
"""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest

from common.clock import DatabaseClock
from common.database.engine import Database
from common.environment import Environment
from common.quotas import Quotas


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Our way into a migrated database of this test's own."""
    made = Database(Environment(database_url=database_url))
    yield made
    made.close()


@pytest.fixture
def quotas(database: Database) -> Quotas:
    """The shared ledger."""
    return Quotas(database)


@pytest.fixture
def now(database: Database) -> Callable[[], datetime]:
    """Business time as Postgres says it."""
    return DatabaseClock(database).now
