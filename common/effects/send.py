"""Sends: several effects in one request."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from common.effects.effect import Effect, effect_of, time_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Several effects in one request, frozen: a retry sends the same bytes under the same key."""

    id: int
    state: str
    """planned, sent; then confirmed or refused as a whole, settled one by one, or dropped unsent."""
    idempotency_key: str
    body_object: str | None
    """Where the body is stored, when it is big."""
    body_hash: str
    attempt: int
    """Requests made so far."""
    member_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSend(Send):
    """A send that has not ended, with what its request holds."""

    body: str | None
    """The bytes to send, as UTF-8; None where they are stored as an object."""
    sent_at: datetime | None
    """When it first went out, in business time."""
    members: tuple[Effect, ...]
    """In the order of the body. Fewer than `member_count` when one has left to be sent again elsewhere."""


_FIELDS = tuple(field.name for field in fields(Send))


def send_of(row: Any) -> Send:
    """A send from its row."""
    return Send(**{name: getattr(row, name) for name in _FIELDS})


def open_send_of(row: Mapping[str, Any]) -> OpenSend:
    """A send with its members, as `shelfline_open_send_v1` answers it."""
    return OpenSend(
        **{name: row[name] for name in _FIELDS},
        body=row["body"],
        sent_at=time_of(row["sent_at"]),
        members=tuple(effect_of(member) for member in row["members"]),
    )
