"""Order conflicts: keys that a source holds more than once."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import Base


class OrderConflict(Base):
    """Rows of one key with different content: none of them is pushed."""

    __tablename__ = "order_conflicts"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    row_numbers: Mapped[list[int]]
