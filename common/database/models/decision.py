"""Decisions: why a record went to automation or to a person."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import NOW, Base, Identifier


class Decision(Base):
    """What the router said of one item, with everything it looked at, so that it can be decided again."""

    __tablename__ = "decisions"
    __table_args__ = (Index("decisions_of_run", "run_id"),)

    id: Mapped[Identifier]
    tenant_id: Mapped[str]
    run_id: Mapped[str]
    item_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    flow: Mapped[str]
    key: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=NOW)
    route: Mapped[str]
    rule: Mapped[str]
    """The rule that decided."""
    rule_version: Mapped[str]
    reason: Mapped[str]
    priority: Mapped[str]
    confidence: Mapped[float]
    """From 0 to 1: how likely automation is to succeed."""
    features: Mapped[dict[str, Any]]
    """All inputs of the rule."""


Index("decisions_newest", Decision.tenant_id, Decision.flow, Decision.at.desc())
