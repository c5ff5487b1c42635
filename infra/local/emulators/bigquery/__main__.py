"""Starts the emulator: `python -m infra.local.emulators.bigquery --port 9050 --state var/bigquery`."""

import argparse
import logging
import signal
import sys
from pathlib import Path

import uvicorn

from infra.local.clock import SharedClock
from infra.local.emulators.bigquery.emulator import Emulator
from infra.local.emulators.bigquery.server import application
from infra.local.emulators.bigquery.services import EXPORT_SHARD_BYTES


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.emulators.bigquery", description="A local BigQuery."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9050)
    parser.add_argument("--state", type=Path, required=True, help="folder that holds the data")
    parser.add_argument("--clock", type=Path, default=Path("clock.json"), help="file of the shared clock")
    parser.add_argument("--project", default="shelfline-local", help="project of the datasets made at start")
    parser.add_argument("--dataset", action="append", default=[], help="dataset to make at start; repeatable")
    parser.add_argument("--storage-url", help="where Cloud Storage is, for gs:// addresses")
    parser.add_argument(
        "--export-shard-bytes",
        type=int,
        default=EXPORT_SHARD_BYTES,
        help="about how long an exported file is",
    )
    parser.add_argument(
        "--answer-wait", type=float, default=1.0, help="seconds jobs.insert waits for a short job"
    )
    return parser.parse_args()


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _options()
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    emulator = Emulator(
        options.state,
        SharedClock(options.clock),
        storage_url=options.storage_url,
        export_shard_bytes=options.export_shard_bytes,
        answer_wait=options.answer_wait,
    )
    emulator.start(options.project, options.dataset)
    for number in (signal.SIGTERM, signal.SIGINT):  # uvicorn raises the signal again once it has shut down
        signal.signal(number, lambda *_: sys.exit(0))
    uvicorn.run(
        application(emulator),
        host=options.host,
        port=options.port,
        log_level="critical",
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
