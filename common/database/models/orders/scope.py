"""Order scopes: what a run found of one customer."""

from sqlalchemy import ForeignKey, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import Base, BigInt


class OrderScope(Base):
    """Figures of one customer in one run, and what the guard against mass changes says to them."""

    __tablename__ = "order_scopes"

    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    """The canonical customer."""
    held: Mapped[BigInt]
    """Orders that the boards were known to hold before."""
    read: Mapped[BigInt]
    unchanged: Mapped[BigInt]
    new: Mapped[BigInt]
    changed: Mapped[BigInt]
    deleted: Mapped[BigInt]
    reappeared: Mapped[BigInt]
    left_alone: Mapped[BigInt] = mapped_column(server_default=text("0"))
    """Orders that were not found, and are not taken for gone: a row of the customer, or of nobody, could not be told apart."""
    complete: Mapped[bool]
    """Whether every row of the customer could be read: only then what is not there is gone."""
    guarded: Mapped[bool]
    """Whether more would change than the guard lets pass, so that a person looks first."""
    overridden_by: Mapped[str | None]
    """Who let it pass, once."""
    same_set: Mapped[bool]
    """Whether the set of fingerprints is the one that was held: true exactly when nothing is new, changed, gone or back."""
