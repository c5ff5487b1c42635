"""One HTTP request while it is answered: its parts, its body as a stream, the faults that have struck it."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope

from . import errors

_LONGEST_DOCUMENT = 10 << 20  # a batch, the longest body that is read into memory, has a limit of 10 MiB


class ConnectionLost(Exception):
    """The request's body ended before its time: the client has gone, or a fault cuts the connection."""


class Body:
    """A request's body, to be read once."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._ended = False
        self._left: int | None = None

    def cut_after(self, count: int) -> None:
        """Raise ConnectionLost once so many bytes have been read."""
        self._left = count

    async def pieces(self) -> AsyncIterator[bytes]:
        """The bytes as they arrive; raises ConnectionLost."""
        while not self._ended:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise ConnectionLost
            self._ended = not message.get("more_body", False)
            piece: bytes = message.get("body", b"")
            if self._left is not None and len(piece) >= self._left:
                yield piece[: self._left]
                raise ConnectionLost
            if self._left is not None:
                self._left -= len(piece)
            if piece:
                yield piece

    async def read(self) -> bytes:
        """All of it; raises 400 if it is longer than 10 MiB."""
        collected = bytearray()
        async for piece in self.pieces():
            collected += piece
            if len(collected) > _LONGEST_DOCUMENT:
                raise errors.body_too_large(_LONGEST_DOCUMENT)
        return bytes(collected)

    async def drain(self) -> None:
        """Read and forget the rest: a client that is still sending would not hear an answer."""
        async for _ in self.pieces():
            pass


@dataclass
class Exchange:
    """A request, and what is planned for its answer.

    path: as sent, still percent-encoded. query_pairs: decoded, in the order sent. headers: names in lower
    case, several of one name joined by commas. base_url: scheme and host the client has used.
    dropped: cut the connection instead of answering. truncated: cut it in the middle of a download.
    """

    scope: Scope
    method: str
    path: str
    query_pairs: list[tuple[str, str]]
    headers: dict[str, str]
    body: Body
    base_url: str
    dropped: bool = False
    truncated: bool = False

    @classmethod
    def of(cls, scope: Scope, receive: Receive) -> "Exchange":
        """The exchange that a request begins."""
        headers: dict[str, str] = {}
        for raw_name, raw_value in scope["headers"]:
            name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        pairs = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        base_url = f"{scope['scheme']}://{headers.get('host', 'localhost')}"
        path = scope["raw_path"].decode("latin-1")
        return cls(scope, scope["method"], path, pairs, headers, Body(receive), base_url)

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; the last of several with one name."""
        return dict(self.query_pairs)


def parse_document(body: bytes) -> dict[str, Any]:
    """A JSON object, empty for an empty body; raises 400 for anything else."""
    if not body.strip():
        return {}
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise errors.parse_error() from None
    if not isinstance(document, dict):
        raise errors.parse_error()
    return document
