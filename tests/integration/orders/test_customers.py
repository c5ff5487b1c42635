"""Whose an order is decides what becomes of it."""

from tests.support.monday_account import SPRING
from tests.support.orders import BOOK, OrdersPipeline, item_name, order

UNKNOWN = "TRAIL CO"
REVIEWED = "ALDER (AU)"


def test_orders_of_customers_under_review_and_of_unknown_ones_are_asked_about(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", REVIEWED), order("JOO-2", UNKNOWN), order("JOO-3"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 3, "manual": 2, "done": 1}
    assert orders.ends(run) == {
        "JOO-1": ("manual", "customer_review"),
        "JOO-2": ("manual", "customer_unknown"),
        "JOO-3": ("done", "pushed"),
    }
    tasks = orders.sql("select record->>'customer', state, resume_step from manual_tasks order by id")
    assert [tuple(task) for task in tasks] == [(REVIEWED, "open", "stage"), (UNKNOWN, "open", "stage")]
    assert orders.state(run) == "waiting"


def test_an_order_goes_on_once_its_task_is_done(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", REVIEWED), order("JOO-2", UNKNOWN))
    run = orders.run()
    assert orders.answer_tasks(run) == 2
    assert orders.figures(run) == {"fetched": 2, "done": 2}
    assert orders.state(run) == "completed"
    groups = {item["group"] for item in orders.monday.items().values()}
    assert groups == {"ALDER (AU) SPRING SUMMER 2026", "TRAIL CO SPRING SUMMER 2026"}
    assert orders.figures(orders.run()) == {"fetched": 2, "skipped": 2}


def test_an_open_task_is_not_asked_twice(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", REVIEWED))
    first = orders.run()
    second = orders.run()
    assert orders.ends(second) == {"JOO-1": ("skipped", "open_task")}
    assert orders.figures(second) == {"fetched": 1, "skipped": 1}
    assert orders.count("manual_tasks") == 1
    orders.answer_tasks(first)
    assert len(orders.monday.items()) == 1


def test_two_names_of_one_customer_meet(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", "Northwind Clothiers"))
    orders.run()
    orders.source(order("JOO-1", " NW CLOTHIERS "), order("JOO-2", "northwind"))
    run = orders.run()
    assert orders.operations(run)["JOO-2"] == "new"
    assert orders.operations(run).get("JOO-1") in (None, "changed")
    assert orders.figures(run)["fetched"] == 2
    assert len(orders.monday.items()) == 2
    assert orders.snapshots().keys() == {row[0] for row in orders.sql("select key from orders")}


def test_another_name_of_the_same_customer_is_no_change(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", "Northwind Clothiers"))
    orders.run()
    orders.source(order("JOO-1", " NW CLOTHIERS "))
    mutations = orders.monday.calls()["mutations"]
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}
    assert orders.monday.calls()["mutations"] == mutations


def test_a_customers_own_headers_are_read_as_ours(orders: OrdersPipeline) -> None:
    orders.book(
        BOOK.replace(
            "    status: approved\n    shipped: NORTHWIND CLOTHIERS",
            "    status: approved\n    shipped: NORTHWIND CLOTHIERS\n"
            "    column_mapping: {DELIVERY NOTE: NOTES, ARRIVES: ETA CUSTOMER WAREHOUSE DATE}",
        )
    )
    other = {"DELIVERY NOTE": "by the door", "ARRIVES": "2026-05-01"}
    orders.source(order("JOO-1", **other), order("JOO-2", "HARBOR & PINE", **other))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 2}
    mapped, plain = (
        orders.monday.items()[item_name(row)]["values"] for row in (order("JOO-1"), order("JOO-2"))
    )
    assert (mapped["NOTES"], mapped["CUSTOMER REQ IN DC DATE"]) == ("by the door", "2026-05-01")
    assert "NOTES" not in plain
    assert "CUSTOMER REQ IN DC DATE" not in plain


def test_a_change_under_a_customers_own_header_is_seen(orders: OrdersPipeline) -> None:
    """Also where nobody else has the column that the header stands for."""
    orders.book(
        BOOK.replace(
            "    shipped: NORTHWIND CLOTHIERS",
            "    shipped: NORTHWIND CLOTHIERS\n    column_mapping: {ARRIVES: ETA CUSTOMER WAREHOUSE DATE}",
        )
    )
    orders.source(order("JOO-1", ARRIVES="2026-05-01"))
    orders.run()
    orders.source(order("JOO-1", ARRIVES="5/1/2026"))
    assert orders.figures(orders.run()) == {"fetched": 1, "skipped": 1}
    orders.source(order("JOO-1", ARRIVES="2026-06-01"))
    run = orders.run()
    assert orders.operations(run) == {"JOO-1": "changed"}
    assert orders.figures(run) == {"fetched": 1, "done": 1}
    (item,) = orders.monday.items().values()
    assert item["values"]["CUSTOMER REQ IN DC DATE"] == "2026-06-01"


def test_a_customers_own_keys_tell_its_orders_apart(orders: OrdersPipeline) -> None:
    orders.book(
        BOOK.replace(
            "    shipped: NORTHWIND CLOTHIERS",
            "    shipped: NORTHWIND CLOTHIERS\n"
            "    order_key_config: {unique_keys: [AAG ORDER NUMBER, CUSTOMER STYLE]}",
        )
    )
    orders.source(order("JOO-1"), order("JOO-1", "HARBOR & PINE"))
    orders.run()
    moved = {"PO NUMBER": "8148-01"}
    orders.source(order("JOO-1", **moved), order("JOO-1", "HARBOR & PINE", **moved))
    run = orders.run()
    found = orders.sql(
        "select data->>'customer', data->>'operation' from items where run_id = %s order by 1, 2", run
    )
    assert [tuple(row) for row in found] == [
        ("HARBOR & PINE", "deleted"),
        ("HARBOR & PINE", "new"),
        ("NORTHWIND", "changed"),
    ]
    assert orders.figures(run) == {"fetched": 3, "done": 3}


def test_an_order_that_no_board_takes_is_asked_about(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", **{"CUSTOMER SEASON": "RESORT 2031"}))
    run = orders.run()
    assert orders.ends(run) == {"JOO-1": ("manual", "no_board")}
    assert orders.figures(run) == {"fetched": 1, "manual": 1}
    orders.book(f'{BOOK}  - board: "{SPRING}"\n    seasons: ["RESORT 2031"]\n')
    orders.answer_tasks(run)
    assert orders.ends(run) == {"JOO-1": ("done", "pushed")}


def test_a_run_without_a_customer_book_says_what_to_do(orders: OrdersPipeline) -> None:
    orders.sql("delete from customer_books")
    orders.source(order("JOO-1"))
    run = orders.run()
    assert orders.state(run) == "failed"
    assert orders.error(run)["code"] == "no_customer_book"
    assert "shelfline customers load" in orders.error(run)["message"]
    assert orders.figures(run) == {}


def test_an_order_under_a_blank_name_may_be_anybodys_and_nothing_is_taken_for_gone(
    orders: OrdersPipeline,
) -> None:
    orders.source(order("JOO-1"), order("JOO-2"))
    orders.run()
    orders.source(order("JOO-1"), order("JOO-2", ""))
    run = orders.run()
    compared = "select deleted, complete from order_scopes where run_id = %s and scope = 'NORTHWIND'"
    assert orders.sql(compared, run) == [(0, False)]
    assert orders.report(run)["detail"]["missing_and_left_alone"] == {"NORTHWIND": 1}
    assert len(orders.monday.items()) == 2
    orders.source(order("JOO-1"))
    assert orders.figures(orders.run()) == {"fetched": 2, "done": 1, "skipped": 1}
