"""The supervisor's own process: python -m infra.local.stack --state DIR."""

import argparse
import os
import sys
from pathlib import Path

from infra.local.stack.lock import Lock
from infra.local.stack.state import State


def main() -> int:
    """Supervise until SIGTERM or SIGINT. With --detach the process that was called ends at once."""
    parser = argparse.ArgumentParser(prog="python -m infra.local.stack")
    parser.add_argument("--state", type=Path, required=True, help="the state folder")
    parser.add_argument("--plan", required=True, help="what to run, as module:function")
    parser.add_argument(
        "--lock", type=int, required=True, help="open file that holds the state folder's lock"
    )
    parser.add_argument("--detach", action="store_true", help="go on in the background; print the process id")
    options = parser.parse_args()
    if options.detach:
        _detach()
    from infra.local.stack.supervisor import supervise  # once the caller of --detach has its answer

    state = State.at(options.state)
    return supervise(state, Lock.inherited(state.lock, options.lock), options.plan)


def _detach() -> None:
    child = os.fork()
    if child:
        print(child, flush=True)
        os._exit(0)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(2, 1)  # the caller waits for the end of our standard output
    os.close(nothing)


if __name__ == "__main__":
    sys.exit(main())
