"""The HTTP API on a socket, with people who have tokens for it."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx
import uvicorn
from starlette.types import ASGIApp

_WITHIN = 20.0
_NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # made once: the sockets here are plain


@contextmanager
def served(app: ASGIApp) -> Iterator[str]:
    """The application behind a real server on a free port; its address."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_level="warning", lifespan="off", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            eventually(lambda: server.started)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until something holds; fails when it does not within 20 seconds."""
    end = time.monotonic() + _WITHIN
    while not holds():
        assert time.monotonic() < end, "it never came about"
        time.sleep(0.005)


def client(address: str, token: str | None = None) -> httpx.Client:
    """A client that sends a token. Close it."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=address, headers=headers, timeout=30, verify=_NO_CERTIFICATES)
