"""An order is found by what people call it."""

from functions.stage.orders.names import keys_of
from tests.support.orders import OrdersPipeline

_ORDER = """
insert into orders (tenant_id, key, scope, order_number, board_id, document, run_id) values ('default', %s, 'NORTHWIND', %s, '1', '{}', 'r')
"""


def test_all_orders_of_a_number_are_found(orders: OrdersPipeline) -> None:
    with orders.services.database.transaction() as connection:
        for key, number in (("a", "JOO-1"), ("b", "JOO-1"), ("c", "JOO-2")):
            connection.exec_driver_sql(_ORDER, (key, number))
        assert keys_of(connection, "default", " JOO-1 ") == ["a", "b"]
        assert keys_of(connection, "default", "JOO-3") == []
