"""Fixtures: a database with our schema, copied for each test."""

from collections.abc import Iterator

import pytest

from common.database.engine import Database
from common.database.migrate import migrate
from common.environment import Environment
from infra.local.postgres import Postgres
from tests.support.postgres import fresh_database, template


@pytest.fixture(scope="session")
def migrated(server: Postgres) -> str:
    """The name of a database with our schema and no data."""

    def fill(url: str) -> None:
        database = Database(Environment(database_url=url))
        migrate(database.engine)
        database.close()

    return template(server, "migrated", fill)


@pytest.fixture
def database_url(server: Postgres, migrated: str) -> Iterator[str]:
    """The URL of a migrated database of this test's own."""
    with fresh_database(server, migrated) as url:
        yield url
