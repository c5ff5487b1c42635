"""A database with the shops' tables, copied for each test, and the API on it."""

from collections.abc import Iterator

import pytest

from common.database.engine import Database
from common.database.migrate import migrate, run_sql
from common.environment import Environment
from infra.local.postgres import Postgres
from tests.integration.api.conftest import address, application, people, pipeline, server_address
from tests.support.postgres import fresh_database, template

__all__ = [
    "address",
    "application",
    "people",
    "pipeline",
    "server_address",
]


@pytest.fixture(scope="session")
def with_shops(server: Postgres) -> str:
    """The name of a database with our schema, a second tenant, and no shops."""

    def fill(url: str) -> None:
        database = Database(Environment(database_url=url))
        migrate(database.engine)
        with database.engine.begin() as connection:
            if connection.exec_driver_sql("select to_regclass('shops')").scalar() is None:
                run_sql(connection, "0003_designs_shops.sql")
                run_sql(connection, "0002_row_level_security.sql")
            connection.exec_driver_sql("insert into tenants (id) values ('other')")
        database.close()

    return template(server, "shops", fill)


@pytest.fixture
def database_url(server: Postgres, with_shops: str) -> Iterator[str]:
    """The URL of a database of this test's own."""
    with fresh_database(server, with_shops) as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """Our way into it."""
    made = Database(Environment(database_url=database_url, database_pool=4))
    yield made
    made.close()
