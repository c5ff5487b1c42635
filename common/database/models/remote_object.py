"""Remote objects: what a target is known to hold of ours."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import Base, BigInt

_LIVE = text("deleted_at is null")


class RemoteObject(Base):
    """One object that we made at a target, or found there and took over; of one key at most one is live."""

    __tablename__ = "remote_objects"
    __table_args__ = (
        Index("remote_objects_live", "tenant_id", "target", "key", unique=True, postgresql_where=_LIVE),
        Index(
            "remote_objects_inside",
            "tenant_id",
            "target",
            "parent",
            postgresql_where=text("deleted_at is null and parent is not null"),
        ),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    incarnation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=text("1"))
    """Rises only after a confirmed delete: a create is unique within one."""
    remote_id: Mapped[str | None]
    effect_id: Mapped[BigInt | None]
    """The effect that created it; none for one taken over."""
    parent: Mapped[str | None]
    """The key of the object it is inside of: when that is deleted, so is this."""
    deleted_at: Mapped[datetime | None]
