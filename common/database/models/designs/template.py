"""Product templates, and the numbers of their designs."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import BigInteger, CheckConstraint, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, BigInt, Identifier

TRUE = text("true")


class ProductTemplate(Base):
    """One kind of goods of a shop: what a listing of one of its designs says. Fields are Etsy's own."""

    __tablename__ = "product_templates"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "shop_id", "name"),
        ForeignKeyConstraint(["tenant_id", "shop_id"], ["shops.tenant_id", "shops.id"]),
        CheckConstraint("price > 0", name="price"),
        CheckConstraint("type in ('physical', 'download', 'both')", name="type"),
        CheckConstraint("quantity > 0", name="quantity"),
        CheckConstraint("cardinality(tags) <= 13", name="tags"),
        CheckConstraint("cardinality(materials) <= 13", name="materials"),
        CheckConstraint("item_weight > 0", name="item_weight"),
        CheckConstraint("item_length > 0", name="item_length"),
        CheckConstraint("item_width > 0", name="item_width"),
        CheckConstraint("item_height > 0", name="item_height"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    shop_id: Mapped[BigInt]
    name: Mapped[str]
    template_title: Mapped[str]
    description: Mapped[str]
    price: Mapped[Decimal]
    taxonomy_id: Mapped[BigInt]
    title: Mapped[str]
    family: Mapped[str]
    """Key of `common.shops.family.FAMILIES`."""
    type: Mapped[str]
    quantity: Mapped[int]
    who_made: Mapped[str]
    when_made: Mapped[str]
    tags: Mapped[list[str]]
    materials: Mapped[list[str]]
    shop_section_id: Mapped[int | None] = mapped_column(BigInteger)
    shipping_profile_id: Mapped[int | None] = mapped_column(BigInteger)
    return_policy_id: Mapped[int | None] = mapped_column(BigInteger)
    readiness_state_id: Mapped[int | None] = mapped_column(BigInteger)
    production_partner_ids: Mapped[list[int]]
    item_weight: Mapped[Decimal | None]
    item_weight_unit: Mapped[str | None]
    item_length: Mapped[Decimal | None]
    item_width: Mapped[Decimal | None]
    item_height: Mapped[Decimal | None]
    item_dimensions_unit: Mapped[str | None]
    processing_min: Mapped[int | None]
    """Days."""
    processing_max: Mapped[int | None]
    is_taxable: Mapped[bool | None]
    is_supply: Mapped[bool | None]
    should_auto_renew: Mapped[bool | None]
    is_active: Mapped[bool] = mapped_column(server_default=TRUE)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class DesignNumber(Base):
    """The next number of a design of a shop's template, by the template's name; it never goes back."""

    __tablename__ = "design_numbers"
    __table_args__ = (
        ForeignKeyConstraint(["tenant_id", "shop_id"], ["shops.tenant_id", "shops.id"]),
        CheckConstraint("next > 0", name="next"),
    )

    tenant_id: Mapped[str] = mapped_column(primary_key=True)
    shop_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    template: Mapped[str] = mapped_column(primary_key=True)
    next: Mapped[BigInt]
