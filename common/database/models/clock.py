"""Virtual time."""

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import ZERO, Base


class Clock(Base):
    """The one row that says how far business time is ahead of real time; it only moves forward."""

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint("single_row", name="single_row"),
        CheckConstraint("offset_seconds >= 0", name="offset_seconds"),
    )

    single_row: Mapped[bool] = mapped_column(primary_key=True, server_default=text("true"))
    """Always true: the key that allows one row only."""
    offset_seconds: Mapped[float] = mapped_column(server_default=ZERO)
    """0 in production, where nothing moves it."""
