"""Runs."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, NOW, WALL_NOW, Base, BigInt


class Run(Base):
    """One pass of a flow over one source."""

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),  # what composite foreign keys point at
        Index("runs_unsettled", "id", postgresql_where=text("state in ('pending', 'running', 'cancelling')")),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    """The flow's name, the time and chance: unique over all tenants, so that a wake-up names it alone."""
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    flow: Mapped[str]
    scope: Mapped[str] = mapped_column(server_default="")
    """What a flow that works on sets takes as one set."""
    mode: Mapped[str]
    """PRODUCTION, or TEST, in which no target can be written."""
    state: Mapped[str] = mapped_column(server_default="pending")
    """pending, running, cancelling, then completed, waiting (for people), failed or cancelled."""
    options: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """What the starter asked for."""
    settings: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """Every setting as it was at the start; later changes do not reach this run."""
    parent_id: Mapped[str | None] = mapped_column(ForeignKey("runs.id"))
    """The run that this one replays or takes back."""
    declared: Mapped[BigInt | None]
    """How many records the source itself says it has."""
    frozen_at: Mapped[datetime] = mapped_column(server_default=NOW)
    """The time up to which decisions look back."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    created_by: Mapped[str] = mapped_column(server_default="")
    started_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    wall_created_at: Mapped[datetime] = mapped_column(server_default=WALL_NOW)
    """Real time, for durations, while business time may be moved."""
    wall_settled_at: Mapped[datetime | None]
    error: Mapped[dict[str, Any] | None]
    """{code, message, ...} of the first thing that makes the run fail."""


Index("runs_newest", Run.tenant_id, Run.created_at.desc())
