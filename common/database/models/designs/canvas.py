"""Canvases of templates, and the sizes on them."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, BigInt, Identifier

_TRUE = text("true")


class CanvasConfig(Base):
    """What designs of a template are printed on. Lengths in inches."""

    __tablename__ = "canvas_configs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "template_id", "name"),
        ForeignKeyConstraint(
            ["tenant_id", "template_id"], ["product_templates.tenant_id", "product_templates.id"]
        ),
        CheckConstraint("width > 0", name="width"),
        CheckConstraint("height > 0", name="height"),
        CheckConstraint("dpi in (150, 200, 300, 400, 500, 600)", name="dpi"),
        CheckConstraint("spacing >= 0", name="spacing"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    template_id: Mapped[BigInt]
    name: Mapped[str]
    width: Mapped[Decimal]
    height: Mapped[Decimal]
    dpi: Mapped[int]
    is_stretch: Mapped[bool] = mapped_column(server_default=text("false"))
    spacing: Mapped[Decimal]
    is_active: Mapped[bool] = mapped_column(server_default=_TRUE)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class SizeConfig(Base):
    """A size of designs on a canvas, in inches."""

    __tablename__ = "size_configs"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "canvas_id", "name"),
        ForeignKeyConstraint(["tenant_id", "canvas_id"], ["canvas_configs.tenant_id", "canvas_configs.id"]),
        CheckConstraint("width > 0", name="width"),
        CheckConstraint("height > 0", name="height"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    canvas_id: Mapped[BigInt]
    name: Mapped[str]
    width: Mapped[Decimal]
    height: Mapped[Decimal]
    is_active: Mapped[bool] = mapped_column(server_default=_TRUE)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
