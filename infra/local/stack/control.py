"""The control server: what runs, and the clock.

GET  /status          the record, as in stack.json
POST /clock/advance   {"seconds": 3600} or {"to": "2030-01-01T00:00:00Z"}; answers the new time
GET  /clock           {"offset_seconds", "now"}
GET  /_health
"""

import asyncio
import contextlib
import json
import math
import socket
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from infra.local.clock import SharedClock
from infra.local.ports import HOST
from infra.local.stack.clock import ClockMover, ClockRefused
from infra.local.stack.plan import Plan
from infra.local.stack.record import Record
from infra.local.stack.state import State


class BadRequest(ValueError):
    """The body does not say where the clock should go."""


def application(clock: SharedClock, mover: ClockMover, record: Callable[[], Record]) -> Starlette:
    """The control server's application."""

    async def health(request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def status(request: Request) -> Response:
        return JSONResponse(record().as_json())

    async def read_clock(request: Request) -> Response:
        return JSONResponse(_time(clock))

    async def advance(request: Request) -> Response:
        try:
            return JSONResponse(_time(await _move(mover, await _body(request))))
        except BadRequest as error:
            return JSONResponse({"error": str(error)}, status_code=400)
        except ClockRefused as error:
            return JSONResponse({"error": str(error)}, status_code=409)

    return Starlette(
        routes=[
            Route("/_health", health),
            Route("/status", status),
            Route("/clock", read_clock),
            Route("/clock/advance", advance, methods=["POST"]),
        ]
    )


async def _body(request: Request) -> dict[str, Any]:
    """The request's JSON object. The content type keeps web pages out: a browser would first have to ask."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise BadRequest("send JSON, with Content-Type: application/json")
    try:
        body = json.loads(await request.body())
    except ValueError as error:
        raise BadRequest(f"the body is not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequest('the body is a JSON object, like {"seconds": 3600}')
    return body


def _move(mover: ClockMover, body: dict[str, Any]) -> Awaitable[SharedClock]:
    match body:
        case {"seconds": int() | float() as seconds} if _is_number(seconds) and len(body) == 1:
            return mover.advance(seconds)
        case {"to": str(text)} if len(body) == 1:
            return mover.advance_to(_moment(text))
    raise BadRequest('send {"seconds": 3600} or {"to": "2030-01-01T00:00:00Z"}')


def _is_number(value: float) -> bool:
    """JSON's true is a number to Python, and Python's JSON knows NaN."""
    return not isinstance(value, bool) and math.isfinite(value)


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(f"{text!r} is not a moment like 2030-01-01T00:00:00Z") from error
    if moment.tzinfo is None:
        raise BadRequest(f"{text!r} does not say its time zone: end it with Z for UTC")
    return moment


def _time(clock: SharedClock) -> dict[str, Any]:
    return {"offset_seconds": clock.offset(), "now": clock.now().isoformat()}


class _Server(uvicorn.Server):
    """Leaves signals to the supervisor."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class ControlServer:
    """Serves the control application inside the supervisor."""

    def __init__(self, state: State, plan: Plan, port: int, record: Callable[[], Record]) -> None:
        clock = SharedClock(state.clock)
        mover = ClockMover(clock, plan.database_socket, plan.real_vendors)
        config = uvicorn.Config(
            application(clock, mover, record),
            log_level="warning",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        self._port = port
        self._server = _Server(config)
        self._serving: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to serve. Raises OSError when the port was taken meanwhile."""
        listener = socket.create_server((HOST, self._port))
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        while not self._server.started and not self._serving.done():
            await asyncio.sleep(0.005)

    async def stop(self) -> None:
        """Stop serving, and wait for it."""
        self._server.should_exit = True
        if self._serving:
            await self._serving
