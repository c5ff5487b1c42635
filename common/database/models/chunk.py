"""Chunks: what one wake-up works on."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, NOW, ZERO, Base, Identifier


class Chunk(Base):
    """Some items of a run that stand before the same step; its members never change."""

    __tablename__ = "chunks"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "run_id"], ["runs.tenant_id", "runs.id"]),
        Index(
            "chunks_live",
            "tenant_id",
            "lane",
            postgresql_where=text("state = 'leased' or (state = 'ready' and woken_at is not null)"),
        ),
        Index("chunks_lease_expired", "lease_until", postgresql_where=text("state = 'leased'")),
        Index(
            "chunks_wake_up_lost",
            "woken_at",
            postgresql_where=text("state = 'ready' and woken_at is not null"),
        ),
        Index("chunks_open_in_run", "run_id", postgresql_where=text("state <> 'closed'")),
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    run_id: Mapped[str]
    step: Mapped[str]
    phase: Mapped[str] = mapped_column(server_default="")
    """A part of the step that comes after another, for example a load after all exports."""
    kind: Mapped[str] = mapped_column(server_default="items")
    """items, or source: a reader with a cursor and no items of its own."""
    lane: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="ready")
    """ready, leased, blocked (behind a barrier) or closed."""
    barrier: Mapped[int | None]
    """The barrier it stands behind; the lowest is released first."""
    strict: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether its barrier also waits for chunks that only wait for a quota."""
    merged: Mapped[bool] = mapped_column(server_default=text("true"))
    """Whether its barrier joins it with the others of its phase."""
    priority: Mapped[float] = mapped_column(server_default=ZERO)
    due_at: Mapped[datetime] = mapped_column(server_default=NOW)
    """Business time before which it is not run."""
    lease_until: Mapped[datetime | None]
    """Real time until which its holder may record."""
    token: Mapped[uuid.UUID | None]
    """Drawn at every claim: who does not know it records nothing."""
    generation: Mapped[int] = mapped_column(server_default=ZERO)
    """How often a wake-up was wanted; part of the name of the queue's task."""
    woken_at: Mapped[datetime | None]
    """Real time at which the wake-up still under way was wanted; null: none is."""
    first_claimed_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(server_default=ZERO)
    """Claims since anything was last recorded."""
    cursor: Mapped[dict[str, Any] | None]
    """How far a source has read."""
    unchanged: Mapped[int] = mapped_column(BigInteger, server_default=ZERO)
    """Records that a source read and counted as skipped, without making an item of each."""
    item_ids: Mapped[list[int]] = mapped_column(server_default=EMPTY_OBJECT)


Index(
    "chunks_to_wake",
    Chunk.tenant_id,
    Chunk.lane,
    Chunk.priority.desc(),
    Chunk.id,
    postgresql_where=text("state = 'ready' and woken_at is null"),
)
