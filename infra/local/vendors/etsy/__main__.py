"""Start the stand-in: python -m infra.local.vendors.etsy --help."""

import argparse

from infra.local.vendors.etsy.application import Options, application
from infra.local.vendors.serving import given, options_parser, serve


def main() -> None:
    """Serve until SIGTERM."""
    place, options = given(_parser())
    serve(application(Options(**options)), place)


def _parser() -> argparse.ArgumentParser:
    parser = options_parser("etsy", "A stand-in for Etsy's Open API v3.")
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
