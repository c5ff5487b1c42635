"""The history of runs, as reports read it."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, Base, Identifier


class SyncHistory(Base):
    """One settling of a run; a run that people take up again settles more than once."""

    __tablename__ = "sync_history"

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    run_id: Mapped[str]
    sync_type: Mapped[str]
    """The flow."""
    start_time: Mapped[datetime | None]
    end_time: Mapped[datetime]
    total_items: Mapped[int] = mapped_column(BigInteger)
    successful_items: Mapped[int] = mapped_column(BigInteger)
    failed_items: Mapped[int] = mapped_column(BigInteger)
    """Failed and rejected ones."""
    error_details: Mapped[dict[str, Any] | None]
    metrics: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)


Index("sync_history_newest", SyncHistory.tenant_id, SyncHistory.end_time.desc())
