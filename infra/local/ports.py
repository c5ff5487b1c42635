"""Free TCP ports on the loopback interface.

They are taken from below the range that systems use for outgoing connections (32768 and up on Linux, 49152
and up on macOS): a connection out of the project must not sit on the port of a server that is being
restarted.
"""

import random
import socket
from collections.abc import Mapping

HOST = "127.0.0.1"
_RANGE = range(20_000, 32_000)
_TRIES = 200


class NoFreePort(RuntimeError):
    """No TCP port between 20000 and 32000 is free on 127.0.0.1: stop what uses them."""

    def __init__(self) -> None:
        super().__init__((self.__doc__ or "").strip())


def is_free(port: int) -> bool:
    """Whether a server could listen on this port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # connections just closed do not count
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_port() -> int:
    """A port that nobody uses now. Raises NoFreePort."""
    for port in random.SystemRandom().sample(_RANGE, _TRIES):
        if is_free(port):
            return port
    raise NoFreePort


class Ports:
    """Ports by name: each keeps its port as long as no other program has taken it."""

    def __init__(self, kept: Mapping[str, int] | None = None) -> None:
        self._kept = dict(kept or {})
        self._assigned: dict[str, int] = {}

    def __call__(self, name: str) -> int:
        """The port called `name`; the same one at every call."""
        if name not in self._assigned:
            self._assigned[name] = self._choose(name)
        return self._assigned[name]

    @property
    def assigned(self) -> Mapping[str, int]:
        """Every port asked for, and those kept for names not asked for (a stand-in that is switched off)."""
        return {**self._kept, **self._assigned}

    def _choose(self, name: str) -> int:
        kept = self._kept.get(name)
        if kept is not None and is_free(kept):
            return kept
        while (port := free_port()) in self.assigned.values():
            pass
        return port
