"""The database of the stack."""

from sqlalchemy import NullPool, create_engine, text

from infra.local.postgres import Postgres
from infra.local.stack.schema import create_database


def test_the_database_is_made_once_and_keeps_what_it_holds(server: Postgres) -> None:
    url = server.url("shelfline")
    create_database(url)
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("create table part (name text)"))
    create_database(url)
    with engine.begin() as connection:
        assert connection.execute(text("select count(*) from part")).scalar() == 0
