"""The index of what designs look like, and what people have said of pairs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import BIT
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.naming import conv

from common.database.models.base import NOW, Base

_C = Text(collation="C")
_HASHES = (("phash", 256, 11), ("dhash", 256, 11), ("phash_small", 64, 3), ("dhash_small", 64, 3))
"""Each hash with its bits and the bands that it is cut into."""


def _band_indexes() -> tuple[Index, ...]:
    return tuple(
        Index(f"design_hashes_{name}_{band}", text(_band(name, bits, bands, band)))
        for name, bits, bands in _HASHES
        for band in range(bands)
    )


def _band(name: str, bits: int, bands: int, band: int) -> str:
    """The expression of 0003_designs_index.sql: the first bits % bands bands have one bit more than the others."""
    first = 1 + bits // bands * band + min(band, bits % bands)
    width = bits // bands + (band < bits % bands)
    shown = f"case when not is_flat then {name} end"
    return f"shelfline_band_v1(tenant_id, hash_version, {shown}, {first}, {width})"


class DesignHash(Base):
    """The hashes of a design under one version of fingerprints, dealt to bands; a flat one is in no band."""

    __tablename__ = "design_hashes"
    __table_args__ = (
        CheckConstraint("content_hash ~ '^[0-9a-f]{64}$'", name="content_hash"),
        *_band_indexes(),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    design_id: Mapped[UUID] = mapped_column(primary_key=True)
    hash_version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content_hash: Mapped[str] = mapped_column(_C)
    phash: Mapped[str] = mapped_column(
        BIT(256), comment="dealt to 11 bands: see functions.hash.designs.dealing"
    )
    dhash: Mapped[str] = mapped_column(BIT(256))
    phash_small: Mapped[str] = mapped_column(BIT(64))
    dhash_small: Mapped[str] = mapped_column(BIT(64))
    is_flat: Mapped[bool] = mapped_column(
        comment="it says too little: it is in no band, so no search finds it"
    )
    indexed_at: Mapped[datetime] = mapped_column(server_default=NOW)


class DuplicateVerdict(Base):
    """What a person has said of two designs, by their content."""

    __tablename__ = "duplicate_verdicts"
    __table_args__ = (
        CheckConstraint("low_hash ~ '^[0-9a-f]{64}$'", name="low_hash"),
        CheckConstraint("high_hash ~ '^[0-9a-f]{64}$'", name="high_hash"),
        CheckConstraint("verdict in ('same', 'different')", name="verdict"),
        CheckConstraint("low_hash < high_hash", name=conv("duplicate_verdicts_check")),
    )

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    low_hash: Mapped[str] = mapped_column(_C, primary_key=True)
    high_hash: Mapped[str] = mapped_column(_C, primary_key=True)
    verdict: Mapped[str]
    decided_by: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(server_default=NOW)
