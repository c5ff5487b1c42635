"""Events: everything that is told of a run and its items."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_OBJECT, NOW, Base, BigInt, TransactionId


class Event(Base):
    """Something that happened, told once and never changed; blocks of them are sealed in a chain of hashes.

    The table is partitioned by month and has no primary key, because one would have to hold `at`; ids are
    unique because a single sequence draws them.
    """

    __tablename__ = "events"
    __table_args__ = (
        Index("events_unsealed", "stream", "tx", "id"),
        Index("events_of_item", "item_id", "id", postgresql_where=text("item_id is not null")),
        Index(
            "events_met_twice",
            "tenant_id",
            postgresql_where=text(
                "kind = 'skip' and body->>'reason' in ('duplicate_in_source', 'same_key_other_product')"
            ),
        ),
        {"postgresql_partition_by": "RANGE (at)"},
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True))
    tx: Mapped[TransactionId] = mapped_column(server_default=text("pg_current_xact_id()"))
    """The transaction that told it: below the oldest one still running, nothing can be added any more."""
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    tenant_id: Mapped[str]
    stream: Mapped[str]
    """The run's id, or tenant/<id> for what belongs to no run."""
    item_id: Mapped[BigInt | None]
    step: Mapped[str | None]
    kind: Mapped[str]
    """The outcome of a step, or what happened to the run: run_created, run_settled, step_failed, ..."""
    body: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)

    __mapper_args__ = {"primary_key": [id]}  # noqa: RUF012  # SQLAlchemy reads it from the class
