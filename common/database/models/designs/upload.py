"""Uploads, and the files of each."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, NOW, Base, BigInt

_FALSE = text("false")
_RANDOM = text("gen_random_uuid()")


class UploadSession(Base):
    """One upload; a run takes it up once it is closed."""

    __tablename__ = "upload_sessions"
    __table_args__ = (
        CheckConstraint("state in ('open', 'closed', 'abandoned')", name="state"),
        Index(
            "upload_sessions_to_take",
            "tenant_id",
            "created_at",
            postgresql_where=text("state = 'closed' and run_id is null"),
        ),
        Index("upload_sessions_of_run", "tenant_id", "run_id", postgresql_where=text("run_id is not null")),
        Index("upload_sessions_open", "announced_at", postgresql_where=text("state = 'open'")),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=_RANDOM)
    state: Mapped[str] = mapped_column(server_default=text("'open'"))
    run_id: Mapped[str | None]
    is_reference: Mapped[bool] = mapped_column(server_default=_FALSE)
    choices: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """What was said for all of its files; see common.uploads.choices."""
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    created_by: Mapped[str] = mapped_column(server_default=text("''"))
    announced_at: Mapped[datetime] = mapped_column(server_default=NOW)
    """When files were last announced: one that is open for long after that is abandoned."""
    closed_at: Mapped[datetime | None]


class UploadFile(Base):
    """One file of an upload."""

    __tablename__ = "upload_files"
    __table_args__ = (
        UniqueConstraint("tenant_id", "session_id", "number"),
        ForeignKeyConstraint(
            ["tenant_id", "session_id"], ["upload_sessions.tenant_id", "upload_sessions.id"]
        ),
        CheckConstraint("number > 0", name="number"),
        CheckConstraint("size >= 0", name="size"),
        CheckConstraint("state in ('expected', 'stored', 'missing')", name="state"),
        CheckConstraint("file_hash ~ '^[0-9a-f]{64}$'", name="file_hash"),
        Index("upload_files_by_hash", "tenant_id", "file_hash", postgresql_where=text("is_read")),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    session_id: Mapped[UUID]
    number: Mapped[int]
    """From 1, within its upload."""
    filename: Mapped[str]
    size: Mapped[BigInt]
    media_type: Mapped[str]
    object_name: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'expected'"))
    problem: Mapped[str | None]
    file_hash: Mapped[str | None]
    """SHA-256 of its bytes: the client's word until it was read."""
    is_read: Mapped[bool] = mapped_column(server_default=_FALSE)
    content_hash: Mapped[str | None]
