"""Shops, and the versions of their files."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, ForeignKeyConstraint, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, NOW, Base, BigInt, Identifier


class Shop(Base):
    """A shop of a tenant, as it is now."""

    __tablename__ = "shops"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "name"),
        UniqueConstraint("tenant_id", "etsy_shop_id"),
        CheckConstraint("etsy_shop_id > 0", name="etsy_shop_id"),
        CheckConstraint("version > 0", name="version"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    name: Mapped[str]
    etsy_shop_id: Mapped[BigInt]
    facts: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """What it has at Etsy: list → [[id, name], …]."""
    version: Mapped[int]
    """Of its file."""
    content_hash: Mapped[str] = mapped_column(
        comment="of the file and pictures that were loaded; empty once anything was changed otherwise"
    )
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class ShopVersion(Base):
    """One load of a shop's file; versions are added, never changed."""

    __tablename__ = "shop_versions"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "shop_id"], ["shops.tenant_id", "shops.id"]),
        CheckConstraint("version > 0", name="version"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1, without gaps."""
    file: Mapped[str]
    content_hash: Mapped[str]
    document: Mapped[dict[str, Any]]
    """`common.shops.shop.Shop.as_json`."""
    loaded_at: Mapped[datetime] = mapped_column(server_default=NOW)
    loaded_by: Mapped[str] = mapped_column(server_default="")
