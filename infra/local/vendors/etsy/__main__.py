"""Start the stand-in: python -m infra.local.vendors.etsy --help."""

import argparse
from pathlib import Path

import uvicorn

from infra.local.vendors.etsy.application import Options, application


def main() -> None:
    """Serve until SIGTERM."""
    arguments = _parser().parse_args()
    options = {name: value for name, value in vars(arguments).items() if name not in ("host", "port")}
    uvicorn.run(
        application(Options(**options)),
        host=arguments.host,
        port=arguments.port,
        log_level="warning",
        access_log=False,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="etsy", description="A stand-in for Etsy's Open API v3.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="folder for everything that is kept")
    parser.add_argument("--clock", type=Path, required=True, help="file of the shared clock")
    parser.add_argument("--keystring", default=Options.keystring)
    parser.add_argument("--shared-secret", default=Options.shared_secret)
    parser.add_argument("--refresh-token", help="one that is good without a consent, from the first start on")
    parser.add_argument("--per-second", type=int, default=Options.per_second, help="calls a second")
    parser.add_argument("--per-day", type=int, default=Options.per_day, help="calls in 24 hours")
    parser.add_argument(
        "--token-lifetime", type=float, default=Options.token_lifetime, help="seconds, real time"
    )
    parser.add_argument(
        "--processing-seconds",
        type=float,
        default=Options.processing_seconds,
        help="until the size of an image is known, by the shared clock",
    )
    return parser


if __name__ == "__main__":
    main()
