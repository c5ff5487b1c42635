"""Serve the step functions: python -m infra.local.serve --port P --steps fetch,decide --source main.py."""

import argparse
from pathlib import Path

from infra.local.serve.server import Server
from infra.local.serve.steps import load

_ROOT = Path(__file__).parents[3]


def main() -> None:
    """Serve until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.serve")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--steps", default="fetch,decide,scrape,hash,stage,push,sweep", help="comma-separated"
    )
    parser.add_argument("--source", type=Path, default=_ROOT / "main.py", help="the functions' source file")
    parser.add_argument("--workers", type=int, default=2, help="processes")
    parser.add_argument("--threads", type=int, default=16, help="requests served at once by each process")
    given = parser.parse_args()
    steps = given.steps.split(",")
    Server(lambda: load(steps, given.source), given.port, given.workers, given.threads).run()


if __name__ == "__main__":
    main()
