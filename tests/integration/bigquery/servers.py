"""Servers for tests: the emulator in a thread or in a process of its own, and a Cloud Storage of three
calls.
"""

import json
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import requests
import uvicorn
from google.api_core.client_options import ClientOptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import bigquery

from infra.local.clock import SharedClock
from infra.local.emulators.bigquery.emulator import Emulator
from infra.local.emulators.bigquery.server import application

PROJECT = "shelfline-test"
ROOT = Path(__file__).parents[3]


class Running:
    """An emulator that answers at `url`, and its clock."""

    def __init__(self, url: str, clock: SharedClock) -> None:
        self.url = url
        self.clock = clock

    @contextmanager
    def client(self) -> Iterator[bigquery.Client]:
        """The real client library, pointed at the emulator."""
        options = ClientOptions(api_endpoint=self.url)
        client = bigquery.Client(project=PROJECT, credentials=AnonymousCredentials(), client_options=options)
        try:
            yield client
        finally:
            client.close()

    def plant(self, operation: str, kind: str, times: int = 1, match: Any = None, **parameters: Any) -> None:
        """Plant a fault."""
        fault = {
            "operation": operation,
            "kind": kind,
            "times": times,
            "match": match or {},
            "parameters": parameters,
        }
        requests.post(f"{self.url}/_faults", json=fault, timeout=5).raise_for_status()

    def struck(self) -> list[int]:
        """How often each planted fault has struck."""
        return [fault["struck"] for fault in requests.get(f"{self.url}/_faults", timeout=5).json()]

    def forget_faults(self) -> None:
        """Take all faults away."""
        requests.delete(f"{self.url}/_faults", timeout=5).raise_for_status()


@contextmanager
def emulator_in_thread(state: Path, **options: Any) -> Iterator[Running]:
    """The emulator in this process."""
    clock = SharedClock(state / "clock.json")
    emulator = Emulator(state, clock, **options)
    emulator.start(PROJECT, ["catalogue"])
    server = uvicorn.Server(uvicorn.Config(application(emulator), log_level="critical", access_log=False))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    _await_health(url)
    try:
        yield Running(url, clock)
    finally:
        server.should_exit = True
        server.force_exit = True
        thread.join(30)
        listener.close()


class EmulatorProcess:
    """The emulator as it is started for real, on one port and one state, to be killed and started again."""

    def __init__(self, state: Path, *options: str) -> None:
        self._state = state
        self._options = options
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        self.running = Running(f"http://127.0.0.1:{self._port}", SharedClock(state / "clock.json"))
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it serves."""
        command = [sys.executable, "-m", "infra.local.emulators.bigquery", "--port", str(self._port)]
        command += [
            "--state",
            str(self._state),
            "--clock",
            str(self._state / "clock.json"),
            "--project",
            PROJECT,
        ]
        self._process = subprocess.Popen([*command, "--dataset", "catalogue", *self._options], cwd=ROOT)
        _await_health(self.running.url)

    def kill(self) -> None:
        """SIGKILL, without any chance to tidy up."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> int:
        """SIGTERM; returns the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(20)


def _await_health(url: str) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"{url}/_health", timeout=1):
                return
        except OSError:
            threading.Event().wait(0.02)
    raise AssertionError(f"{url} does not answer")


class _StorageHandler(BaseHTTPRequestHandler):
    """Lists, serves and takes objects, as the JSON interface of Cloud Storage does."""

    protocol_version = "HTTP/1.1"
    server: "StorageServer"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(address.query))
        parts = [urllib.parse.unquote(part) for part in address.path.split("/")]
        bucket = parts[4]
        if len(parts) > 6:
            data = self.server.objects.get((bucket, parts[6]))
            self._answer(404 if data is None else 200, data or b"")
            return
        names = sorted(name for owner, name in self.server.objects if owner == bucket)
        names = [name for name in names if name.startswith(query.get("prefix", ""))]
        start = int(query.get("pageToken", 0))
        body: dict[str, Any] = {"items": [{"name": name} for name in names[start : start + 2]]}
        if start + 2 < len(names):
            body["nextPageToken"] = str(start + 2)
        self._answer(200, json.dumps(body).encode())

    def do_POST(self) -> None:
        address = urllib.parse.urlsplit(self.path)
        name = dict(urllib.parse.parse_qsl(address.query))["name"]
        bucket = address.path.split("/")[5]
        self.server.objects[bucket, name] = self.rfile.read(int(self.headers["content-length"]))
        self._answer(200, b"{}")

    def _answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class StorageServer(ThreadingHTTPServer):
    """Cloud Storage with its objects in a dictionary."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _StorageHandler)
        self.objects: dict[tuple[str, str], bytes] = {}
        self.url = f"http://127.0.0.1:{self.server_address[1]}"

    def put(self, bucket: str, name: str, data: str | bytes) -> None:
        """Put an object there."""
        self.objects[bucket, name] = data.encode() if isinstance(data, str) else data

    def under(self, bucket: str, prefix: str) -> dict[str, bytes]:
        """The objects whose names begin with a prefix."""
        found = {name: data for (owner, name), data in self.objects.items() if owner == bucket}
        return {name: data for name, data in sorted(found.items()) if name.startswith(prefix)}


@contextmanager
def storage_in_thread() -> Iterator[StorageServer]:
    """A Cloud Storage in this process."""
    server = StorageServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
