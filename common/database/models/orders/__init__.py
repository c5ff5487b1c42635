"""The tables of the orders flow."""

from common.database.models.orders.batch import OrderBatch
from common.database.models.orders.conflict import OrderConflict
from common.database.models.orders.order import Order, OrderLine
from common.database.models.orders.scope import OrderScope
from common.database.models.orders.staging import StagedOrder, StagedOrderLine

__all__ = [
    "Order",
    "OrderBatch",
    "OrderConflict",
    "OrderLine",
    "OrderScope",
    "StagedOrder",
    "StagedOrderLine",
]
