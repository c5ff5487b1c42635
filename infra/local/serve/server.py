"""Gunicorn with threads, serving one application in a few processes."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gunicorn.app.base import BaseApplication

from infra.local.ports import HOST
from infra.local.serve.steps import Application

_MEMORY = Path("/dev/shm")  # noqa: S108  # gunicorn's own private file of heartbeats, which must not wait for a disk


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed
    """Loads the application once and forks it.

    That halves the work of a start, and is safe because nothing is opened at import: no connection and no
    thread (gRPC's above all) exists before the fork. A function that breaks this rule is refused.
    """

    def __init__(self, build: Callable[[], Application], port: int, workers: int, threads: int) -> None:
        self._build = build
        self._settings: dict[str, Any] = {
            "bind": f"{HOST}:{port}",
            "workers": workers,
            "threads": threads,
            "worker_class": "gthread",
            "preload_app": True,
            "timeout": 0,  # a task's dispatch deadline is the caller's
            "graceful_timeout": 5,
            "keepalive": 75,
            "limit_request_line": 0,
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_tmp_dir": str(_MEMORY) if _MEMORY.is_dir() else None,
        }
        super().__init__()

    def load_config(self) -> None:
        """Take our settings alone: no file, no environment variable."""
        for name, value in self._settings.items():
            self.cfg.set(name, value)

    def load(self) -> Application:
        """Build the application, before the fork."""
        application = self._build()
        extra = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
        if extra:
            raise RuntimeError(f"importing the functions started threads, which a fork would lose: {extra}")
        return application
