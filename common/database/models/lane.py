"""Lanes: where chunks queue."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import Base, BigInt


class Lane(Base):
    """A queue of chunks that share a limit: a step of a run, a vendor account, a host."""

    __tablename__ = "lanes"
    __table_args__ = (CheckConstraint("width > 0", name="width"), {"postgresql_with": {"fillfactor": 70}})

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    width: Mapped[int | None]
    """How many chunks may run at once; null: no limit of its own."""
    open_at: Mapped[datetime | None]
    """Closed until then, by a quota, a block or a person."""
    wait_reason: Mapped[str | None]
    paused: Mapped[bool] = mapped_column(server_default=text("false"))


class LaneSlot(Base):
    """One place of a lane with a width; a chunk that runs there holds it."""

    __tablename__ = "lane_slots"
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    lane: Mapped[str] = mapped_column(primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1; those above the lane's width stand empty after it was narrowed."""
    chunk_id: Mapped[BigInt | None]
    lease_until: Mapped[datetime | None]
    """Real time; a holder that died frees its slot then."""
