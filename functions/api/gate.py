"""What every request passes before a route sees it: who asks, and how much it may send.

Both come before the body is read, so that nobody unknown can make us keep a large one.
"""

from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from common.auth.tokens import Principal
from common.errors import ShelflineError
from functions.api.problems import of_error, problem

MEBIBYTE = 1 << 20
LARGEST_BODY = MEBIBYTE
LARGEST_FILE = 256 * MEBIBYTE
_FILES = ("/load/", "/customers", "/shops", "/mockups/", "/manual/batch/import-csv")
_UPLOAD = "/designs/"
"""Takes files in its body; what lies below it takes JSON."""
_PUBLIC = frozenset(
    {"/health", "/workflow/health", "/openapi.json", "/docs", "/docs/oauth2-redirect", "/redoc"}
)


class Gate:
    """Middleware: `authenticate` says whose Authorization header it is, or raises; the principal is left in the scope's state."""

    def __init__(
        self, app: ASGIApp, authenticate: Callable[[str | None], Principal], public_prefix: str = "/console"
    ) -> None:
        self._app = app
        self._authenticate = authenticate
        self._public_prefix = public_prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers, path = Headers(scope=scope), scope["path"]
        try:
            if not self._is_public(path):
                scope.setdefault("state", {})
                scope["state"]["principal"] = await run_in_threadpool(
                    self._authenticate, headers.get("authorization")
                )
        except ShelflineError as error:
            await of_error(error)(scope, receive, send)
            return
        largest = LARGEST_FILE if path.startswith(_FILES) or path == _UPLOAD else LARGEST_BODY
        if _declared_length(headers) > largest:
            await _too_large(largest)(scope, receive, send)
            return
        await self._app(scope, _limited(receive, largest), send)

    def _is_public(self, path: str) -> bool:
        return (
            path in _PUBLIC
            or path == "/"
            or path == self._public_prefix
            or path.startswith(f"{self._public_prefix}/")
        )


def _declared_length(headers: Headers) -> int:
    declared = headers.get("content-length", "0")
    return int(declared) if declared.isascii() and declared.isdigit() else 0


def _limited(receive: Receive, largest: int) -> Receive:
    """The same messages, up to so many bytes: a body sent in pieces does not declare its length."""
    left = largest

    async def receive_within() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise HTTPException(413, _advice(largest))
        return message

    return receive_within


def _too_large(largest: int) -> ASGIApp:
    return problem(413, "too_large", "The request is too large", _advice(largest), {"Connection": "close"})


def _advice(largest: int) -> str:
    return f"At most {largest // MEBIBYTE} MiB are taken here; send less at once."
