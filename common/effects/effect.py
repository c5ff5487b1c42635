"""Effects: one write each."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedEffect:
    """One write we mean to make."""

    item_id: int
    key: str
    """Ours, of the object that is written."""
    change_id: int
    operation: str
    """`create` makes the object of this key; `archive` and `delete` end it. Others (update, move) leave it where it is."""
    content_hash: str
    part: str = ""
    """Which of several writes of one change to one object."""
    inverse: Mapping[str, Any] | None = None
    """What the target held before, for taking it back."""
    parent: str | None = None
    """Of a create: the key of the object this one is made inside, and ends with."""

    @property
    def identity(self) -> tuple[int, str, str]:
        """What it is known by within tenant and target."""
        return self.change_id, self.key, self.part

    def row(self, position: int) -> dict[str, Any]:
        """What the ledger keeps of it, at this place of its send."""
        return {**asdict(self), "position": position}


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One write as the ledger holds it. Times are real, in UTC."""

    id: int
    change_id: int
    item_id: int | None
    key: str
    part: str
    operation: str
    state: str
    """planned, sent, unknown, confirmed, refused or dropped."""
    attempt: int
    """Of its present send; 0 before the first."""
    send_id: int | None
    sent_at: datetime | None
    deadline: datetime | None
    """No look-up before this time."""
    not_found_at: datetime | None
    """When a look-up first found no trace of it."""
    lost: int
    """How often it was sent and proved to have left no trace."""
    remote_id: str | None
    error: str | None
    content_hash: str
    """Of what was sent, or is to be."""

    @property
    def is_under_way(self) -> bool:
        """Whether it may have reached the target without our knowing."""
        return self.state in ("sent", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Undo:
    """What takes one confirmed effect back."""

    effect: Effect
    inverse: Mapping[str, Any] | None
    """What the target held just before; None where the effect made the object."""


_TIMES = ("sent_at", "deadline", "not_found_at")
_FIELDS = tuple(field.name for field in fields(Effect))


def effect_of(row: Mapping[str, Any]) -> Effect:
    """An effect from its row as JSON."""
    values: dict[str, Any] = {name: row[name] for name in _FIELDS}
    return Effect(**values | {name: time_of(row[name]) for name in _TIMES})


def time_of(text: str | None) -> datetime | None:
    """A time as Postgres writes it in JSON."""
    return datetime.fromisoformat(text) if text else None
