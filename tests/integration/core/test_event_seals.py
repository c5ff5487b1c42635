"""The chain over the events: everything is in it exactly once, and nothing in it can be changed unnoticed."""

import random
import threading
from datetime import timedelta

import pytest

from common.database.engine import Database
from common.pipeline.seals import seal, verify
from tests.integration.core.books import Books, racing

STREAM = "run"


def _faults(books: Books, stream: str = STREAM) -> list[tuple[int | None, str]]:
    with books.database.transaction() as connection:
        return [(fault.block, fault.problem) for fault in verify(connection, "default", stream)]


def _tell(books: Books, count: int = 1, stream: str = STREAM) -> None:
    statement = "insert into events (tenant_id, stream, kind) select 'default', %s, 'next' from generate_series(1, %s)"
    books.run(statement, stream, count)


@pytest.fixture
def three_blocks(books: Books) -> Books:
    """A chain of three blocks with four events each."""
    for _ in range(3):
        _tell(books, 4)
        assert seal(books.database, "default", STREAM) == 4
    assert _faults(books) == []
    return books


def test_every_event_of_racing_writers_is_in_exactly_one_block(books: Books) -> None:
    writing = threading.Semaphore(0)

    def write(number: int) -> int:
        chance = random.Random(number)
        for _ in range(25):
            _write_slowly(books.database, chance)
        writing.release()
        return 0

    def seal_until_all_is_written(_: int) -> int:
        sealed = 0
        while not writing.acquire(blocking=False):
            sealed += seal(books.database, "default", STREAM)
        writing.release()  # for the other sealer
        return sealed

    sealed = sum(racing(8, lambda n: write(n) if n < 6 else seal_until_all_is_written(n)))
    while more := seal(books.database, "default", STREAM):
        sealed += more
    events = sorted(row[0] for row in books.run("select id from events"))
    in_blocks = sorted(each for row in books.run("select event_ids from seals") for each in row[0])
    assert in_blocks == events
    assert sealed == len(events) == 6 * 25 * 2
    assert books.one("select count(*) from seals") > 3
    assert _faults(books) == []


def _write_slowly(database: Database, chance: random.Random) -> None:
    """Two events with time between them, so that ids and commits come in different orders."""
    statement = "insert into events (tenant_id, stream, kind) values ('default', 'run', 'next')"
    with database.transaction() as connection:
        connection.exec_driver_sql(statement)
        connection.exec_driver_sql("select pg_sleep(%s)", (chance.random() * 0.006,))
        connection.exec_driver_sql(statement)


def test_a_block_ends_below_the_oldest_transaction_still_running(books: Books) -> None:
    with books.database.transaction() as connection:
        connection.exec_driver_sql(
            "insert into events (tenant_id, stream, kind) values ('default', 'run', 'slow')"
        )
        _tell(books)
        assert seal(books.database, "default", STREAM) == 0
    assert seal(books.database, "default", STREAM) == 2
    assert _faults(books) == []


def test_two_streams_and_two_tenants_have_chains_of_their_own(books: Books) -> None:
    _tell(books, 2)
    _tell(books, 3, "other")
    books.run("insert into events (tenant_id, stream, kind) values ('acme', 'run', 'next')")
    assert seal(books.database, "default", STREAM) == 2
    assert seal(books.database, "default", "other") == 3
    assert seal(books.database, "acme", STREAM) == 1
    assert _faults(books) == _faults(books, "other") == []


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'forged'",
        """body = '{"reason": "forged"}'""",
        "step = 'forged'",
        "item_id = 1",
        "at = at + interval '1 s'",
        "tenant_id = 'acme'",
        "stream = 'elsewhere'",
    ],
)
def test_any_change_of_an_event_is_noticed(three_blocks: Books, change: str) -> None:
    three_blocks.run(
        f"update events set {change} where id = (select event_ids[2] from seals where block = 2)"
    )
    assert _faults(three_blocks) == [(2, "events were changed")]


def test_a_deleted_event_is_noticed(three_blocks: Books) -> None:
    three_blocks.run("delete from events where id = (select event_ids[4] from seals where block = 3)")
    assert _faults(three_blocks) == [(3, "events are missing")]


def test_a_deleted_block_is_noticed(three_blocks: Books) -> None:
    three_blocks.run("delete from seals where block = 2")
    assert (3, "a block before this one is missing") in _faults(three_blocks)


def test_a_deleted_block_is_noticed_though_the_others_are_numbered_anew(three_blocks: Books) -> None:
    three_blocks.run("delete from seals where block = 2")
    three_blocks.run("update seals set block = 2 where block = 3")
    faults = _faults(three_blocks)
    assert (2, "does not follow the block before it") in faults
    assert (None, "events below the last horizon are not sealed: 4") in faults


def test_a_changed_hash_is_noticed_where_it_is_and_in_the_next_block(three_blocks: Books) -> None:
    three_blocks.run("update seals set hash = repeat('0', 64) where block = 2")
    assert _faults(three_blocks) == [(2, "events were changed"), (3, "does not follow the block before it")]


def test_two_hashes_swapped_are_noticed(three_blocks: Books) -> None:
    three_blocks.run("update seals a set hash = b.hash from seals b where a.block + b.block = 3")
    assert {block for block, _ in _faults(three_blocks)} == {1, 2, 3}


def test_events_in_another_order_are_noticed(three_blocks: Books) -> None:
    three_blocks.run("update seals set event_ids = event_ids[2:4] || event_ids[1:1] where block = 1")
    assert _faults(three_blocks) == [(1, "events were changed")]


def test_an_event_smuggled_in_below_the_horizon_is_noticed(three_blocks: Books) -> None:
    three_blocks.run(
        "insert into events (tenant_id, stream, kind, tx) select 'default', 'run', 'forged', tx from events limit 1"
    )
    assert _faults(three_blocks) == [(None, "events below the last horizon are not sealed: 1")]


def test_partitions_are_made_once(books: Books) -> None:
    partitions = "select count(*) from pg_inherits where inhparent = 'events'::regclass"
    assert books.one(partitions) == 4  # this month, the next two, and the default
    assert books.one("select shelfline_ensure_event_partitions_v1(3)") == 0
    assert books.one("select shelfline_ensure_event_partitions_v1(5)") == 2
    assert books.one(partitions) == 6


def test_two_sweeps_may_make_partitions_at_once(books: Books) -> None:
    made = racing(4, lambda _: books.one("select shelfline_ensure_event_partitions_v1(6)"))
    assert sorted(made) == [0, 0, 0, 3]


def test_an_event_far_in_the_future_is_kept_and_its_month_left_alone(books: Books) -> None:
    books.advance(timedelta(days=120).total_seconds())
    _tell(books, 2)
    assert books.one("select count(*) from events_default") == 2
    assert (
        books.one("select shelfline_ensure_event_partitions_v1(6)") == 2
    )  # of three, one month is in use already
    assert seal(books.database, "default", STREAM) == 2
    assert _faults(books) == []
