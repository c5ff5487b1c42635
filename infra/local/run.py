"""What `make run` does: the stack up, the samples in place, each flow run to its end, a report, the stack down again.

A stack that was up before stays up. The exit code is 0 only if every run ended (or waits only for people) and adds up.
"""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from common import flows
from common.client import Shelfline
from common.command_line.clock import StackClock
from common.command_line.follow import Follower
from common.command_line.output import Output
from common.command_line.progress import progress
from common.command_line.target import local
from common.command_line.watch import LOCAL_BEYOND, LOCAL_PAUSE, Rules
from common.environment import Environment
from common.errors import NotFound, ShelflineError
from common.services import Services
from infra.local.report import Report, show
from infra.local.samples.seed import SEEDS
from infra.local.stack import commands
from infra.local.stack.record import Record
from infra.local.stack.state import State, write_json
from infra.local.stack.vendors import ETSY_PER_SECOND

_OPTIONS: Mapping[str, Mapping[str, Any]] = {"parts": {"limit": 1000}}
"""What the runs of a flow on the samples are started with."""
_SETTINGS: Mapping[str, Mapping[str, Any]] = {"designs": {"etsy_per_second": ETSY_PER_SECOND}}
"""What they are to go by beside the defaults: the limits of the stand-ins' accounts."""
_ENDED_WELL = ("completed", "waiting")


def main(state: State, flow: str | None) -> int:
    """Run one flow, or all, on the samples; the exit code is 0 done, 1 failed, 2 for a flow there is not."""
    try:
        wanted = [flows.flow(flow).name] if flow else flows.names()
    except NotFound as error:
        print(error, file=sys.stderr)
        return 2
    was_up = Record.read(state.record).is_supervised()
    if commands.up(state) != commands.OK:
        return 1
    try:
        return _run_all(state, wanted)
    except ShelflineError as error:
        print(f"make run stopped: {error}", file=sys.stderr)
        return 1
    finally:
        if not was_up:
            commands.down(state)


def _run_all(state: State, wanted: Sequence[str]) -> int:
    started = time.monotonic()
    services = Services(_environment(state.environment))
    target = local(state.folder)
    with Shelfline(target.url, target.token) as api:
        clock = StackClock(target.control)
        runs = {name: _runs(name, services, api, clock) for name in wanted}
        clock.close()
    report = Report(seconds=round(time.monotonic() - started, 3), flows=runs)
    write_json(state.folder / "report.json", report.as_json())
    show(report, state.folder / "report.json")
    return 0 if report.adds_up and all(_ended_well(run) for each in runs.values() for run in each) else 1


def _runs(name: str, services: Services, api: Shelfline, clock: StackClock) -> list[Mapping[str, Any]]:
    """A run after each load that has its turn; one all the same when there is nothing new to load."""
    runs = []
    for load in SEEDS[name]:
        if loaded := load(services):
            print(f"{name}: {loaded} sample records put into the source", file=sys.stderr)
            runs.append(_run(name, api, clock))
    return runs or [_run(name, api, clock)]


def _run(name: str, api: Shelfline, clock: StackClock) -> Mapping[str, Any]:
    """One run of a flow, followed to its end; the run as the API shows it."""
    started = api.run(name, settings=_SETTINGS.get(name), **_OPTIONS.get(name, {}))
    shown = progress(Output())
    try:
        rules = Rules(move_clock=True, pause=LOCAL_PAUSE, beyond=LOCAL_BEYOND)
        return Follower(api, shown, clock).follow(str(started["run_id"]), rules).run
    finally:
        shown.close()


def _ended_well(run: Mapping[str, Any]) -> bool:
    return run["state"] in _ENDED_WELL and bool(run["adds_up"])


def _environment(file: Path) -> Environment:
    """The environment that the functions of the running stack work with."""
    variables = json.loads(file.read_text())
    prefix = "SHELFLINE_"
    values = {
        name.removeprefix(prefix).lower(): value
        for name, value in variables.items()
        if name.startswith(prefix)
    }
    return Environment(**{name: value for name, value in values.items() if name in Environment.model_fields})
