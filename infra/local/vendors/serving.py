"""How the process of a stand-in begins: the options that all of them have, and the server."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette


@dataclass(frozen=True)
class Place:
    """Where to listen."""

    host: str
    port: int


def options_parser(
    name: str, description: str, *, state: str = "folder for everything that is kept"
) -> argparse.ArgumentParser:
    """A parser of the common options; the stand-in adds its own. state: what its folder is for."""
    made = argparse.ArgumentParser(prog=name, description=description)
    made.add_argument("--host", default="127.0.0.1")
    made.add_argument("--port", type=int, required=True)
    made.add_argument("--state", type=Path, required=True, help=state)
    made.add_argument("--clock", type=Path, required=True, help="file of the shared clock")
    return made


def given(parser: argparse.ArgumentParser) -> tuple[Place, dict[str, Any]]:
    """The command line of this process: where to listen, and every other option by name."""
    options = vars(parser.parse_args())
    return Place(options.pop("host"), options.pop("port")), options


def serve(application: Starlette, place: Place) -> None:
    """Serve until SIGTERM."""
    uvicorn.run(application, host=place.host, port=place.port, log_level="warning", access_log=False)
