"""Command line of the Cloud Tasks emulator; see the package for what it covers."""

import argparse
import signal
import socket
import sys
from pathlib import Path

import uvicorn

from infra.local.emulators.tasks.emulator import Options, application


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.emulators.tasks")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8124, help="REST, /certs and /_stats")
    parser.add_argument("--grpc-port", type=int, default=8123)
    parser.add_argument("--state", type=Path, required=True, help="folder of the database")
    parser.add_argument("--keys", type=Path, required=True, help="folder of the key that signs OIDC tokens")
    parser.add_argument("--clock", type=Path, required=True, help="file of the shared virtual clock")
    parser.add_argument("--queues", type=Path, help="JSON list of queues to create or update at the start")
    parser.add_argument("--project", default="shelfline-local", help="where those queues are")
    parser.add_argument("--location", default="europe-west1", help="where those queues are")
    given = parser.parse_args()
    options = Options(
        grpc_address=f"{given.host}:{given.grpc_port}",
        state=given.state,
        keys=given.keys,
        clock=given.clock,
        location=f"projects/{given.project}/locations/{given.location}",
        queues=given.queues,
    )
    # uvicorn stops by itself on SIGTERM and then raises the signal again: an exit, not a death by signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    config = uvicorn.Config(application(options), log_level="warning", timeout_graceful_shutdown=2)
    # Listening comes before the first dispatch: a function that is called fetches /certs at once.
    with _listen(given.host, given.port) as listener:
        uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    """A listening socket that says it is TCP: only then does asyncio turn off Nagle's delay of 40 ms."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen()
    return listener


if __name__ == "__main__":
    main()
