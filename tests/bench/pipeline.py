"""Items a second through the full route of the no-op flow, two ways: in process, and by real tasks and functions."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any

from common import flows
from common.environment import Environment
from common.pipeline.runs import Runs
from common.services import Services
from common.settings import Layers, resolve
from common.tasks.queue import Task
from common.tasks.wake_up import parse
from infra.local.postgres import Postgres
from tests.bench import noop_flow, servers
from tests.bench.measure import Measure, rounds

_SETTLES_WITHIN = 120.0  # seconds
_POLL_SECONDS = 0.01
_CORES = 2
_TARGET = 2000.0  # items a second on two cores
_ALL_STEPS = "every step in one process, after the runs; each value a process"
STEPS = len(noop_flow.FLOW.steps)


class SharedTasks:
    """A task queue between processes of one machine: no network, no token, no retry."""

    def __init__(self, bodies: "Queue[bytes | None]") -> None:
        self._bodies = bodies

    def enqueue(self, tasks: Sequence[Task]) -> None:
        """Hand the bodies to whichever process is free."""
        for task in tasks:
            self._bodies.put(task.body)


def in_process(server: Postgres, *, items: int, count: int) -> Measure:
    """Claim, run, record and choose what follows, with wake-ups handed from process to process."""
    url = servers.migrated(server, "bench_in_process")
    with _workers(url) as tasks:
        services = _services(Environment(database_url=url), tasks)
        _run(services, items // 5)  # warms connections and statement plans
        values = rounds(count, lambda: _run(services, items))
        services.database.close()
    how = f"{items} items, {STEPS} steps, chunk 100, {_CORES} processes, wake-ups by a queue in memory"
    return Measure(name="pipeline, in process", values=values, unit="items/s", how=how)


def by_tasks(server: Postgres, folder: Path, *, items: int, count: int) -> list[Measure]:
    """The whole path: Cloud Tasks client, emulator, functions-framework under gunicorn, OIDC check, claim, record.

    Also how much memory a functions process holds afterwards: it serves every step, so one step alone needs less.
    """
    url = servers.migrated(server, "bench_by_tasks")
    with servers.full_path(folder, url, workers=_CORES) as environment:
        services = Services(environment)
        flows.register(noop_flow.NAME, noop_flow.REFERENCE)
        _run(services, items // 5)
        values = rounds(count, lambda: _run(services, items))
        memory = servers.memory("infra.local.serve")
        services.tasks.close()  # type: ignore[attr-defined]  # the real client's channel
        services.database.close()
    how = f"{items} items, {STEPS} steps, chunk 100, gunicorn {_CORES} × 8 threads, real client, every token verified"
    return [
        Measure(
            name="pipeline, by tasks and functions", values=values, unit="items/s", how=how, at_least=_TARGET
        ),
        Measure(name="memory of a functions process", values=memory, unit="MiB", how=_ALL_STEPS, at_most=256),
    ]


def _run(services: Services, items: int) -> float:
    """Items a second of one run, from its start until it has settled."""
    started = time.perf_counter()
    run = Runs(services.database, services.waker).start(
        noop_flow.NAME,
        tenant="default",
        settings=resolve(Layers(request={}), flow=noop_flow.NAME),
        options={"records": items},
    )
    _await_settled(services, run, items)
    return items / (time.perf_counter() - started)


def _await_settled(services: Services, run: str, items: int) -> None:
    ends = time.monotonic() + _SETTLES_WITHIN
    while time.monotonic() < ends:
        with services.database.transaction() as connection:
            state = connection.exec_driver_sql("select state from runs where id = %s", (run,)).scalar()
            if state not in ("pending", "running"):
                _check(connection, run, str(state), items)
                return
        time.sleep(_POLL_SECONDS)
    raise RuntimeError(f"the run {run} did not settle within {_SETTLES_WITHIN:.0f} s")


def _check(connection: Any, run: str, state: str, items: int) -> None:
    """A figure counts only if the work was done: every item done, every step of each told, and the books balance."""
    done, told = connection.exec_driver_sql(
        "select (select count(*) from items where run_id = %s and state = 'done'),"
        " (select count(*) from events where stream = %s and item_id is not null)",
        (run, run),
    ).one()
    if (state, done, told) != ("completed", items, items * STEPS):
        raise RuntimeError(f"the run {run} is {state} with {done} of {items} items done and {told} events")


@contextmanager
def _workers(url: str) -> Iterator["Queue[bytes | None]"]:
    """Two processes that do what the functions do with a wake-up."""
    context = multiprocessing.get_context("spawn")
    tasks: Queue[bytes | None] = context.Queue()
    processes = [context.Process(target=_work, args=(url, tasks), daemon=True) for _ in range(_CORES)]
    for each in processes:
        each.start()
    try:
        yield tasks
    finally:
        for _ in processes:
            tasks.put(None)
        for each in processes:
            each.join(10)


def _work(url: str, tasks: "Queue[bytes | None]") -> None:
    services = _services(Environment(database_url=url), tasks)
    while (body := tasks.get()) is not None:
        services.engine.handle(parse(body))
    services.database.close()


def _services(environment: Environment, tasks: "Queue[bytes | None]") -> Services:
    flows.register(noop_flow.NAME, noop_flow.REFERENCE)
    services = Services(environment)
    services.tasks = SharedTasks(tasks)  # another queue behind the port
    return services
