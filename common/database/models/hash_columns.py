"""Hash columns: what a version of a flow's fingerprints covers."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base


class HashColumns(Base):
    """A version of the list of columns; a column that the source gains counts from the next version on."""

    __tablename__ = "hash_columns"
    __table_args__ = (CheckConstraint("origin in ('source', 'trial', 'file', 'person')", name="origin"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    flow: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    columns: Mapped[list[str]]
    origin: Mapped[str]
    """What has made the list: source (a read of it), trial (one in mode TEST), file (put into its place), person."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    created_by: Mapped[str] = mapped_column(server_default="")
