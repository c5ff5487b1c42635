"""What belongs to a part, one row each; gone with the part."""

from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, Base


class _Detail(Base):
    """What all of them share: the part, and where the fact is from."""

    __abstract__ = True

    tenant_id: Mapped[str] = mapped_column(primary_key=True, sort_order=-3)
    part_id: Mapped[int] = mapped_column(
        BigInteger,
        ForeignKey("parts.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
        sort_order=-2,
    )
    source: Mapped[str]
    """The source that says so."""


class PartNumber(_Detail):
    """Another number under which a part is sold or known."""

    __tablename__ = "part_numbers"

    name: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    source_url: Mapped[str | None]
    notes: Mapped[str | None]


class PartAttribute(_Detail):
    """A technical property of a part."""

    __tablename__ = "part_attributes"

    name: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    value_text: Mapped[str]
    """The value as the source writes it, unit included."""
    value_number: Mapped[Decimal | None]
    """The same as a number in `unit`, where it can be read as one."""
    unit: Mapped[str | None]
    source_url: Mapped[str | None]
    notes: Mapped[str | None]


class PartDocument(_Detail):
    """A data sheet, picture or other document of a part."""

    __tablename__ = "part_documents"

    url: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    type: Mapped[str]
    description: Mapped[str | None]


class PartSeller(_Detail):
    """Somebody who sells a part."""

    __tablename__ = "part_sellers"

    name: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    type: Mapped[str]
    offer: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    """Prices, stock and conditions, as the seller states them."""


class PartExtra(_Detail):
    """Anything else a source says of a part."""

    __tablename__ = "part_extras"

    name: Mapped[str] = mapped_column(primary_key=True, sort_order=-1)
    value: Mapped[str]
    source_url: Mapped[str | None]
