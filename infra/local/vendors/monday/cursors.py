"""Cursors: signed text that says where a paging stands, so that they outlive a restart."""

import base64
import hashlib
import hmac
from collections.abc import Callable
from dataclasses import asdict, dataclass

import orjson

from infra.local.vendors.monday.problems import cursor_expired, invalid_argument

_LIFETIME = 3600  # seconds from the first page, however many pages were read since


@dataclass(frozen=True)
class Paging:
    """One run through the items of a board."""

    board_id: str
    began: float
    """When its first page was asked for, seconds since the epoch."""
    after: int = 0
    """The item that the last page ended with."""
    group_id: str | None = None
    columns: list[tuple[str, list[str]]] | None = None
    """Values looked for by column id; None for every item."""


class Cursors:
    """Writes and reads cursors."""

    def __init__(self, key: bytes, now: Callable[[], float]) -> None:
        """`key` signs them; `now` in seconds since the epoch."""
        self._key = key
        self._now = now

    def begin(
        self, board_id: str, group_id: str | None = None, columns: list[tuple[str, list[str]]] | None = None
    ) -> Paging:
        """A paging whose first page is asked for now."""
        return Paging(board_id, self._now(), group_id=group_id, columns=columns)

    def write(self, paging: Paging) -> str:
        """A cursor for what comes next."""
        payload = base64.urlsafe_b64encode(orjson.dumps(asdict(paging))).decode().rstrip("=")
        return f"{payload}.{self._signature(payload)}"

    def read(self, cursor: str) -> Paging:
        """The paging of a cursor; raises Refused when it has expired or is none of ours."""
        payload, _, signature = cursor.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(payload).encode()):
            raise invalid_argument("The cursor is not valid")
        fields = orjson.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        paging = Paging(**fields)
        if self._now() >= paging.began + _LIFETIME:
            raise cursor_expired()
        return paging

    def _signature(self, payload: str) -> str:
        return hmac.new(self._key, payload.encode(), hashlib.sha256).hexdigest()[:24]
