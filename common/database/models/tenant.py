"""Tenants."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base


class Tenant(Base):
    """One customer; nothing of one tenant is visible to another."""

    __tablename__ = "tenants"
    __table_args__ = (CheckConstraint("id ~ '^[a-z0-9][a-z0-9_-]{0,62}$'", name="id"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    """A short name, fit for a path, a queue and a lane; `default` is there from the start."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
