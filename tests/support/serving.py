"""Applications behind a real socket, in a thread of the test's own process."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from tests.support.processes import until

_PATIENCE = 10.0  # seconds


class ThreadedServer:
    """Serves an application on a free port from the moment it is made. options: of `uvicorn.Config`."""

    def __init__(self, application: ASGIApp, **options: Any) -> None:
        # uvicorn opens its socket itself: one handed to it would wait 40 ms for each answer (no TCP_NODELAY).
        config = uvicorn.Config(application, port=0, log_level="critical", access_log=False, **options)
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run)
        self._thread.start()
        try:
            until(lambda: self._server.started)
        except BaseException:
            self.close()
            raise
        listening = self._server.servers[0]
        self.loop: asyncio.AbstractEventLoop = listening.get_loop()
        self.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"

    def close(self) -> None:
        """Stop it."""
        self._server.should_exit = True
        self._thread.join(_PATIENCE)


@contextmanager
def served(application: ASGIApp) -> Iterator[str]:
    """An application with a server of its own; its address."""
    server = ThreadedServer(application)
    try:
        yield server.url
    finally:
        server.close()


class SharedServer:
    """One listening server for many tests; each has it serve an application of its own."""

    def __init__(self) -> None:
        self._serving: ASGIApp | None = None
        self._server = ThreadedServer(self._dispatch, lifespan="off", interface="asgi3")

    def close(self) -> None:
        """Stop it."""
        self._server.close()

    @contextmanager
    def serving(self, application: Starlette) -> Iterator[str]:
        """Serve an application, started and stopped as a server would; the one served last answers. The address."""
        life = application.router.lifespan_context(application)
        self._in_loop(life.__aenter__())
        before, self._serving = self._serving, application
        try:
            yield self._server.url
        finally:
            self._serving = before
            self._in_loop(life.__aexit__(None, None, None))

    def _in_loop(self, work: Coroutine[Any, Any, Any]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._server.loop).result(_PATIENCE)

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self._serving is not None, "nothing is served now"
        await self._serving(scope, receive, send)
