"""Seals: the chain over the events."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, TransactionId


class Seal(Base):
    """A closed block of events of one stream, chained by its hash to the block before."""

    __tablename__ = "seals"

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    stream: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without a gap."""
    event_ids: Mapped[list[int]]
    """In the order in which the hash takes them; a reader's place is block and index."""
    horizon: Mapped[TransactionId]
    """Every event of a transaction below it is in this block or an earlier one."""
    previous_hash: Mapped[str]
    hash: Mapped[str]
    """SHA-256 of the previous hash and the text of every event."""
    sealed_at: Mapped[datetime] = mapped_column(server_default=NOW)
