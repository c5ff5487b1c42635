"""Staged changes: what is to be pushed."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, NOW, Base, Identifier


class StagedChange(Base):
    """A change of one record at one target, before and after its push; a key has one open change at most."""

    __tablename__ = "staged_changes"
    __table_args__ = (
        UniqueConstraint("item_id", "target"),
        Index(
            "staged_changes_open_once",
            "tenant_id",
            "target",
            "key",
            unique=True,
            postgresql_where=text("state in ('pending', 'approved')"),
        ),
        Index("staged_changes_of_run", "run_id", "state"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    flow: Mapped[str]
    target: Mapped[str]
    key: Mapped[str]
    run_id: Mapped[str]
    item_id: Mapped[int] = mapped_column(BigInteger)
    operation: Mapped[str]
    """create, update or delete."""
    state: Mapped[str]
    """pending (for review), approved, then applied, rejected, failed, superseded or cancelled."""
    base_version: Mapped[str | None]
    """What the target held when the change was made; a push checks that it still does."""
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]
    diff: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    inverse: Mapped[dict[str, Any] | None]
    """What takes it back."""
    reason: Mapped[str | None]
    source_system: Mapped[str | None]
    priority: Mapped[int] = mapped_column(server_default=text("3"))
    """1 is the most urgent."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    created_by: Mapped[str] = mapped_column(server_default="")
    approved_at: Mapped[datetime | None]
    approved_by: Mapped[str | None]
    review_note: Mapped[str | None]
    applied_at: Mapped[datetime | None]
    error: Mapped[str | None]
