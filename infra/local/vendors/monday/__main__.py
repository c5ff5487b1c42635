"""Start the stand-in: python -m infra.local.vendors.monday --help."""

import argparse
from pathlib import Path

from infra.local.vendors.monday.application import Options, application
from infra.local.vendors.monday.jobs import IngestRules
from infra.local.vendors.monday.plans import PLANS
from infra.local.vendors.serving import given, options_parser, serve

_SAMPLES = Path(__file__).parents[2] / "samples"


def main() -> None:
    """Serve until SIGTERM."""
    place, options = given(_parser())
    ingest = IngestRules(seconds=options.pop("ingest_seconds"))
    serve(application(Options(**options, ingest=ingest)), place)


def _parser() -> argparse.ArgumentParser:
    parser = options_parser("monday", "A stand-in for monday.com's API.")
    parser.add_argument("--boards", type=Path, default=_SAMPLES / "monday_boards.json")
    parser.add_argument("--token", default=Options.token)
    parser.add_argument("--view-only-token", help="a token that may look but not write")
    parser.add_argument("--plan", choices=sorted(PLANS), default=Options.plan)
    parser.add_argument("--personal-token", action="store_true", help="one complexity budget, not two")
    parser.add_argument("--per-day", type=int, help="calls a day instead of the plan's")
    parser.add_argument("--per-minute", type=int, help="calls a minute instead of the plan's")
    parser.add_argument("--concurrent", type=int, help="concurrent calls instead of the plan's")
    parser.add_argument("--points", type=int, help="complexity a minute instead of the token's")
    parser.add_argument("--ip-calls", type=int, default=Options.ip_calls, help="calls in ten seconds")
    parser.add_argument("--items-limit", type=int, default=Options.items_limit, help="items on a board")
    parser.add_argument("--search-lag", type=float, default=Options.search_lag, help="seconds")
    parser.add_argument(
        "--ingest-seconds", type=float, default=IngestRules.seconds, help="until a job begins"
    )
    return parser


if __name__ == "__main__":
    main()
