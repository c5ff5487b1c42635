"""What of an order book reaches the boards: what is new, changed, gone or back, and nothing else."""

from tests.support.orders import OrdersPipeline, item_name, order, orders_of

BLACK = {"CUSTOMER COLOUR DESCRIPTION": "BLACK"}


def test_a_new_order_stands_on_its_board_with_group_values_and_lines(orders: OrdersPipeline) -> None:
    row = order()
    orders.source(row)
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "done": 1}
    assert orders.ends(run) == {"JOO-00505": ("done", "pushed")}
    shown = orders.monday.items()[item_name(row)]
    assert shown["group"] == "NORTHWIND SPRING SUMMER 2026"
    assert shown["lines"] == {"S": "12", "M": "30"}
    assert shown["values"]["CUSTOMER"] == "NORTHWIND"
    assert shown["values"]["CUSTOMER PRICE"] == "14.5"
    assert set(orders.monday.keys().values()) == {1}


def test_orders_go_to_the_board_of_their_season(orders: OrdersPipeline) -> None:
    spring, autumn = order("JOO-1"), order("JOO-2", **{"CUSTOMER SEASON": "AUTUMN WINTER 2026"})
    orders.source(spring, autumn)
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 2}
    assert set(orders.monday.items()) == {item_name(spring)}
    assert set(orders.monday.items("2001002")) == {item_name(autumn)}


def test_unchanged_rows_are_counted_and_make_no_items(orders: OrdersPipeline) -> None:
    orders.source(*orders_of("NORTHWIND", 5))
    orders.run()
    mutations = orders.monday.calls()["mutations"]
    second = orders.run()
    assert orders.figures(second) == {"fetched": 5, "skipped": 5}
    assert orders.ends(second) == {}
    assert orders.monday.calls()["mutations"] == mutations
    assert orders.scope(second) == {
        "held": 5,
        "read": 5,
        "unchanged": 5,
        "complete": True,
        "guarded": False,
        "same_set": True,
    }
    assert orders.state(second) == "completed"


def test_a_changed_order_is_updated_by_what_differs(orders: OrdersPipeline) -> None:
    before = order("JOO-1", NOTES="as agreed")
    orders.source(before, order("JOO-2"))
    orders.run()
    after = order("JOO-1", sizes={"M": 31, "L": 5}, NOTES="two cartons")
    orders.source(after, order("JOO-2"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    assert orders.operations(run) == {"JOO-1": "changed"}
    (change,) = orders.changes(run)
    assert change["operation"] == "update"
    assert change["diff"] == {
        "TOTAL QTY": {"old": 42, "new": 36},
        "NOTES": {"old": "as agreed", "new": "two cartons"},
        "Size S": {"old": 12, "new": None},
        "Size M": {"old": 30, "new": 31},
        "Size L": {"old": None, "new": 5},
    }
    shown = orders.monday.items()[item_name(after)]
    assert shown["lines"] == {"M": "31", "L": "5"}
    assert shown["values"]["NOTES"] == "two cartons"


def test_an_order_that_is_gone_is_archived_after_a_complete_read(orders: OrdersPipeline) -> None:
    stays, goes = order("JOO-1"), order("JOO-2")
    orders.source(stays, goes)
    orders.run()
    orders.source(stays)
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    assert orders.operations(run) == {"JOO-2": "deleted"}
    assert orders.scope(run)["deleted"] == 1
    assert set(orders.monday.items()) == {item_name(stays)}
    assert orders.figures(orders.run()) == {"fetched": 1, "skipped": 1}


def test_the_last_order_of_a_customer_can_go(orders: OrdersPipeline) -> None:
    stays, goes = order("JOO-1"), order("JOO-2", "HARBOR & PINE")
    orders.source(stays, goes)
    orders.run()
    orders.source(stays)
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    assert orders.scope(run, "HARBOR & PINE")["deleted"] == 1
    assert set(orders.monday.items()) == {item_name(stays)}


def test_an_order_that_comes_back_is_a_new_item(orders: OrdersPipeline) -> None:
    row, other = order("JOO-1"), order("JOO-2")
    orders.source(row, other)
    orders.run()
    first = orders.monday.items()[item_name(row)]["id"]
    orders.source(other)
    orders.run()
    orders.source(row, other)
    run = orders.run()
    assert orders.operations(run) == {"JOO-1": "reappeared"}
    assert orders.figures(run) == {"fetched": 2, "done": 1, "skipped": 1}
    shown = orders.monday.items()[item_name(row)]
    assert shown["id"] != first
    assert shown["lines"] == {"S": "12", "M": "30"}
    incarnations = (
        "select incarnation from remote_objects where key in (select key from orders where order_number = 'JOO-1')"
        " order by 1"
    )
    assert orders.sql(incarnations) == [(1,), (2,)]
    assert orders.figures(orders.run()) == {"fetched": 2, "skipped": 2}


def test_all_kinds_of_change_in_one_run(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2"), order("JOO-3"), order("JOO-4"))
    orders.run()
    orders.source(order("JOO-1"), order("JOO-2"), order("JOO-3"))
    orders.run()
    orders.source(order("JOO-1"), order("JOO-2", NOTES="new"), order("JOO-4"), order("JOO-5"))
    run = orders.run()
    assert orders.operations(run) == {
        "JOO-2": "changed",
        "JOO-3": "deleted",
        "JOO-4": "reappeared",
        "JOO-5": "new",
    }
    assert orders.figures(run) == {"fetched": 5, "done": 4, "skipped": 1}
    compared = {"read": 4, "unchanged": 1, "new": 1, "changed": 1, "deleted": 1, "reappeared": 1}
    assert orders.report(run)["detail"]["compared"] == compared
    assert orders.report(run)["pushed"] == {"monday": 4}


def test_a_colour_is_part_of_what_an_order_is(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-1", sizes=None, **BLACK))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 2}
    assert len(orders.monday.items()) == 2
