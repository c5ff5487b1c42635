"""Versions of a customer book in Postgres."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from common.customers import store
from common.customers.checking import check
from common.customers.store import StoredBook
from common.database.engine import Database
from common.database.migrate import run_sql
from common.errors import Misconfigured, ShelflineError
from tests.unit.customers.books import SOUND

OTHER = SOUND.replace("NW CLOTHIERS", "NORTH WIND")


def _load(database: Database, text: str, tenant: str = "default") -> tuple[StoredBook, bool]:
    book = check(text).book
    assert book is not None
    with database.transaction(tenant=tenant) as connection:
        return store.load(connection, tenant, book, content=text.encode(), file="book.yaml", by="ada")


def _current(database: Database, at: datetime | None = None, tenant: str = "default") -> StoredBook:
    with database.transaction(tenant=tenant) as connection:
        return store.current(connection, tenant, at)


@pytest.fixture
def two_tenants(database: Database) -> Database:
    with database.transaction() as connection:
        connection.exec_driver_sql("insert into tenants (id) values ('other')")
    return database


def test_a_book_comes_back_as_it_was_loaded(database: Database) -> None:
    stored, changed = _load(database, SOUND)
    assert (stored.version, changed) == (1, True)
    assert _current(database) == stored
    assert stored.book == check(SOUND).book
    assert (stored.file, stored.loaded_by) == ("book.yaml", "ada")


def test_the_same_content_again_changes_nothing(database: Database) -> None:
    first, _ = _load(database, SOUND)
    assert _load(database, SOUND) == (first, False)


def test_other_content_is_the_next_version_and_so_is_the_old_one_again(database: Database) -> None:
    loaded = [_load(database, text) for text in (SOUND, OTHER, SOUND)]
    assert [(stored.version, changed) for stored, changed in loaded] == [(1, True), (2, True), (3, True)]


def test_a_run_works_with_the_version_of_the_moment_it_was_frozen(database: Database) -> None:
    first, _ = _load(database, SOUND)
    second, _ = _load(database, OTHER)
    assert _current(database, first.loaded_at).version == 1
    assert _current(database, second.loaded_at - timedelta(microseconds=1)).version == 1
    assert _current(database, second.loaded_at).version == 2
    assert (
        _current(database, second.loaded_at + timedelta(days=1)).book.find("north wind").status == "approved"
    )


def test_without_a_book_it_is_said_how_to_load_one(database: Database) -> None:
    with pytest.raises(Misconfigured, match="shelfline customers load FILE"):
        _current(database)
    first, _ = _load(database, SOUND)
    with pytest.raises(Misconfigured, match="at "):
        _current(database, first.loaded_at - timedelta(seconds=1))


def test_files_loaded_at_once_are_versions_one_after_the_other(database: Database) -> None:
    texts = [SOUND.replace("NW CLOTHIERS", f"ALIAS {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda text: _load(database, text)[0].version, texts))
    assert sorted(made) == [1, 2, 3, 4]


def test_tenants_have_books_of_their_own(two_tenants: Database) -> None:
    _load(two_tenants, SOUND)
    assert _load(two_tenants, OTHER, "other")[0].version == 1
    assert "NORTH WIND" in _current(two_tenants, tenant="other").book.find("NORTHWIND").spellings
    with two_tenants.transaction(tenant="other") as connection:
        assert store.find(connection, "default") is None
    with pytest.raises(ShelflineError, match="row-level security"):  # noqa: SIM117  # the error is the commit's
        with two_tenants.transaction(tenant="other") as connection:
            connection.exec_driver_sql("update customer_books set tenant_id = 'default', version = 9")


def test_the_wall_may_be_put_up_again(database: Database) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql("create table later (tenant_id text not null references tenants)")
        for _ in range(2):
            run_sql(connection, "0002_row_level_security.sql")
        policies = connection.exec_driver_sql(
            "select count(*) from pg_policies where tablename = 'later' and policyname = 'one_tenant'"
        )
        assert policies.scalar() == 1
    with database.transaction(tenant="default") as connection:
        connection.exec_driver_sql("insert into later values ('default')")
        assert connection.exec_driver_sql("select count(*) from later").scalar() == 1
