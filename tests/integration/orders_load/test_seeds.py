"""The sample order books take their turns in the source, each once."""

import io
import json

from common.services import Services
from functions.fetch.orders.loader import OrdersLoader
from infra.local.samples import make_orders
from infra.local.samples.seed import SEEDS
from tests.fakes.any_columns import AnyColumns

ORDERS = SEEDS["orders"]


def test_each_sample_book_is_loaded_after_the_one_before_and_never_again(services: Services) -> None:
    services.warehouse.execute("drop table if exists orders", {})
    assert [load(services) for load in ORDERS[1:]] == [0, 0]
    sizes = list(map(len, make_orders.books()))
    assert [load(services) for load in ORDERS] == sizes
    assert services.warehouse.table("orders").rows == sizes[-1]
    assert [load(services) for load in ORDERS] == [0, 0, 0]


def test_an_order_book_of_ones_own_is_left_alone(services: Services) -> None:
    OrdersLoader(services, AnyColumns()).load(
        io.BytesIO(b"AAG ORDER NUMBER\nJOO-1\n"), file="own.csv", tenant="default"
    )
    assert [load(services) for load in ORDERS] == [0, 0, 0]
    assert services.warehouse.table("orders").rows == 1


def test_the_foreign_file_is_loaded_by_its_mapping(services: Services) -> None:
    mapping = json.loads(make_orders.FOREIGN_MAPPING.read_text())
    with make_orders.FOREIGN.open("rb") as stream:
        told = OrdersLoader(services, AnyColumns()).load(
            stream, file="theirs.csv", tenant="default", mapping=mapping
        )
    assert (told.read, told.rejected, told.rows_now) == (200, 0, 200)
    described = {column.description for column in services.warehouse.table("orders").columns}
    assert {ours for ours in mapping.values() if ours} < described
    assert told.unused_columns == ["Internal Id"]
