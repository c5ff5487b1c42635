"""A local stack of one's own: real emulators, the vendor's stand-in, and the functions in gunicorn."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from common.command_line.clock import StackClock
from common.environment import Environment
from common.pipeline.runs import Runs
from common.services import Services
from common.settings import Layers, resolve
from infra.local.samples.seed import seed_parts

_ROOT = Path(__file__).parents[2]
_PREFIX = "SHELFLINE_"
_SETTLED = "select state not in ('pending', 'running', 'cancelling') from runs where id = %s"


class LocalStack:
    """One that is up, seen through the functions' own clients."""

    def __init__(self, record: Mapping[str, Any], variables: Mapping[str, str]) -> None:
        named = {
            name.removeprefix(_PREFIX).lower(): value
            for name, value in variables.items()
            if name.startswith(_PREFIX)
        }
        known = {name: value for name, value in named.items() if name in Environment.model_fields}
        self.services = Services(Environment(**known))  # type: ignore[arg-type]  # texts, as in a process environment
        self._record = record
        self._clock = StackClock(record["urls"]["control"])
        seed_parts(self.services)

    def start(self, run_id: str, settings: Mapping[str, Any], **options: Any) -> None:
        """Start a run of the parts flow under an id of the test's choice."""
        runs = Runs(self.services.database, self.services.waker)
        resolved = resolve(Layers(request=dict(settings)), flow="parts")
        runs.start("parts", tenant="default", settings=resolved, options=options, run_id=run_id)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        with self.services.database.transaction() as connection:
            result = (
                connection.exec_driver_sql(statement, values)
                if values
                else connection.exec_driver_sql(statement)
            )
            return list(result)

    def deliver_twice(self) -> None:
        """From now on every task is delivered twice, at the same time."""
        fault = {"operation": "tasks.dispatch", "kind": "duplicate", "times": 1_000_000}
        httpx.post(f"{self._url('tasks')}/_faults", json=fault, trust_env=False).raise_for_status()

    def doubled(self) -> int:
        """Deliveries that were doubled."""
        faults = httpx.get(f"{self._url('tasks')}/_faults", trust_env=False).json()
        return int(sum(fault["struck"] for fault in faults))

    def kill_a_worker(self) -> int:
        """SIGKILL one process of the functions' server; its id."""
        master = psutil.Process(self._record["services"]["functions"]["process"]["pid"])
        while not (workers := master.children()):
            time.sleep(0.01)  # gunicorn replaces the one killed before
        workers[0].kill()
        return int(workers[0].pid)

    def done(self, run_id: str) -> int:
        """How much of a run has happened, in events."""
        return int(self.sql("select count(*) from events where stream = %s", run_id)[0][0])

    def has_settled(self, run_id: str) -> bool:
        """Whether a run has ended, or waits for people only."""
        return bool(self.sql(_SETTLED, run_id)[0][0])

    def a_minute_later(self) -> None:
        """Move the clock on: quota windows pass, and the scheduler calls the sweep."""
        self._clock.advance(self._clock.now() + timedelta(seconds=61))

    def close(self) -> None:
        """Let go of the connections."""
        self.services.warehouse.close()  # type: ignore[attr-defined]  # the real client has connections
        self.services.database.close()
        self._clock.close()

    def _url(self, service: str) -> str:
        return str(self._record["services"][service]["url"])


@contextmanager
def running_stack(folder: Path) -> Iterator[LocalStack]:
    """A stack in this folder, from its first healthy moment until it is down again."""
    command = [sys.executable, "-m", "infra.local"]
    subprocess.run([*command, "up", "--state", str(folder)], cwd=_ROOT, check=True, capture_output=True)
    try:
        variables = json.loads((folder / "environment.json").read_text())
        with pytest.MonkeyPatch.context() as environment:
            for name, value in variables.items():
                environment.setenv(name, value)
            stack = LocalStack(json.loads((folder / "stack.json").read_text()), variables)
            try:
                yield stack
            finally:
                stack.close()
    finally:
        subprocess.run([*command, "down", "--state", str(folder)], cwd=_ROOT, check=True, capture_output=True)
