"""Snapshots: what we know of a record at a target."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, Base


class Snapshot(Base):
    """The last version of a record that was considered, and the last one its target is known to hold."""

    __tablename__ = "snapshots"
    __table_args__ = (
        Index(
            "snapshots_of_scope",
            "tenant_id",
            "flow",
            "target",
            "scope",
            postgresql_where=text("deleted_at is null"),
        ),
        {"postgresql_with": {"fillfactor": 80}},
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    flow: Mapped[str] = mapped_column(primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    considered_hash: Mapped[str | None]
    """Moves with any verdict: the same content is not looked at again."""
    target_hash: Mapped[str | None]
    """Moves when a push is confirmed."""
    target_doc: Mapped[dict[str, Any] | None]
    hash_version: Mapped[int]
    """The rules under which the hashes were made; they are compared under the same ones only."""
    columns: Mapped[list[str]] = mapped_column(server_default=EMPTY_OBJECT)
    """The columns the source had: one that is new is no change of every record."""
    considered_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    scope: Mapped[str] = mapped_column(server_default="")
    """What must be read completely before a record counts as gone: a customer, for example."""
    deleted_at: Mapped[datetime | None]
    """Since when the target holds it no more; the row stays, so that it is known if it comes back."""
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
