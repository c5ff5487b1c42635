"""A migrated database with the near-duplicate index, copied for each test."""

from collections.abc import Iterator

import pytest

from common.database.engine import Database
from common.database.migrate import migrate, run_sql
from common.environment import Environment
from functions.hash.designs.near_duplicates import NearDuplicates
from functions.hash.designs.near_in_postgres import PostgresNearDuplicates
from infra.local.postgres import Postgres
from tests.support.near_duplicates import EveryOneCompared
from tests.support.postgres import fresh_database, template


@pytest.fixture(scope="session")
def with_index(server: Postgres) -> str:
    """The name of a database with our schema, the index, and no designs."""

    def fill(url: str) -> None:
        database = Database(Environment(database_url=url))
        migrate(database.engine)
        with database.engine.begin() as connection:
            has_it = connection.exec_driver_sql("select to_regclass('design_hashes')").scalar()
            if has_it is None:
                run_sql(connection, "0003_designs_index.sql")
            connection.exec_driver_sql("insert into tenants (id) values ('other')")
        database.close()

    return template(server, "near_duplicates", fill)


@pytest.fixture(scope="module")
def one_for_all(server: Postgres, with_index: str) -> Iterator[Database]:
    """One database for all tests of a module."""
    yield from _opened(server, with_index)


@pytest.fixture
def database(server: Postgres, with_index: str) -> Iterator[Database]:
    """A database of this test's own."""
    yield from _opened(server, with_index)


@pytest.fixture(params=["in Postgres", "every one compared"])
def index(request: pytest.FixtureRequest) -> Iterator[NearDuplicates]:
    """An empty index, in each way that there is."""
    if request.param != "in Postgres":
        yield EveryOneCompared()
        return
    database: Database = request.getfixturevalue("database")
    with database.transaction() as connection:
        yield PostgresNearDuplicates(connection, "default", 1)


def _opened(server: Postgres, name: str) -> Iterator[Database]:
    with fresh_database(server, name) as url:
        database = Database(Environment(database_url=url, database_pool=4))
        yield database
        database.close()
