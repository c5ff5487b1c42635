"""Each setting of how orders are read changes what it says, and nothing else. (The guard's are in test_guard.)"""

import pytest

from tests.support.monday_account import MondayAccount
from tests.support.orders import OrdersPipeline, orders_of

EXPORTS = "export data"


@pytest.mark.parametrize(("rows", "exported"), [(5, True), (6, False)])
def test_from_so_many_rows_a_source_is_exported(orders: OrdersPipeline, rows: int, exported: bool) -> None:
    orders.source(*orders_of("NORTHWIND", 5))
    run = orders.run({"export_from_rows": rows})
    assert orders.figures(run) == {"fetched": 5, "done": 5}
    assert any(EXPORTS in sql for sql in orders.warehouse.statements) is exported
    assert (orders.warehouse.pages == []) is exported


def test_an_export_is_read_object_by_object(orders: OrdersPipeline) -> None:
    orders.warehouse.shard_rows(2)
    orders.source(*orders_of("NORTHWIND", 5))
    run = orders.run({"export_from_rows": 1})
    assert orders.figures(run) == {"fetched": 5, "done": 5}
    chunks = (
        "select count(*) from chunks where run_id = %s and step = 'hash' and kind = 'source' and phase = ''"
    )
    assert orders.one(chunks, run) == 3
    assert (
        "for system_time as of" in next(sql for sql in orders.warehouse.statements if EXPORTS in sql).lower()
    )
    assert orders.figures(orders.run()) == {"fetched": 5, "skipped": 5}


def test_an_export_that_takes_its_time_is_waited_for(orders: OrdersPipeline) -> None:
    orders.source(*orders_of("NORTHWIND", 2))
    orders.warehouse.hold()
    run = orders.begin({"export_from_rows": 1})
    orders.drive(patience=1.5, rounds=20, strict=False)
    assert orders.state(run) == "running"
    orders.warehouse.release()
    orders.drive(patience=60)
    orders.audit(run)
    assert orders.figures(run) == {"fetched": 2, "done": 2}


def test_a_filtered_source_is_paged_however_large_it_is(orders: OrdersPipeline) -> None:
    orders.source(*orders_of("NORTHWIND", 3))
    run = orders.run({"export_from_rows": 0}, limit=2)
    assert orders.figures(run) == {"fetched": 2, "done": 2}
    assert not any(EXPORTS in sql for sql in orders.warehouse.statements)


def test_segment_rows_bounds_what_is_compared_at_once(orders: OrdersPipeline) -> None:
    orders.source(*orders_of("NORTHWIND", 5))
    run = orders.run({"segment_rows": 2})
    assert orders.figures(run) == {"fetched": 5, "done": 5}
    assert orders.warehouse.pages == [2, 2, 1]
    exported = orders.run({"segment_rows": 2, "export_from_rows": 1})
    assert orders.figures(exported) == {"fetched": 5, "skipped": 5}
    recordings = "select count(*) from run_counts where run_id = %s and skipped > 0"
    assert orders.one(recordings, exported) == 3


@pytest.mark.parametrize(("most", "largest"), [(2, 2), (500, 5)])
def test_order_push_items_bounds_the_chunks_of_the_push(
    orders: OrdersPipeline, most: int, largest: int
) -> None:
    orders.source(*orders_of("NORTHWIND", 5))
    run = orders.run({"order_push_items": most})
    assert orders.figures(run) == {"fetched": 5, "done": 5}
    sizes = "select max(cardinality(item_ids)) from chunks where run_id = %s and step = 'push'"
    assert orders.one(sizes, run) == largest


@pytest.mark.parametrize(("mutations", "calls"), [(20, 1), (2, 2)])
def test_monday_mutations_per_call_bounds_one_call(
    orders: OrdersPipeline, monday: MondayAccount, mutations: int, calls: int
) -> None:
    orders.source(*orders_of("NORTHWIND", 4, S="", M="", **{"TOTAL QTY": "0"}))
    run = orders.run({"monday_mutations_per_call": mutations})
    assert orders.figures(run) == {"fetched": 4, "done": 4}
    assert monday.calls()["create_item"] == 4
    assert monday.calls()["mutations"] == calls + 1  # and the group
