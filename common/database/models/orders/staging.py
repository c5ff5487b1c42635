"""Order staging: what a batch is about to push, and what came of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, ZERO, Base, BigInt


class StagedOrder(Base):
    """One order on its way to a board."""

    __tablename__ = "order_staging"
    __table_args__ = (
        Index("order_staging_of_batch", "tenant_id", "run_id", "scope"),
        Index("order_staging_left", "tenant_id", "key", postgresql_where=text("status = 'API_SUCCESS'")),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    item_id: Mapped[BigInt] = mapped_column(primary_key=True, autoincrement=False)
    run_id: Mapped[str]
    scope: Mapped[str]
    key: Mapped[str]
    operation: Mapped[str]
    """create, update or delete."""
    status: Mapped[str] = mapped_column(server_default="PENDING")
    """PENDING, then API_SUCCESS or API_FAILED, then PROMOTED; ROLLED_BACK with its whole batch."""
    board_id: Mapped[str]
    order_number: Mapped[str | None]
    document: Mapped[dict[str, Any] | None]
    """What the board is to hold; null for a deleted order."""
    document_hash: Mapped[str | None]
    lines_total: Mapped[BigInt] = mapped_column(server_default=ZERO)
    """Pieces over all sizes, as the source's own total has it."""
    source_hash: Mapped[str | None]
    hash_version: Mapped[int]
    monday_item_id: Mapped[str | None]
    error: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class StagedOrderLine(Base):
    """One size of a staged order."""

    __tablename__ = "order_line_staging"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    item_id: Mapped[BigInt] = mapped_column(primary_key=True, autoincrement=False)
    size: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[BigInt]
    operation: Mapped[str]
    """create, update, archive, or keep where the board holds it already."""
    status: Mapped[str] = mapped_column(server_default="PENDING")
    monday_subitem_id: Mapped[str | None]
