"""The small server that a seller's browser is sent back to, for one answer."""

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from common.errors import Usage
from common.http.addresses import is_loopback

_PAGE = b"<!doctype html><title>Shelfline</title><p>Shelfline has the answer. You may close this window.</p>"
_LONGEST_PAUSE = 0.5  # seconds between two looks at the time


class Callback:
    """Listens on 127.0.0.1 from its making on; to be used as a context manager."""

    def __init__(self, redirect_uri: str) -> None:
        """Raise Usage when nothing can listen there."""
        parts = urlsplit(redirect_uri)
        if not is_loopback(redirect_uri) or parts.port is None:
            raise Usage(
                f"{redirect_uri} does not lead to a port of this machine; use --paste with it.",
                reason="etsy_callback",
            )
        self._path = parts.path or "/"
        try:
            self._server = _Server(("127.0.0.1", parts.port), _Handler)
        except OSError as error:
            raise Usage(
                f"Port {parts.port} cannot be listened on ({error.strerror}): end the program that uses it, or take "
                "another --redirect-uri that is registered for the application.",
                reason="etsy_callback",
            ) from error
        self._server.path = self._path
        self._server.timeout = _LONGEST_PAUSE

    def __enter__(self) -> "Callback":
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Listen no more."""
        self._server.server_close()

    def wait(self, seconds: float) -> str:
        """The path and query of the answer. Raises Usage when none came in that time."""
        ends = time.monotonic() + seconds
        while self._server.answer is None and time.monotonic() < ends:
            self._server.handle_request()
        if self._server.answer is None:
            raise Usage(
                f"Nobody came back from Etsy within {seconds:.0f} seconds; start again, or use --paste.",
                reason="etsy_no_answer",
            )
        return self._server.answer


class _Server(HTTPServer):
    path = "/"
    answer: str | None = None

    def get_request(self) -> Any:
        """A connection that says nothing must not hold the only thread."""
        connection, address = super().get_request()
        connection.settimeout(5)
        return connection, address


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:  # the name that http.server calls
        """The answer, or whatever else a browser asks for beside it."""
        if urlsplit(self.path).path != self.server.path:
            self.send_error(404)
            return
        self.server.answer = self.path
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(_PAGE)))
        self.end_headers()
        self.wfile.write(_PAGE)

    def log_message(self, format: str, *args: Any) -> None:  # the name that http.server gives it
        """Say nothing: the address holds the code."""
