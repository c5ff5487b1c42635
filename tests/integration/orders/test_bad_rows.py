"""A row that cannot be read is named by row, column and customer, kept once, and the rest goes on."""

import pytest

from tests.support.orders import OrdersPipeline, order

BAD = [
    ({"TOTAL QTY": "41"}, "TOTAL QTY", "total_mismatch"),
    ({"S": "a dozen"}, "S", "not_a_number"),
    ({"S": "-1", "TOTAL QTY": "29"}, "S", "negative"),
    ({"M": "30.5"}, "M", "not_whole"),
    ({"EX FACTORY DATE": "next week"}, "EX FACTORY DATE", "not_a_date"),
    ({"CUSTOMER PRICE": "€14.50"}, "CUSTOMER PRICE", "not_a_number"),
    ({"ORDER TYPE": "DREAMT"}, "ORDER TYPE", "unknown_order_type"),
    ({"CUSTOMER STYLE": "x" * 300}, "CUSTOMER STYLE", "too_long"),
]


@pytest.mark.parametrize(("columns", "column", "reason"), BAD, ids=[reason for _, _, reason in BAD])
def test_a_bad_row_is_named_kept_once_and_the_rest_goes_on(
    orders: OrdersPipeline, columns: dict[str, str], column: str, reason: str
) -> None:
    orders.source(order("JOO-1"), order("JOO-2", "NW CLOTHIERS", **columns))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "rejected": 1}
    assert set(orders.monday.items()) == {"JWHD100120WHITEJOO-1"}
    orders.source(order("JOO-0"), order("JOO-1"), order("JOO-2", "NW CLOTHIERS", **columns))
    again = orders.run()
    assert orders.figures(again) == {"fetched": 3, "done": 1, "skipped": 1, "rejected": 1}
    (kept,) = orders.quarantine()
    assert kept["row_number"] == 4
    told = [(each["column"], each["reason"], each["row"], each["customer"]) for each in kept["problems"]]
    assert told == [(column, reason, 4, "NORTHWIND")]
    assert all(each["detail"] for each in kept["problems"])


def test_pieces_in_a_size_nobody_knows_are_not_lost(orders: OrdersPipeline) -> None:
    headers = list(order())
    headers.insert(headers.index("TOTAL QTY"), "JUMBO")
    bad = order("JOO-1", JUMBO="5")
    empty = order("JOO-2", JUMBO="0")
    orders.source(bad, empty, columns=headers)
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "rejected": 1}
    (kept,) = orders.quarantine()
    assert [(each["column"], each["reason"]) for each in kept["problems"]] == [("JUMBO", "unknown_size")]


def test_a_bad_row_that_is_mended_goes_on(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", **{"TOTAL QTY": "1"}))
    orders.run()
    orders.source(order("JOO-1"))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "done": 1}


def test_everything_that_is_wrong_with_a_row_is_told_at_once(orders: OrdersPipeline) -> None:
    orders.source(order("JOO-1", **{"S": "many", "EX FACTORY DATE": "soon"}))
    run = orders.run()
    assert orders.figures(run) == {"fetched": 1, "rejected": 1}
    (kept,) = orders.quarantine()
    assert {each["column"] for each in kept["problems"]} == {"S", "EX FACTORY DATE"}


def test_letters_that_postgres_refuses_do_not_stop_a_run(orders: OrdersPipeline) -> None:
    orders.source(
        order("JOO-1", NOTES="tea\x00pot \\N \t \N{PILE OF POO}"), order("JOO-2", "NO\\BODY \N{SNOWMAN}")
    )
    run = orders.run()
    assert orders.figures(run) == {"fetched": 2, "done": 1, "manual": 1}
    (item,) = orders.monday.items().values()
    assert item["values"]["NOTES"] == "teapot \\N \t \N{PILE OF POO}"
