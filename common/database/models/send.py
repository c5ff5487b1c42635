"""Sends: frozen requests."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, ZERO, Base, Identifier


class Send(Base):
    """Several effects in one request, frozen before sending: a retry repeats the bytes under the same key."""

    __tablename__ = "sends"
    __table_args__ = (UniqueConstraint("tenant_id", "target", "idempotency_key"),)

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    target: Mapped[str]
    run_id: Mapped[str]
    chunk_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(server_default="planned")
    """planned, sent, then confirmed or refused as a whole, or settled one by one; dropped unsent."""
    idempotency_key: Mapped[str]
    """Made of its members: the same effects give the same send."""
    body_object: Mapped[str | None]
    """Where a big frozen body is stored."""
    body: Mapped[str | None]
    """A small frozen body, until the send has ended."""
    body_hash: Mapped[str]
    attempt: Mapped[int] = mapped_column(server_default=ZERO)
    member_count: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    sent_at: Mapped[datetime | None]
    """When it first went out, in business time: a vendor remembers its key for so long from then."""
    settled_at: Mapped[datetime | None]
    error: Mapped[str | None]
