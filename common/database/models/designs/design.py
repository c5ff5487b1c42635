"""Designs, what they look like, what was made of them, and where they are sold."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_LIST, NOW, Base, BigInt

_NOTHING = text("''")
_FALSE = text("false")
_STATES = "'hashed', 'near', 'reference', 'unique', 'stored', 'listed', 'refused', 'withdrawn'"


class Design(Base):
    """What is unique of the uploads, by the content of its picture."""

    __tablename__ = "designs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "trial", "content_hash"),
        CheckConstraint(f"state in ({_STATES})", name="state"),
        Index("designs_newest", "tenant_id", text("created_at desc"), postgresql_where=text("trial = ''")),
        Index("designs_of_item", "tenant_id", "item_id"),
        Index("designs_of_trial", "tenant_id", "trial", postgresql_where=text("trial <> ''")),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    trial: Mapped[str] = mapped_column(server_default=_NOTHING)
    """The run in mode TEST that it is only for; empty for one that stays."""
    content_hash: Mapped[str]
    file_id: Mapped[BigInt]
    run_id: Mapped[str]
    item_id: Mapped[BigInt]
    """Who works on it: other items of the same content are copies."""
    filename: Mapped[str]
    object_name: Mapped[str]
    size: Mapped[BigInt]
    kind: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    has_alpha: Mapped[bool]
    is_flat: Mapped[bool]
    notes: Mapped[list[Any]] = mapped_column(server_default=EMPTY_LIST)
    phash: Mapped[str]
    """64 hexadecimal digits, as imagehash writes them."""
    dhash: Mapped[str]
    state: Mapped[str] = mapped_column(server_default=text("'hashed'"))
    shop: Mapped[str | None]
    template: Mapped[str | None]
    mockup: Mapped[str | None]
    number: Mapped[int | None] = mapped_column(BigInteger)
    stored_name: Mapped[str | None]
    is_digital: Mapped[bool] = mapped_column(server_default=_FALSE)
    description: Mapped[str | None]
    tags: Mapped[list[Any]] = mapped_column(server_default=EMPTY_LIST)
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class DesignMatch(Base):
    """Two designs that look alike; the distances are bits."""

    __tablename__ = "design_matches"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "design_id"], ["designs.tenant_id", "designs.id"], ondelete="cascade"
        ),
        ForeignKeyConstraint(
            ["tenant_id", "other_id"], ["designs.tenant_id", "designs.id"], ondelete="cascade"
        ),
        Index("design_matches_of_other", "tenant_id", "other_id"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    design_id: Mapped[UUID] = mapped_column(primary_key=True)
    other_id: Mapped[UUID] = mapped_column(primary_key=True)
    variant: Mapped[str]
    phash_distance: Mapped[int]
    dhash_distance: Mapped[int]
    found_at: Mapped[datetime] = mapped_column(server_default=NOW)


class DesignObject(Base):
    """A file that was made of a design: the print at position 0, mockups after it."""

    __tablename__ = "design_objects"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "design_id"], ["designs.tenant_id", "designs.id"], ondelete="cascade"
        ),
        CheckConstraint('"position" >= 0', name="position"),
        CheckConstraint("kind in ('print', 'mockup')", name="kind"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    design_id: Mapped[UUID] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    name: Mapped[str]
    generation: Mapped[BigInt]
    size: Mapped[BigInt]
    media_type: Mapped[str]
    width: Mapped[int]
    height: Mapped[int]
    stored_at: Mapped[datetime] = mapped_column(server_default=NOW)


class Listing(Base):
    """What stands at a shop of a design."""

    __tablename__ = "listings"
    __table_args__ = (
        ForeignKeyConstraint(
            ["tenant_id", "design_id"], ["designs.tenant_id", "designs.id"], ondelete="cascade"
        ),
        CheckConstraint("state in ('draft', 'deleted')", name="state"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    design_id: Mapped[UUID] = mapped_column(primary_key=True)
    platform: Mapped[str] = mapped_column(primary_key=True, server_default=text("'etsy'"))
    listing_id: Mapped[str]
    state: Mapped[str]
    url: Mapped[str | None]
    sku: Mapped[str | None]
    run_id: Mapped[str]
    listed_at: Mapped[datetime] = mapped_column(server_default=NOW)
    deleted_at: Mapped[datetime | None]
