"""Remote objects: what a target is known to hold of ours."""

from datetime import datetime

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import Base, BigInt


class RemoteObject(Base):
    """One object that we made at a target."""

    __tablename__ = "remote_objects"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    target: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    incarnation: Mapped[int] = mapped_column(primary_key=True, autoincrement=False, server_default=text("1"))
    """Rises only after a confirmed delete: a create is unique within one."""
    remote_id: Mapped[str | None]
    effect_id: Mapped[BigInt | None]
    """The effect that created it."""
    deleted_at: Mapped[datetime | None]
