"""The whole local stack with an order book in its BigQuery: what the flow is timed on, and how much memory it holds."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psutil

from common.client import Shelfline
from common.command_line.target import local
from common.environment import Environment
from common.services import Services
from functions.fetch.orders.loader import OrdersLoader
from tests.bench.change_detection import TENANT, know_customers
from tests.bench.order_rows import HEADERS, Row
from tests.support.processes import ROOT

_ENDS_WITHIN = 1800.0  # seconds
_POLL_SECONDS = 0.02
_SAMPLED_SECONDS = 0.05
_ENDED = ("completed", "waiting", "failed", "cancelled")


class Ran(NamedTuple):
    """One run that has ended well. Seconds are from its POST."""

    run: str
    until_staged: float
    """Until the last of its changes was staged; 0 when it was not said how many there would be."""
    until_end: float
    staged: int


class OrderStack:
    """A stack that is up, its customers known."""

    def __init__(self, folder: Path, services: Services, api: Shelfline, control: str) -> None:
        """control: the address of its control server."""
        self.services, self.api, self.control = services, api, control
        self._folder = folder

    def load(self, rows: Sequence[Row]) -> None:
        """Put an order book into the source, as `shelfline load orders` does."""
        text = io.StringIO(newline="")
        csv.writer(text).writerows([HEADERS, *rows])
        stream = io.BytesIO(text.getvalue().encode())
        OrdersLoader(self.services).load(stream, file="orders.csv", tenant=TENANT)

    def forget(self) -> None:
        """Hold no snapshot any more."""
        with self.services.database.transaction() as connection:
            connection.exec_driver_sql("delete from snapshots where flow = 'orders'")

    def run(self, staged: int | None, **more: Any) -> "Ran":
        """A run in mode TEST, unless `more` says another: no snapshot moves, so that each round does the same.

        staged: how many changes it will stage; None when that is to be found out. more: as `Shelfline.run` takes it.
        """
        started = time.perf_counter()
        run = str(self.api.run("orders", **{"mode": "TEST", **more})["run_id"])
        last = 0.0
        ends = time.monotonic() + _ENDS_WITHIN
        while time.monotonic() < ends:
            changes, state, waits = self._progress(run)
            if not last and staged is not None and changes >= staged:
                last = time.perf_counter() - started
            if state in _ENDED and not waits:
                if state not in ("completed", "waiting") or staged not in (None, changes):
                    raise RuntimeError(f"the run {run} is {state} with {changes} of {staged} changes staged")
                return Ran(run, last, time.perf_counter() - started, changes)
            time.sleep(_POLL_SECONDS)
        raise RuntimeError(f"the run {run} did not end within {_ENDS_WITHIN:.0f} s")

    def url(self, service: str) -> str:
        """The address of a service."""
        return str(self._record()["services"][service]["url"])

    def one(self, statement: str, *values: object) -> Any:
        """The one row of a statement."""
        with self.services.database.transaction() as connection:
            return connection.exec_driver_sql(statement, values).one()

    @contextmanager
    def memory(self) -> Iterator[list[float]]:
        """The most MiB that any functions process held meanwhile, appended at the end."""
        most, ended = [0.0], threading.Event()
        sampler = threading.Thread(target=self._sample, args=(most, ended))
        sampler.start()
        try:
            yield most
        finally:
            ended.set()
            sampler.join()

    def _progress(self, run: str) -> tuple[int, str, bool]:
        statement = (
            "select (select count(*) from staged_changes where run_id = r.id) as changes, r.state,"
            " exists (select from chunks where run_id = r.id and state <> 'closed') as waits from runs r where id = %s"
        )
        row = self.one(statement, run)
        return row.changes, row.state, row.waits

    def _record(self) -> Any:
        return json.loads((self._folder / "stack.json").read_text())

    def _sample(self, most: list[float], ended: threading.Event) -> None:
        root = psutil.Process(int(self._record()["services"]["functions"]["process"]["pid"]))
        while not ended.wait(_SAMPLED_SECONDS):
            held = [process.memory_info().rss for process in (root, *root.children(recursive=True))]
            most[0] = max(most[0], max(held) / 2**20)


@contextmanager
def order_stack(folder: Path) -> Iterator[OrderStack]:
    """A stack of its own, stopped afterwards."""
    _command(folder, "up")
    try:
        written = json.loads((folder / "environment.json").read_text())
        services = Services(Environment(**_fields(written)))
        know_customers(services)
        target = local(folder)
        with Shelfline(target.url, target.token) as api:
            yield OrderStack(folder, services, api, target.control)
        services.database.close()
    finally:
        _command(folder, "down")


def _fields(variables: Mapping[str, str]) -> dict[str, Any]:
    named = {name.removeprefix("SHELFLINE_").lower(): value for name, value in variables.items()}
    return {name: value for name, value in named.items() if name in Environment.model_fields}


def _command(folder: Path, word: str) -> None:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("SHELFLINE_")}
    done = subprocess.run(
        [sys.executable, "-m", "infra.local", "--state", str(folder), word],
        cwd=ROOT,
        env={**inherited, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"the stack does not go {word}:\n{done.stdout[-1000:]}{done.stderr[-2000:]}")
