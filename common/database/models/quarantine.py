"""The quarantine: data that was refused."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, BigInt, Identifier


class QuarantinedRecord(Base):
    """A record of a source that could not be taken, as it came, with everything that is wrong with it."""

    __tablename__ = "quarantine"
    __table_args__ = (
        Index(
            "quarantine_open_once",
            "tenant_id",
            "flow",
            "source",
            text("md5(raw::text)"),
            unique=True,
            postgresql_where=text("state = 'open'"),
        ),
        Index("quarantine_open", "tenant_id", "flow", "id", postgresql_where=text("state = 'open'")),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    flow: Mapped[str]
    run_id: Mapped[str | None]
    source: Mapped[str]
    row_number: Mapped[BigInt | None]
    """Its place in the source, from 1."""
    key: Mapped[str | None]
    problems: Mapped[list[Any]]
    """[{column, reason, ...}]."""
    raw: Mapped[Any] = mapped_column(JSONB, nullable=False)
    """The record as it came."""
    state: Mapped[str] = mapped_column(server_default="open")
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    replayed_by: Mapped[str | None]
    replayed_at: Mapped[datetime | None]
