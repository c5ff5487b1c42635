"""Command line of the metadata server; see the package for what it covers."""

import argparse
import signal
import sys
from pathlib import Path

import uvicorn

from infra.local.emulators.metadata.server import Instance, application
from infra.local.keys import Signer


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.emulators.metadata")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8125)
    parser.add_argument(
        "--keys", type=Path, required=True, help="folder of the key that signs identity tokens"
    )
    parser.add_argument("--project", default="shelfline-local")
    parser.add_argument("--location", default="europe-west1")
    parser.add_argument(
        "--service-account", default="shelfline-tasks@shelfline-local.iam.gserviceaccount.com"
    )
    for option in ("--state", "--clock"):
        parser.add_argument(option, help="not used: it keeps nothing and tokens have real times")
    given = parser.parse_args()
    # uvicorn stops by itself on SIGTERM and then raises the signal again: an exit, not a death by signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        application(
            Instance(given.project, given.location, given.service_account), Signer.load_or_create(given.keys)
        ),
        host=given.host,
        port=given.port,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
