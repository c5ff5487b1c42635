"""What people call an order: its number, which several orders may share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

_KEYS = """
select key from orders where tenant_id = %s and order_number = %s
union select key from order_staging where tenant_id = %s and order_number = %s order by key
"""


def keys_of(connection: "Connection", tenant: str, text: str) -> list[str]:
    """The keys of the orders with this number, on a board or on their way to one."""
    number = text.strip()
    return list(connection.exec_driver_sql(_KEYS, (tenant, number, tenant, number)).scalars())
