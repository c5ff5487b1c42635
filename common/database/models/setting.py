"""Settings of a tenant."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base


class Setting(Base):
    """One setting that a tenant has changed from its default; runs freeze theirs at their start."""

    __tablename__ = "settings"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(JSONB, nullable=False)
    """Any JSON value, checked by the setting's own declaration before it is stored."""
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_by: Mapped[str] = mapped_column(server_default="")
