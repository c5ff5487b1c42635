"""Tokens of the interface."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, Identifier


class ApiToken(Base):
    """A bearer token that somebody may use; the token itself is stored nowhere."""

    __tablename__ = "api_tokens"

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    """Who or what it was given to."""
    role: Mapped[str]
    """What its holder may do."""
    hash: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the token. Unique over all tenants: the token is what tells the tenant."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    revoked_at: Mapped[datetime | None]
