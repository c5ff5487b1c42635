"""Nothing is taken for gone unless the whole source was read, and every row of the customer could be told apart."""

import csv
import io
from typing import Any

import pytest

from tests.support.orders import HEADERS, OrdersPipeline, Row, item_name, order

HARBOR = "HARBOR & PINE"


@pytest.fixture
def standing(orders: OrdersPipeline) -> OrdersPipeline:
    """Two orders of each of two customers stand on the board."""
    orders.source(order("JOO-1"), order("JOO-2"), order("JOO-3", HARBOR), order("JOO-4", HARBOR))
    orders.run()
    assert len(orders.monday.items()) == 4
    return orders


@pytest.mark.parametrize(
    ("options", "read"),
    [
        ({"customer": "nw clothiers"}, 1),
        ({"po_number": "PO-9"}, 1),
        ({"limit": 2}, 2),
    ],
    ids=["customer", "po_number", "limit"],
)
def test_a_filtered_run_takes_nothing_for_gone(
    standing: OrdersPipeline, options: dict[str, Any], read: int
) -> None:
    standing.source(order("JOO-1", NOTES="changed", **{"PO NUMBER": "PO-9"}), order("JOO-3", HARBOR))
    run = standing.run(**options)
    assert standing.figures(run)["fetched"] == read
    assert "deleted" not in standing.operations(run).values()
    assert not standing.scope(run)["complete"]
    assert len(standing.monday.items()) >= 4
    assert standing.state(run) == "completed"


def test_a_filter_by_customer_finds_every_spelling_of_it_and_nobody_else(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1"), order("JOO-2", " nw Clothiers "), order("JOO-3", HARBOR))
    run = orders.run(customer="Northwind")
    assert orders.ends(run) == {"JOO-1": ("done", "pushed"), "JOO-2": ("done", "pushed")}
    assert orders.figures(run) == {"fetched": 2, "done": 2}


def test_what_a_filtered_run_left_alone_goes_at_the_next_complete_one(standing: OrdersPipeline) -> None:
    standing.source(order("JOO-1"), order("JOO-3", HARBOR))
    standing.run(limit=1)
    run = standing.run()
    assert standing.figures(run) == {"fetched": 4, "done": 2, "skipped": 2}
    assert len(standing.monday.items()) == 2


def test_a_row_without_a_key_keeps_its_customers_orders_from_being_taken_for_gone(
    standing: OrdersPipeline,
) -> None:
    standing.source(order("JOO-1"), order("JOO-9", **{"CUSTOMER STYLE": ""}), order("JOO-3", HARBOR))
    run = standing.run()
    assert standing.figures(run) == {"fetched": 4, "done": 1, "rejected": 1, "skipped": 2}
    assert not standing.scope(run)["complete"]
    assert standing.scope(run, HARBOR)["deleted"] == 1
    assert "deleted" not in standing.scope(run)
    assert [event["scope"] for event in standing.events(run, "scope_incomplete")] == ["NORTHWIND"]
    (kept,) = standing.quarantine()
    assert [(each["column"], each["reason"]) for each in kept["problems"]] == [("CUSTOMER STYLE", "no_key")]
    assert (kept["row_number"], kept["problems"][0]["customer"]) == (3, "NORTHWIND")


def test_a_row_that_could_not_be_read_keeps_every_order_from_being_taken_for_gone(
    standing: OrdersPipeline,
) -> None:
    standing.source_file(_as_file([order("JOO-1")]) + ",".join(["x"] * 40) + "\n")
    run = standing.run()
    assert standing.figures(run) == {"fetched": 2, "rejected": 1, "skipped": 1}
    assert standing.operations(run) == {}
    assert len(standing.monday.items()) == 4
    assert not standing.scope(run, HARBOR)["complete"]


def test_an_object_that_is_missing_fails_the_run_and_nothing_goes(standing: OrdersPipeline) -> None:
    standing.source(order("JOO-1", NOTES="changed"), order("JOO-5"))
    run = standing.begin({"segment_rows": 1})
    standing.deliver(standing.tasks.waiting.pop(0))
    standing.objects.delete(f"orders/{run}/000000000001.csv")
    mutations = standing.monday.calls()["mutations"]
    standing.drive(patience=300)
    standing.audit(run)
    assert standing.state(run) == "failed"
    assert standing.error(run)["code"] == "not_found"
    assert standing.monday.calls()["mutations"] == mutations
    assert standing.figures(run) == {"fetched": 1, "failed": 1}
    assert standing.ends(run) == {"JOO-1": ("failed", "not_compared")}
    assert standing.count("seen") == 0 or (standing.run() and standing.count("seen") == 0)


def test_a_source_that_says_more_rows_than_were_read_fails_the_run(standing: OrdersPipeline) -> None:
    standing.source(order("JOO-1"), order("JOO-5"))
    run = standing.begin()
    standing.deliver(standing.tasks.waiting.pop(0))
    (name,) = [each.name for each in standing.objects.list(f"orders/{run}/")]
    lines = standing.objects.get(name).splitlines(keepends=True)
    standing.objects.put(name, b"".join(lines[:-1]))
    standing.drive(patience=300)
    assert standing.state(run) == "failed"
    assert standing.error(run)["code"] == "incomplete_read"
    assert set(standing.operations(run).values()) <= {"new", "changed"}
    assert len(standing.monday.items()) == 4


def test_a_query_that_fails_is_no_empty_source(standing: OrdersPipeline) -> None:
    standing.warehouse.execute("drop table orders", {})
    run = standing.run()
    assert standing.state(run) == "failed"
    assert standing.figures(run) == {}
    assert len(standing.monday.items()) == 4


def test_an_order_whose_row_has_gone_bad_is_not_taken_for_gone(standing: OrdersPipeline) -> None:
    bad = order("JOO-2", **{"TOTAL QTY": "41"})
    standing.source(order("JOO-1"), bad, order("JOO-3", HARBOR), order("JOO-4", HARBOR))
    run = standing.run()
    assert standing.figures(run) == {"fetched": 4, "rejected": 1, "skipped": 3}
    assert item_name(bad) in standing.monday.items()


def _as_file(rows: list[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, HEADERS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
