"""Makers of parts."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, Identifier


class Manufacturer(Base):
    """A maker of parts, or another name of one."""

    __tablename__ = "manufacturers"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    key: Mapped[str]
    """The name, folded so that spellings meet."""
    name: Mapped[str]
    alias_of: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("manufacturers.id"))
    """The maker that this is another name of."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
