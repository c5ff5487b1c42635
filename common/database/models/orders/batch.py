"""Order batches: what of one customer one run stages and pushes together."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, ZERO, Base, BigInt, Identifier


class OrderBatch(Base):
    """One customer in one run."""

    __tablename__ = "order_batches"
    __table_args__ = (UniqueConstraint("tenant_id", "run_id", "scope"),)

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    run_id: Mapped[str]
    scope: Mapped[str]
    kind: Mapped[str]
    """CUSTOMER_DELTA, or FULL_BATCH where nothing of the customer was held before."""
    status: Mapped[str] = mapped_column(server_default="STARTED")
    """STARTED, PROCESSING, then COMPLETED, COMPLETED_WITH_ERRORS, FAILED or ROLLED_BACK."""
    orders: Mapped[BigInt] = mapped_column(server_default=ZERO)
    lines: Mapped[BigInt] = mapped_column(server_default=ZERO)
    succeeded: Mapped[BigInt] = mapped_column(server_default=ZERO)
    failed: Mapped[BigInt] = mapped_column(server_default=ZERO)
    started_at: Mapped[datetime] = mapped_column(server_default=NOW)
    staged_at: Mapped[datetime | None]
    promoted_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None]
