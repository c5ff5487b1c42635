"""What became of automation's attempts: the router's statistics."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, Identifier


class PartOutcome(Base):
    """What one source made of one part in one run: reliability by maker, recent failures by part."""

    __tablename__ = "part_outcomes"
    __table_args__ = (
        UniqueConstraint("tenant_id", "item_id", "source"),
        Index("part_outcomes_by_maker", "tenant_id", "manufacturer_key", "at"),
        Index("part_outcomes_failures", "tenant_id", "key", "at", postgresql_where=text("not succeeded")),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    run_id: Mapped[str]
    item_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str]
    manufacturer_key: Mapped[str]
    source: Mapped[str]
    succeeded: Mapped[bool]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=NOW)
