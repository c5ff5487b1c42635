"""Effects: the ledger of outside writes."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import ZERO, Base, BigInt, Identifier

_IN_FLIGHT = text("state in ('sent', 'unknown')")


class Effect(Base):
    """One write to an outside target; of one key at most one is under way."""

    __tablename__ = "effects"
    __table_args__ = (
        UniqueConstraint("tenant_id", "target", "key", "part", "change_id"),
        Index(
            "effects_one_in_flight",
            "tenant_id",
            "target",
            "key",
            "part",
            unique=True,
            postgresql_where=_IN_FLIGHT,
        ),
        Index("effects_unsettled", "deadline", postgresql_where=_IN_FLIGHT),
        Index("effects_of_item", "item_id", postgresql_where=text("state in ('planned', 'sent', 'unknown')")),
        Index("effects_of_run", "run_id", "target"),
        Index("effects_of_send", "send_id", postgresql_where=text("send_id is not null")),
        Index("effects_of_change", "change_id"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    target: Mapped[str]
    key: Mapped[str]
    part: Mapped[str] = mapped_column(server_default="")
    """Which of several writes for the same record: its images, its stock."""
    change_id: Mapped[int] = mapped_column(BigInteger)
    """The staged change it carries out."""
    item_id: Mapped[BigInt | None]
    run_id: Mapped[str]
    operation: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="planned")
    """planned, sent (committed before the call), then confirmed, refused, or unknown until looked up; dropped unsent."""
    attempt: Mapped[int] = mapped_column(server_default=ZERO)
    send_id: Mapped[BigInt | None]
    """The request it goes out in, where several share one."""
    position: Mapped[int | None]
    """Its place among the members of that request, from 0."""
    parent: Mapped[str | None]
    """Of a create: the key of the object it is made inside, and ends with."""
    content_hash: Mapped[str]
    """A seal over what is written; not part of the identity, since a value may return to an earlier one."""
    inverse: Mapped[dict[str, Any] | None]
    """What the target held just before."""
    deadline: Mapped[datetime | None]
    """Real time before which the request may still land, or a second look-up says no more than the first."""
    in_doubt: Mapped[bool] = mapped_column(server_default=text("false"))
    """An earlier attempt may have landed: a refusal of the latest does not say that nothing was written."""
    sent_at: Mapped[datetime | None]
    not_found_at: Mapped[datetime | None]
    """First look-up without a trace; only a second one is proof."""
    lost: Mapped[int] = mapped_column(server_default=ZERO)
    """How often it went out and was proved to have left no trace; it is planned again once."""
    confirmed_at: Mapped[datetime | None]
    remote_id: Mapped[str | None]
    error: Mapped[str | None]
