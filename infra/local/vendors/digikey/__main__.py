"""Start the stand-in: python -m infra.local.vendors.digikey --help."""

import argparse
from pathlib import Path

from infra.local.vendors.digikey.application import Options, application
from infra.local.vendors.serving import given, options_parser, serve

_SAMPLES = Path(__file__).parents[2] / "samples"


def main() -> None:
    """Serve until SIGTERM."""
    place, options = given(_parser())
    serve(application(Options(**options)), place)


def _parser() -> argparse.ArgumentParser:
    parser = options_parser(
        "digikey",
        "A stand-in for DigiKey Product Information v4.",
        state="folder for counters and the token key",
    )
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
