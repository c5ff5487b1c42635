"""What the supervisor has to know about one service."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any
from urllib.parse import urlsplit

_PROBE_SECONDS = 5.0

Readiness = Callable[[int], Awaitable[bool]]
"""Asked with the process id, again and again, until it says that the service serves."""


class Layer(IntEnum):
    """All layers start together; they stop one after the other, the highest first."""

    STORES = 0
    EMULATORS = 1
    FUNCTIONS = 2


@dataclass(frozen=True)
class Service:
    """One process to keep running.

    command: its command line.
    ready: tells when it serves.
    url: its address, for people and for `stack.json`.
    environment: variables on top of those that every process inherits.
    prepare: called before each start, in a thread.
    provision: a command that must succeed after each start before the service is healthy; safe to repeat.
    stop_signal: what asks it to stop.
    process_options: further options of `subprocess.Popen`.
    """

    name: str
    command: Sequence[str]
    ready: Readiness
    layer: Layer = Layer.EMULATORS
    url: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[], None] | None = None
    provision: Sequence[str] = ()
    stop_signal: signal.Signals = signal.SIGTERM
    process_options: Mapping[str, Any] = field(default_factory=dict)


def answers(url: str, *, below: int = 300) -> Readiness:
    """Ready when a GET of `url` is answered with a status below `below`."""

    async def ready(pid: int) -> bool:
        try:
            status = await asyncio.wait_for(_status(url), _PROBE_SECONDS)
        except (OSError, ValueError, IndexError, TimeoutError):
            return False
        return status < below

    return ready


async def _status(url: str) -> int:
    """The status that a GET is answered with; HTTP/1.0, so that the server closes the connection."""
    address = urlsplit(url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        writer.write(f"GET {address.path or '/'} HTTP/1.0\r\nHost: {address.netloc}\r\n\r\n".encode())
        await writer.drain()
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()
        await writer.wait_closed()
