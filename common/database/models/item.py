"""Items: the records on their way."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, ZERO, Base, BigInt, Identifier


class Item(Base):
    """One record of a run's source, on its way through the steps."""

    __tablename__ = "items"
    __table_args__ = (
        UniqueConstraint("run_id", "key"),
        ForeignKeyConstraint(["tenant_id", "run_id"], ["runs.tenant_id", "runs.id"]),
        Index("items_by_key", "tenant_id", "flow", "key"),
        {"postgresql_with": {"fillfactor": 70}},
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    run_id: Mapped[str]
    flow: Mapped[str]
    key: Mapped[str]
    """What the flow knows the record by; one met again is kept as key~row."""
    step: Mapped[str]
    phase: Mapped[str] = mapped_column(server_default="")
    state: Mapped[str] = mapped_column(server_default="ready")
    """Moving: ready, recorded; held: waiting, manual; ended: done, skipped, rejected, failed, cancelled."""
    outcome: Mapped[str | None]
    """What the last step said of it."""
    reason: Mapped[str | None]
    chunk_id: Mapped[BigInt | None]
    """The one open chunk it is in; null when it has ended or waits for a person."""
    next_step: Mapped[str | None]
    """Where it goes when its chunk closes, as the other next_* columns say."""
    next_phase: Mapped[str | None]
    next_lane: Mapped[str | None]
    next_due: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=ZERO)
    """Failed attempts at this step."""
    priority: Mapped[float] = mapped_column(server_default=ZERO)
    data: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """What the steps hand on to each other."""


class ItemPart(Base):
    """One of several pieces that a step fetches for an item, kept until the item is whole."""

    __tablename__ = "item_parts"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    item_id: Mapped[BigInt] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[str] = mapped_column(primary_key=True)
    data: Mapped[dict[str, Any]]
