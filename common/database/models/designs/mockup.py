"""Mock-ups of templates: their pictures, and the masks of each."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    Boolean,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, BigInt, Identifier

_EMPTY = text("''")


class Mockup(Base):
    """A set of pictures on which the designs of a template are shown."""

    __tablename__ = "mockups"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        UniqueConstraint("tenant_id", "template_id", "name"),
        ForeignKeyConstraint(
            ["tenant_id", "template_id"], ["product_templates.tenant_id", "product_templates.id"]
        ),
        CheckConstraint("starting_name > 0", name="starting_name"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    template_id: Mapped[BigInt]
    name: Mapped[str]
    starting_name: Mapped[int]
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class MockupImage(Base):
    """One picture; those of a mock-up are in the order of their ids."""

    __tablename__ = "mockup_images"
    __table_args__ = (
        UniqueConstraint("tenant_id", "id"),
        ForeignKeyConstraint(["tenant_id", "mockup_id"], ["mockups.tenant_id", "mockups.id"]),
        CheckConstraint("width > 0", name="width"),
        CheckConstraint("height > 0", name="height"),
        Index("mockup_images_by_mockup", "tenant_id", "mockup_id"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    mockup_id: Mapped[BigInt]
    filename: Mapped[str]
    width: Mapped[int]
    """Pixels of the picture on which the masks were drawn."""
    height: Mapped[int]
    image_type: Mapped[str]
    watermark: Mapped[str] = mapped_column(server_default=_EMPTY)
    file_path: Mapped[str]
    """The object that holds the picture."""
    watermark_path: Mapped[str] = mapped_column(server_default=_EMPTY)
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


class MaskData(Base):
    """The masks of one image: three lists of equal length."""

    __tablename__ = "mask_data"
    __table_args__ = (
        UniqueConstraint("tenant_id", "image_id"),
        ForeignKeyConstraint(
            ["tenant_id", "image_id"], ["mockup_images.tenant_id", "mockup_images.id"], ondelete="CASCADE"
        ),
        CheckConstraint(
            "jsonb_array_length(masks) = cardinality(is_cropped) and cardinality(is_cropped) = cardinality(alignment)",
            name="lengths",
        ),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    image_id: Mapped[BigInt]
    masks: Mapped[list[Any]]
    """Polygons: [[[x, y], …], …] in pixels of the picture."""
    is_cropped: Mapped[list[bool]] = mapped_column(ARRAY(Boolean()))
    alignment: Mapped[list[str]]
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
