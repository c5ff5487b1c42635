"""The customer books of tenants."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base


class CustomerBook(Base):
    """One version of a tenant's customer book; versions are added, never changed."""

    __tablename__ = "customer_books"
    __table_args__ = (CheckConstraint("version > 0", name="version"),)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    file: Mapped[str]
    """The name of the file it was read from."""
    content_hash: Mapped[str]
    """SHA-256 of that file."""
    document: Mapped[dict[str, Any]]
    """`common.customers.CustomerBook.as_json`."""
    loaded_at: Mapped[datetime] = mapped_column(server_default=NOW)
    """From when on it is valid, until the next one is."""
    loaded_by: Mapped[str] = mapped_column(server_default="")
