"""Categories of parts."""

import uuid
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import Base


class Category(Base):
    """A node of the tree of categories."""

    __tablename__ = "categories"
    __table_args__ = (UniqueConstraint("tenant_id", "full_name"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=text("gen_random_uuid()"))
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("categories.id"))
    path: Mapped[list[Any]]
    """The names from the root down to this one."""
    depth: Mapped[int]
    name: Mapped[str]
    full_name: Mapped[str]
    """The path as one text."""
