"""Cutting a connection on purpose, which ASGI has no word for."""

import asyncio
import socket

from starlette.types import Receive, Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class CuttableProtocol(H11Protocol):
    """HTTP/1.1 as uvicorn speaks it, with the connection's transport put into each request's state."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client has connected."""
        super().connection_made(transport)
        # asyncio does this only for sockets whose protocol number is TCP's; an accepted one inherits the
        # listener's, which is 0. Without it every answer of two writes waits 40 ms for an acknowledgement.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.app_state = {**self.app_state, "transport": transport}


async def cut(scope: Scope, receive: Receive, *, flush: bool = False) -> None:
    """Close the connection without an answer. flush: what was sent before still goes out."""
    transport: asyncio.Transport = scope["state"]["transport"]
    if flush:
        transport.close()
    else:
        transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
