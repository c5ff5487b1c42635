"""Starts the Cloud Storage emulator; the package's docstring says what it covers."""

import argparse
import contextlib
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from infra.local.clock import SharedClock
from infra.local.faults import FaultBook

from .application import build_application
from .connection import CuttableProtocol
from .cross_origin import EVERYTHING
from .errors import StorageError
from .index import StateInUse
from .service_account import ensure_service_account, read_public_key
from .signatures import SignatureVerifier
from .store import Store

_BACKLOG = 512
_GRACE = 5  # seconds that requests under way have at the end
_KEEP_ALIVE = 600  # seconds, as long as the service's front end: clients pool idle connections


def parse_options(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The command line; None reads the process's own."""
    parser = argparse.ArgumentParser(prog="storage", description="A local Cloud Storage.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9023, help="0 takes any free port, which is then printed")
    parser.add_argument("--state", type=Path, required=True, help="directory that keeps everything")
    parser.add_argument("--clock", type=Path, help="file of the shared clock; real time without it")
    parser.add_argument("--bucket", action="append", default=[], metavar="NAME", help="create it; repeatable")
    parser.add_argument(
        "--service-account", type=Path, metavar="FILE", help="signer of URLs; <state>/service-account.json"
    )
    return parser.parse_args(arguments)


def create_buckets(store: Store, names: Sequence[str]) -> None:
    """Create the buckets that are not there yet, open to pages of any origin."""
    for name in names:
        if store.buckets.find(name) is None:
            store.buckets.create({"name": name, "cors": [dict(EVERYTHING)]})


def serve(store: Store, verifier: SignatureVerifier, host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT."""
    application = build_application(store, FaultBook(), verifier)
    config = uvicorn.Config(
        application,
        http=CuttableProtocol,
        ws="none",
        lifespan="on",
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE,
        timeout_keep_alive=_KEEP_ALIVE,
    )
    with socket.create_server((host, port), backlog=_BACKLOG) as listener:
        print(f"storage: http://{host}:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


def main(arguments: Sequence[str] | None = None) -> None:
    """Open the state directory and serve it."""
    options = parse_options(arguments)
    account = ensure_service_account(options.service_account or options.state / "service-account.json")
    address, key = read_public_key(account)
    try:
        store = Store(options.state, SharedClock(options.clock or options.state / "clock.json"))
        create_buckets(store, options.bucket)
    except (StateInUse, StorageError, OSError) as error:
        sys.exit(f"storage: {error}")
    with contextlib.suppress(KeyboardInterrupt):
        serve(store, SignatureVerifier({address: key}), options.host, options.port)


if __name__ == "__main__":
    main()
