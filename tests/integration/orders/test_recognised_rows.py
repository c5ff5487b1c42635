"""Rows that look as they did when they were last found unchanged are not read again; nothing else is different for it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.emulator_process import until
from tests.support.orders import BOOK, OrdersPipeline, Row, order

ROWS: tuple[Row, ...] = (order("JOO-1"), order("JOO-2"), order("JOO-3"))


@pytest.fixture
def known(orders: OrdersPipeline) -> OrdersPipeline:
    """Three orders that are on the board, found unchanged once."""
    orders.source(*ROWS)
    orders.run()
    orders.run()
    assert remembered(orders) == 3
    return orders


def remembered(orders: OrdersPipeline) -> int:
    """How many rows would be recognised."""
    return int(orders.one("select count(*) from row_digests"))


def told_apart(orders: OrdersPipeline, run: str) -> int:
    """How many rows of a run that is not over yet were read value by value."""
    return int(orders.one("select count(*) from seen where run_id = %s", run))


def test_rows_are_recognised_once_they_were_found_unchanged(orders: OrdersPipeline) -> None:
    orders.source(*ROWS)
    orders.run()
    assert remembered(orders) == 0
    orders.run()
    assert remembered(orders) == 3
    assert orders.figures(orders.run()) == {"fetched": 3, "skipped": 3}


def test_only_the_others_are_read(known: OrdersPipeline) -> None:
    known.source(order("JOO-1"), order("JOO-2", NOTES="new"), order("JOO-3"), order("JOO-4"))
    run = known.begin()
    counted: list[int] = []
    known.deaths.before("hash", "recorded", lambda: counted.append(told_apart(known, run)))
    known.drive()
    assert counted[0] == 2
    assert known.operations(run) == {"JOO-2": "changed", "JOO-4": "new"}
    assert known.figures(run) == {"fetched": 4, "done": 2, "skipped": 2}
    compared = "select read, held, unchanged, new, changed, deleted, complete, same_set from order_scopes where run_id = %s"
    assert known.sql(compared, run) == [(4, 3, 2, 1, 1, 0, True, False)]


def test_a_row_that_has_no_digest_is_read_each_time(orders: OrdersPipeline) -> None:
    """It stands between others, so that a place that is missed would take its neighbour for it."""
    orders.source(ROWS[0], order("JOO-2", NOTES="two\x1fcells?"), ROWS[2])
    orders.run()
    orders.run()
    assert remembered(orders) == 2
    run = orders.begin()
    counted: list[int] = []
    orders.deaths.before("hash", "recorded", lambda: counted.append(told_apart(orders, run)))
    orders.drive()
    assert counted[0] == 1
    assert orders.figures(run) == {"fetched": 3, "skipped": 3}


def test_a_set_of_recognised_rows_is_the_same_set(known: OrdersPipeline) -> None:
    run = known.run()
    assert known.sql("select unchanged, same_set from order_scopes where run_id = %s", run) == [(3, True)]


def test_what_is_gone_is_found_among_recognised_rows(known: OrdersPipeline) -> None:
    known.source(*ROWS[:2])
    run = known.run()
    assert known.figures(run) == {"fetched": 3, "done": 1, "skipped": 2}
    assert [change["operation"] for change in known.changes(run)] == ["delete"]
    assert remembered(known) == 2


def test_an_order_that_comes_back_is_not_taken_for_unchanged(known: OrdersPipeline) -> None:
    known.source(*ROWS[:2])
    known.run()
    known.source(*ROWS)
    run = known.run()
    assert known.figures(run) == {"fetched": 3, "done": 1, "skipped": 2}


def test_a_change_and_its_undoing_are_both_changes(known: OrdersPipeline) -> None:
    known.source(order("JOO-1", NOTES="new"), *ROWS[1:])
    known.run()
    assert remembered(known) == 2
    known.source(*ROWS)
    assert known.operations(known.run()) == {"JOO-1": "changed"}
    assert known.figures(known.run()) == {"fetched": 3, "skipped": 3}


def test_a_recognised_row_and_another_of_its_key_are_a_conflict_and_both_are_named(
    known: OrdersPipeline,
) -> None:
    known.source(*ROWS, order("JOO-1", NOTES="or that"))
    run = known.run()
    assert known.figures(run) == {"fetched": 4, "rejected": 1, "skipped": 3}
    (kept,) = known.quarantine()
    assert "Rows 2, 5 of NORTHWIND" in kept["problems"][0]["detail"]


def test_a_recognised_row_that_stands_twice_is_one_order(known: OrdersPipeline) -> None:
    known.source(*ROWS, ROWS[0])
    run = known.run()
    assert known.figures(run) == {"fetched": 4, "skipped": 4}
    assert known.sql("select read, held, unchanged from order_scopes where run_id = %s", run) == [(4, 3, 3)]


def test_another_customer_book_has_every_row_read_again(known: OrdersPipeline) -> None:
    known.book(BOOK.replace("NW CLOTHIERS", "NW CO"))
    assert known.figures(known.run()) == {"fetched": 3, "skipped": 3}
    assert remembered(known) == 3


def test_a_trial_remembers_nothing(orders: OrdersPipeline) -> None:
    orders.source(*ROWS)
    orders.run()
    orders.run({"mode": "TEST"})
    assert remembered(orders) == 0


def test_what_a_rollback_has_taken_back_stays_so_until_the_source_says_something_new(
    known: OrdersPipeline,
) -> None:
    known.source(order("JOO-1", NOTES="new"), *ROWS[1:])
    run = known.run()
    known.run()
    known.run(rollback_of=run)
    assert known.figures(known.run()) == {"fetched": 3, "skipped": 3}
    assert known.monday.items()["JWHD100120WHITEJOO-1"]["values"].get("NOTES", "") == ""
    known.source(order("JOO-1", NOTES="newer"), *ROWS[1:])
    assert known.operations(known.run()) == {"JOO-1": "changed"}


def test_a_snapshot_that_is_deleted_is_forgotten(known: OrdersPipeline) -> None:
    known.sql("with gone as (delete from snapshots returning 1) select count(*) from gone")
    assert remembered(known) == 0


def test_nothing_of_a_run_is_left(known: OrdersPipeline) -> None:
    known.run()
    assert known.one("select count(*) from recognised") == 0
    assert known.one("select count(*) from seen") == 0


def test_a_snapshot_that_is_being_changed_meanwhile_is_not_remembered(known: OrdersPipeline) -> None:
    """A promotion commits between the comparison of a row and its recording: the row says no more what is held."""
    known.sql("with gone as (delete from row_digests returning 1) select count(*) from gone")
    key, hash_, version = known.sql("select key, considered_hash, hash_version from snapshots limit 1")[0]
    insert = (
        "with made as (insert into seen (tenant_id, run_id, chunk_id, place, row_number, key, hash, scope, digest)"
        " values ('default', 'r', 1, 1, 1, %s, %s, 'NORTHWIND', uuid_send(gen_random_uuid())) returning 1) select count(*) from made"
    )
    known.sql(insert, key, hash_)
    database = known.services.database
    with ThreadPoolExecutor(1) as other:
        with database.transaction() as promotion:
            promotion.exec_driver_sql("update snapshots set considered_hash = 'new' where key = %s", (key,))
            values = ("default", "r", 1, 0, version)
            remembering = other.submit(database.call, "shelfline_remember_digests_v1", *values)
            until(lambda: known.one(BLOCKED) == 1)
        remembering.result(10)
    assert remembered(known) == 0


BLOCKED = (
    "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
)


def test_a_source_that_is_replaced_while_it_is_exported_is_not_compared(known: OrdersPipeline) -> None:
    """Cells would be read under the headers of the other."""
    known.source(order("JOO-1", NOTES="new"), *ROWS[1:])
    run = known.begin()
    known.drive(rounds=1, strict=False)
    (name,) = [each.name for each in known.objects.list(f"orders/{run}/")]
    with known.objects.open(name) as stream:
        header, rest = stream.read().split(b"\n", 1)
    columns = header.decode().strip().split(",")
    columns[0], columns[1] = columns[1], columns[0]
    known.objects.put(name, ",".join(columns).encode() + b"\n" + rest, content_type="text/csv")
    known.drive()
    assert known.state(run) == "failed"
    assert known.error(run)["code"] == "source_replaced"
    assert len(known.monday.items()) == 3
