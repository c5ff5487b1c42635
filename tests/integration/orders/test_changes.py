"""What of an order book reaches the boards: what is new, changed, gone or back, and nothing else."""

from tests.support.orders import OrdersPipeline, item_name, order


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
