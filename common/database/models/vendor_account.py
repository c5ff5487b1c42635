"""Accounts at vendors."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base


class VendorAccount(Base):
    """The account under which a tenant calls one vendor."""

    __tablename__ = "vendor_accounts"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    vendor: Mapped[str] = mapped_column(primary_key=True)
    secret_name: Mapped[str]
    """Where the secret store keeps the credentials; they are never in the database."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
