"""Parts: the catalogue's records."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, NOW, Base, Identifier


class Part(Base):
    """One part of one maker, as it was last pushed."""

    __tablename__ = "parts"
    __table_args__ = (UniqueConstraint("tenant_id", "key"),)

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    key: Mapped[str]
    """Maker and number, folded so that spellings meet."""
    part_number: Mapped[str]
    manufacturer_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("manufacturers.id"))
    category_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("categories.id"))
    source_product_id: Mapped[str | None]
    """What the source of the enrichment calls it."""
    description: Mapped[str | None]
    lifecycle_status: Mapped[str | None]
    provenance: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """Field -> where its value is from."""
    content_hash: Mapped[str]
    hash_version: Mapped[int]
    version: Mapped[int] = mapped_column(server_default=text("1"))
    """Rises with every push that changes it; a staged change names the one it is based on."""
    enriched_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)


Index("parts_by_number", Part.tenant_id, func.lower(Part.part_number))
