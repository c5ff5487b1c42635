"""Quotas: budgets of vendor accounts."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, ZERO, Base, Identifier


class Quota(Base):
    """One limit of a vendor account and what was taken of it; `common.quotas` says what the kinds mean."""

    __tablename__ = "quotas"
    __table_args__ = ({"postgresql_with": {"fillfactor": 50}},)

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    """bucket, fixed, sliding, concurrency or interval."""
    capacity: Mapped[float]
    rate: Mapped[float] = mapped_column(server_default=ZERO)
    """Units a second that flow back into a bucket; seconds between two calls of an interval."""
    window_seconds: Mapped[float] = mapped_column(server_default=ZERO)
    bucket_seconds: Mapped[float] = mapped_column(server_default=ZERO)
    """How finely a sliding window is counted."""
    level: Mapped[float] = mapped_column(server_default=ZERO)
    """What a bucket held at `since`."""
    used: Mapped[float] = mapped_column(server_default=ZERO)
    """What counted as taken at `since`."""
    since: Mapped[datetime]
    """Business time at which the row was last booked."""
    buckets: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """Of a sliding window: number of the bucket since the epoch -> what was taken in it."""
    blocked_until: Mapped[datetime | None]
    """The vendor said so."""
    reported_at: Mapped[datetime | None]
    """The vendor's own time of its last report; an older one is not taken."""


class QuotaHold(Base):
    """What is held of a `concurrency` dimension, until it is given back or expires."""

    __tablename__ = "quota_holds"
    __table_args__ = (Index("quota_holds_of_account", "tenant_id", "account", "dimension", "expires_at"),)

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    account: Mapped[str]
    dimension: Mapped[str]
    grant_id: Mapped[uuid.UUID | None]
    """The grant that a refund frees; null for what the vendor reported."""
    amount: Mapped[float]
    expires_at: Mapped[datetime]
    """Real time: a holder that died frees it then."""
