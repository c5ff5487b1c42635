"""The models say what the migrations made.

Alembic does not look at check constraints, storage parameters, the predicate of a partial index, or how a
table is partitioned; Postgres' own catalogue does, so the models are also made into a database of their own and
the two catalogues compared. What neither covers, as the models do not claim it: functions, policies, rights,
the partitions there are, and the order of columns in a row.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, create_engine, select
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.orm import Session

from common.database import models
from common.database.engine import Database
from common.database.migrate import migrate
from infra.local.postgres import Postgres
from tests.integration.models.catalog import described
from tests.support.postgres import fresh_database

_DEFAULTS_NEED = """
create function shelfline_now() returns timestamptz language sql volatile as 'select clock_timestamp()';
create function shelfline_band_v1(p_tenant text, p_version integer, p_hash bit varying, p_from integer, p_width integer) returns bigint
  language sql immutable parallel safe return 0::bigint;
"""


@pytest.fixture
def made_from_models(server: Postgres) -> Iterator[Connection]:
    """A database made from the metadata alone."""
    with fresh_database(server) as url:
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql(_DEFAULTS_NEED)
            models.metadata.create_all(connection)
            yield connection
        engine.dispose()


def test_alembic_finds_nothing_to_change(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(
        PGDialect.ischema_names, "xid8", models.base.Xid8
    )  # else it is read as no type at all
    with database.transaction() as connection:
        names = connection.exec_driver_sql("select relname from pg_class where relispartition")
        partitions = set(names.scalars())

        def ours(thing: Any, name: str | None, kind: str, reflected: bool, counterpart: Any) -> bool:
            if kind == "index" and str(name).startswith("design_hashes_"):
                return False  # of expressions: alembic compares their texts, the test below what Postgres makes of them
            table = name if kind == "table" else getattr(getattr(thing, "table", None), "name", None)
            return table not in partitions

        options = {"compare_type": True, "compare_server_default": True, "include_object": ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, models.metadata) == []


@pytest.mark.parametrize("kind", ["tables", "columns", "constraints", "indexes"])
def test_the_catalogue_of_the_models_is_that_of_the_migrations(
    database: Database, made_from_models: Connection, kind: str
) -> None:
    with database.transaction() as connection:
        assert described(made_from_models)[kind] == described(connection)[kind]


def test_every_model_says_what_a_row_is() -> None:
    classes = [mapper.class_ for mapper in models.Base.registry.mappers]
    assert [each.__name__ for each in classes if not each.__dict__.get("__doc__")] == []


def test_every_table_can_be_read_through_its_model(database: Database) -> None:
    with database.transaction() as connection, Session(connection) as session:
        for mapper in models.Base.registry.mappers:
            session.scalars(select(mapper.class_).limit(1)).all()
        tenant = session.scalars(select(models.Tenant)).one()
        assert tenant.id == "default"
        assert session.execute(select(models.run_counts)).all() == []


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.transaction() as connection:
        before = described(connection)
    migrate(database.engine)
    with database.transaction() as connection:
        assert described(connection) == before
