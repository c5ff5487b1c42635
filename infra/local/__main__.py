"""The local stack's command line: python -m infra.local up|down|status|run."""

import argparse
import sys
from pathlib import Path

from infra.local.stack import commands
from infra.local.stack.plan import REAL
from infra.local.stack.state import State


def main(arguments: list[str] | None = None) -> int:
    """Run one command; the exit code is 0 done, 1 failed, 2 bad usage."""
    options = _parser().parse_args(arguments)
    state = State.at(options.state)
    match options.command:
        case "up":
            return _up(state, options)
        case "down":
            return commands.down(state)
        case "status":
            return commands.status(state)
        case _:
            from infra.local import run  # the driver of `make run` needs much that the other commands do not

            return int(run.main(state, flow=options.flow))


def _up(state: State, options: argparse.Namespace) -> int:
    code = commands.up(state, wait=options.wait, foreground=options.foreground, plan=options.plan)
    if code == commands.OK and options.wait and not options.foreground:
        print("\n".join(commands.addresses(state)))
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m infra.local", description=__doc__)
    parser.add_argument("--state", type=Path, default=Path("var"), help="folder of all state (default: var)")
    commands_of = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands_of.add_parser("up", help="start the stack; without effect when it is up")
    up.add_argument(
        "--wait", action=argparse.BooleanOptionalAction, default=True, help="return when it is healthy"
    )
    up.add_argument("--foreground", action="store_true", help="supervise in this process until Ctrl-C")
    up.add_argument("--plan", default=REAL, help=argparse.SUPPRESS)
    down = commands_of.add_parser("down", help="stop the stack; without effect when it is down")
    status = commands_of.add_parser("status", help="say what runs where; exit code 0 only when all is up")
    run = commands_of.add_parser("run", help="start the stack, run the flows on the samples, stop the stack")
    run.add_argument("--flow", help="one flow only")
    for command in (up, down, status, run):
        command.add_argument("--state", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
