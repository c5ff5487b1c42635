"""Carries one HTTP request to a function and brings back its answer, over connections that are used again."""

import contextlib
import http.client
import select
import socket
import threading
import time
import urllib.parse
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

_IDLE_LIMIT = 1.0  # seconds; gunicorn hangs up after 2, and a request must not meet that
_SAFE_CHARACTERS = "/%:@!$&'()*+,;=~?[]"
_READ_SIZE = 64 * 1024


@dataclass(frozen=True)
class Delivery:
    """A request to make: HTTP method, absolute URL, headers, body, and the seconds it may take in all."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes
    deadline: float


@dataclass(frozen=True)
class Answer:
    """What came back. status is 0 when nothing did; `timed_out` says if the deadline was the reason."""

    status: int = 0
    retry_after: str | None = None
    timed_out: bool = False

    @property
    def succeeded(self) -> bool:
        """Whether the function took the work: any 2xx."""
        return 200 <= self.status < 300

    @property
    def executed(self) -> bool:
        """Whether the attempt counts as an execution: any answer but a 5xx."""
        return self.status != 0 and not 500 <= self.status < 600

    @property
    def description(self) -> str:
        """The outcome in words."""
        if self.status:
            return f"HTTP status code {self.status}"
        return (
            "The deadline was exceeded." if self.timed_out else "The target could not be reached or hung up."
        )


class Courier:
    """Makes requests from many threads at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[tuple[str, str], list[tuple[http.client.HTTPConnection, float]]] = defaultdict(list)
        self._busy: set[socket.socket] = set()
        self._closed = False

    def deliver(self, delivery: Delivery) -> Answer:
        """Make the request. An answer with status 0: the target was not reached, hung up or was too slow."""
        parts = urllib.parse.urlsplit(delivery.url)
        origin = (parts.scheme, parts.netloc)
        query = f"?{parts.query}" if parts.query else ""
        target = urllib.parse.quote((parts.path or "/") + query, _SAFE_CHARACTERS)
        ends = time.monotonic() + delivery.deadline
        try:
            connection = self._borrow(origin, delivery.deadline)
            return self._exchange(connection, origin, target, delivery, ends)
        except TimeoutError:
            return Answer(timed_out=True)
        except (OSError, http.client.HTTPException):
            return Answer()

    def close(self) -> None:
        """Cut every request under way and close every idle connection; later requests fail."""
        with self._lock:
            self._closed = True
            idle = [connection for kept in self._idle.values() for connection, _ in kept]
            self._idle.clear()
            for sock in self._busy:
                with contextlib.suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)  # wakes the thread that reads from it
        for connection in idle:
            connection.close()

    def _exchange(
        self,
        connection: http.client.HTTPConnection,
        origin: tuple[str, str],
        target: str,
        delivery: Delivery,
        ends: float,
    ) -> Answer:
        sock = connection.sock
        keep = False
        self._mark_busy(sock)
        try:
            sock.settimeout(_left(ends))
            connection.request(delivery.method, target, delivery.body or None, dict(delivery.headers))
            with connection.getresponse() as response:
                sock.settimeout(_left(ends))
                while response.read1(_READ_SIZE):
                    sock.settimeout(_left(ends))
                keep = not response.will_close
                return Answer(response.status, response.headers.get("Retry-After"))
        finally:
            self._give_back(connection, sock, origin, keep=keep)

    def _borrow(self, origin: tuple[str, str], deadline: float) -> http.client.HTTPConnection:
        while (connection := self._take_idle(origin)) is not None:
            if not _hung_up(connection.sock):
                return connection
            connection.close()
        scheme, netloc = origin
        kind = http.client.HTTPSConnection if scheme == "https" else http.client.HTTPConnection
        connection = kind(netloc, timeout=deadline)
        connection.connect()
        return connection

    def _take_idle(self, origin: tuple[str, str]) -> http.client.HTTPConnection | None:
        """The connection used last, if it is fresh; ones that were idle too long are closed."""
        with self._lock:
            kept = self._idle[origin]
            if not kept:
                return None
            connection, since = kept.pop()
            if time.monotonic() - since < _IDLE_LIMIT:
                return connection
            stale = [connection, *(older for older, _ in kept)]  # the others have been idle even longer
            kept.clear()
        for each in stale:
            each.close()
        return None

    def _mark_busy(self, sock: socket.socket) -> None:
        with self._lock:
            self._busy.add(sock)
            if self._closed:
                sock.shutdown(socket.SHUT_RDWR)

    def _give_back(
        self,
        connection: http.client.HTTPConnection,
        sock: socket.socket,
        origin: tuple[str, str],
        *,
        keep: bool,
    ) -> None:
        with self._lock:
            self._busy.discard(sock)
            if keep and not self._closed:
                self._idle[origin].append((connection, time.monotonic()))
                return
        connection.close()


def _left(ends: float) -> float:
    """Seconds until a deadline; raises TimeoutError when it has passed."""
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _hung_up(sock: socket.socket) -> bool:
    """Whether an idle connection has something to read: the other side's goodbye."""
    poller = select.poll()
    poller.register(sock, select.POLLIN)
    return bool(poller.poll(0))
