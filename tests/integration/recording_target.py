"""A real HTTP server that plays the called function: it answers as planned and remembers every call."""

import threading
import time
from collections import defaultdict
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.integration.emulator_process import until


@dataclass(frozen=True)
class Reply:
    """An answer: after `wait` seconds a status with headers, or, with status 0, a broken connection."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    wait: float = 0.0


@dataclass
class Call:
    """A request that came in; `started` and `ended` are monotonic times."""

    method: str
    headers: Message
    body: bytes
    started: float
    ended: float = 0.0

    def task_header(self, name: str) -> str | None:
        """One of the X-CloudTasks headers."""
        return self.headers.get(f"X-CloudTasks-{name}")


class RecordingTarget:
    """Answers 200 at every path unless something else was planned for it; safe to ask from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._plans: dict[str, list[Reply]] = {}
        self._calls: dict[str, list[Call]] = defaultdict(list)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def plan(self, path: str, *replies: Reply) -> str:
        """Answer at `path` with these in turn, the last for ever after; returns the URL."""
        self._plans[path] = list(replies)
        return self.url + path

    def calls(self, path: str) -> list[Call]:
        """The calls at `path` that have been answered so far, in the order in which they came in."""
        with self._lock:
            return sorted((call for call in self._calls[path] if call.ended), key=lambda call: call.started)

    def under_way(self, path: str) -> int:
        """How many calls at `path` have come in and are not answered yet."""
        with self._lock:
            return sum(not call.ended for call in self._calls[path])

    def wait_for(self, path: str, count: int, within: float = 10.0) -> list[Call]:
        """The calls at `path` when there are at least `count`."""

        def enough_calls() -> bool:
            return len(self.calls(path)) >= count

        until(enough_calls, within)
        return self.calls(path)

    def close(self) -> None:
        """Stop serving."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, path: str, call: Call) -> Reply:
        """Record a call and say how to answer it; used by the server."""
        with self._lock:
            plan = self._plans.get(path, [Reply()])
            reply = plan.pop(0) if len(plan) > 1 else plan[0]
            self._calls[path].append(call)
        time.sleep(reply.wait)  # the function at work
        call.ended = time.monotonic()
        return reply


def _handler(target: RecordingTarget) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        timeout = 5

        def do_POST(self) -> None:
            started = time.monotonic()
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            reply = target.answer(self.path, Call(self.command, self.headers, body, started))
            if not reply.status:
                self.close_connection = True
                return
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_PUT = do_DELETE = do_PATCH = do_POST

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler
