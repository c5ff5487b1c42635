"""Orders: what the boards are known to hold."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, BigInt


class Order(Base):
    """One order on a board, promoted from staging with its customer's batch."""

    __tablename__ = "orders"
    __table_args__ = (
        Index("orders_of_scope", "tenant_id", "scope"),
        Index("orders_by_number", "tenant_id", "order_number"),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    """A UUID made of the natural key."""
    scope: Mapped[str]
    order_number: Mapped[str | None]
    board_id: Mapped[str]
    monday_item_id: Mapped[str | None]
    document: Mapped[dict[str, Any]]
    run_id: Mapped[str]
    promoted_at: Mapped[datetime] = mapped_column(server_default=NOW)
    deleted_at: Mapped[datetime | None]


class OrderLine(Base):
    """One size of an order: a subitem."""

    __tablename__ = "order_lines"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[BigInt]
    monday_subitem_id: Mapped[str | None]
