"""Command line of the Cloud Scheduler stand-in; see the package for what it covers."""

import argparse
import signal
import sys
from pathlib import Path

import uvicorn

from infra.local.clock import SharedClock
from infra.local.emulators.scheduler.jobs import read
from infra.local.emulators.scheduler.server import application
from infra.local.keys import Signer


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.emulators.scheduler")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8126)
    parser.add_argument("--jobs", type=Path, required=True, help="JSON list of jobs")
    parser.add_argument("--keys", type=Path, required=True, help="folder of the key that signs OIDC tokens")
    parser.add_argument("--clock", type=Path, required=True, help="file of the shared virtual clock")
    parser.add_argument("--state", help="not used: what has run is remembered in memory only")
    given = parser.parse_args()
    # uvicorn stops by itself on SIGTERM and then raises the signal again: an exit, not a death by signal.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    uvicorn.run(
        application(read(given.jobs), SharedClock(given.clock), Signer.load_or_create(given.keys)),
        host=given.host,
        port=given.port,
        log_level="warning",
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
