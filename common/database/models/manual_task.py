"""Manual tasks: what people do."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from common.database.models.base import EMPTY_LIST, EMPTY_OBJECT, NOW, ZERO, Base, BigInt, Identifier

_OPEN = text("state in ('open', 'claimed')")


class ManualTask(Base):
    """A record that waits for a person's answer; a key has one open task at most."""

    __tablename__ = "manual_tasks"
    __table_args__ = (
        Index("manual_tasks_open_once", "tenant_id", "flow", "key", unique=True, postgresql_where=_OPEN),
        Index("manual_tasks_of_run", "run_id"),
    )

    id: Mapped[Identifier]
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id"))
    flow: Mapped[str]
    key: Mapped[str]
    run_id: Mapped[str | None]
    item_id: Mapped[BigInt | None]
    """The item that goes on once the task is answered; null for a task that a person made."""
    task_type: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    """open, claimed, then completed, rejected, skipped or cancelled."""
    priority: Mapped[str]
    priority_score: Mapped[float] = mapped_column(server_default=text("0.5"))
    """The order in which tasks are handed out; highest first."""
    confidence: Mapped[float] = mapped_column(server_default=ZERO)
    reason: Mapped[str]
    """Why automation did not do it."""
    record: Mapped[dict[str, Any]] = mapped_column(server_default=EMPTY_OBJECT)
    evidence: Mapped[list[Any]] = mapped_column(server_default=EMPTY_LIST)
    """What automation found before it gave up."""
    error: Mapped[str | None]
    answer: Mapped[dict[str, Any] | None]
    resume_step: Mapped[str] = mapped_column(server_default="stage")
    """The step at which the item goes on."""
    claimed_by: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    """Business time at which a claimed task goes back to the others."""
    fence: Mapped[int] = mapped_column(server_default=ZERO)
    """Rises at every claim: an answer under an older one is refused."""
    editor: Mapped[str | None]
    note: Mapped[str | None]
    source_url: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=NOW)
    updated_at: Mapped[datetime] = mapped_column(server_default=NOW)
    completed_at: Mapped[datetime | None]
    validator: Mapped[str | None]
    """The second person, where an answer is checked."""
    validated_at: Mapped[datetime | None]
    validation_note: Mapped[str | None]


Index(
    "manual_tasks_next",
    ManualTask.tenant_id,
    ManualTask.flow,
    ManualTask.priority_score.desc(),
    ManualTask.id,
    postgresql_where=_OPEN,
)
