"""What is told apart in the table: tenants, versions of the hashes, and designs that are indexed at the same moment."""

import threading

import pytest

from common.database.engine import Database, DataRefused
from functions.hash.designs.near_duplicates import Comparison, HashedDesign, Near
from functions.hash.designs.near_in_postgres import PostgresNearDuplicates
from tests.integration.near_duplicates.hashed import content, design, random_bits

SAME = random_bits(1)
BY = Comparison(rule="phash or dhash", phash_within=5, dhash_within=5)
_WITHIN = 20  # seconds
_SCANS = "select seq_scan from pg_stat_xact_user_tables where relname = 'design_hashes'"
_USED = """
select count(*) from pg_class where relkind = 'i' and relname ~ '^design_hashes_.hash' and pg_stat_get_xact_numscans(oid) > 0
"""
_WAITING = """
select count(*) from pg_locks where locktype = 'advisory' and not granted
  and database = (select oid from pg_database where datname = current_database())
"""


def _index(
    database: Database, designs: list[HashedDesign], tenant: str = "default", version: int = 1
) -> None:
    with database.transaction() as connection:
        PostgresNearDuplicates(connection, tenant, version).index(designs)


def _near(database: Database, asked: HashedDesign, tenant: str = "default", version: int = 1) -> list[Near]:
    with database.transaction() as connection:
        return PostgresNearDuplicates(connection, tenant, version).near([asked], BY)


def test_a_tenant_finds_its_own_designs_only(database: Database) -> None:
    _index(database, [design(1, SAME)], tenant="other")
    assert _near(database, design(2, SAME)) == []
    assert len(_near(database, design(2, SAME), tenant="other")) == 1


def test_hashes_of_two_versions_are_not_compared(database: Database) -> None:
    _index(database, [design(1, SAME)], version=1)
    assert _near(database, design(2, SAME), version=2) == []


def test_a_verdict_outlives_new_hashes(database: Database) -> None:
    with database.transaction() as connection:
        PostgresNearDuplicates(connection, "default", 1).decide(content(1), content(2), "different", by="ann")
    _index(database, [design(1, SAME), design(2, SAME), design(3, SAME)], version=2)
    assert [near.other.int for near in _near(database, design(1, SAME), version=2)] == [3]


def test_a_verdict_says_who_gave_it_and_when(database: Database) -> None:
    with database.transaction() as connection:
        PostgresNearDuplicates(connection, "default", 1).decide(content(1), content(2), "same", by="ann")
        told = "select decided_by, decided_at <= shelfline_now() from duplicate_verdicts"
        assert tuple(connection.exec_driver_sql(told).one()) == ("ann", True)


def test_a_content_hash_that_is_none_is_refused(database: Database) -> None:
    wrong = HashedDesign(design=design(1, SAME).design, content_hash="no hash", hashes=SAME, is_flat=False)
    with pytest.raises(DataRefused):
        _index(database, [wrong])


def test_of_two_designs_indexed_at_once_the_second_finds_the_first(database: Database) -> None:
    """The second waits where it indexes until the first has committed, and searches afterwards."""
    found: list[Near] = []

    def second() -> None:
        with database.transaction() as connection:
            index = PostgresNearDuplicates(connection, "default", 1)
            index.index([design(2, SAME)])
            found.extend(index.near([design(2, SAME)], BY))

    thread = threading.Thread(target=second)
    with database.transaction() as connection:
        index = PostgresNearDuplicates(connection, "default", 1)
        index.index([design(1, SAME)])
        assert index.near([design(1, SAME)], BY) == []
        thread.start()
        _wait_until_one_waits(database)
        assert found == []
    thread.join(_WITHIN)
    assert not thread.is_alive()
    assert [near.other.int for near in found] == [1]


def test_a_search_reads_the_indexes_of_the_bands_and_no_whole_table(database: Database) -> None:
    """What a wrong expression in an index, or another plan, would bring: right answers, and a scan."""
    _index(database, [design(number, random_bits(number)) for number in range(1, 500)])
    by = [
        Comparison(rule="phash or dhash", bits=256, phash_within=20, dhash_within=20),
        Comparison(rule="phash or dhash", bits=64, phash_within=2, dhash_within=2),
    ]
    with database.transaction() as connection:
        connection.exec_driver_sql("analyze design_hashes")
        before = connection.exec_driver_sql(_SCANS).scalar_one()
        for comparison in by:
            PostgresNearDuplicates(connection, "default", 1).near([design(1, random_bits(1))], comparison)
        assert connection.exec_driver_sql(_SCANS).scalar_one() == before
        assert connection.exec_driver_sql(_USED).scalar_one() == 2 * 11 + 2 * 3


def test_designs_of_two_tenants_are_indexed_at_once(database: Database) -> None:
    """The second is done before the first has committed."""
    other = threading.Thread(target=_index, args=(database, [design(1, SAME)], "other"))
    with database.transaction() as connection:
        PostgresNearDuplicates(connection, "default", 1).index([design(1, SAME)])
        other.start()
        other.join(_WITHIN)
        assert not other.is_alive(), "it waits for another tenant"
        assert len(_near(database, design(2, SAME), tenant="other")) == 1
        assert _near(database, design(2, SAME)) == [], "the first has not committed yet"


def _wait_until_one_waits(database: Database) -> None:
    for _ in range(2000):
        with database.engine.connect() as connection:
            if connection.exec_driver_sql(_WAITING).scalar():
                return
        threading.Event().wait(0.005)
    raise AssertionError("the second does not wait for the first")
