"""Start the stand-in: python -m infra.local.vendors.digikey --help."""

import argparse
from pathlib import Path

import uvicorn

from infra.local.vendors.digikey.application import Options, application

_SAMPLES = Path(__file__).parents[2] / "samples"


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
    parser = argparse.ArgumentParser(
        prog="digikey", description="A stand-in for DigiKey Product Information v4."
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--state", type=Path, required=True, help="folder for counters and the token key")
    parser.add_argument("--clock", type=Path, required=True, help="file of the shared clock")
    parser.add_argument("--catalogue", type=Path, default=_SAMPLES / "digikey_catalogue.ndjson")
    parser.add_argument("--client-id", default=Options.client_id)
    parser.add_argument("--client-secret", default=Options.client_secret)
    parser.add_argument(
        "--token-lifetime", type=float, default=Options.token_lifetime, help="seconds, real time"
    )
    parser.add_argument("--per-minute", type=int, default=Options.per_minute)
    parser.add_argument("--per-day", type=int, default=Options.per_day)
    return parser


if __name__ == "__main__":
    main()
