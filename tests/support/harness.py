"""A whole pipeline on a real Postgres, with wake-ups delivered by hand: in any order, twice, never, with workers that die."""

import random
from collections.abc import Callable, Mapping
from math import inf
from typing import Any

from common import flows
from common.environment import Environment
from common.pipeline.runs import Runs
from common.pipeline.sweep import sweep
from common.services import Services
from common.settings import Layers, resolve
from common.tasks.queue import Task
from common.tasks.wake_up import parse
from tests.support.deaths import Deaths, MortalStore
from tests.support.toy_flow import Crash

flows.register("toy", "tests.support.toy_flow:FLOW")


class HeldTasks:
    """A task queue that delivers nothing by itself; named tasks are taken once."""

    def __init__(self, deaths: Deaths) -> None:
        self.waiting: list[Task] = []
        self.names: set[str] = set()
        self._deaths = deaths

    def enqueue(self, tasks: Any) -> None:
        """Hold these until they are delivered."""
        self._deaths.come_to("enqueuing")
        for task in tasks:
            if task.name not in self.names:
                self.names.add(task.name)
                self.waiting.append(task)
        self._deaths.come_to("enqueued")


class Pipeline:
    """Start runs and deliver their wake-ups."""

    def __init__(self, database_url: str) -> None:
        self.services = Services(Environment(database_url=database_url, database_pool=4))
        self.deaths = Deaths()
        self.tasks = HeldTasks(self.deaths)
        self.services.tasks = self.tasks  # type: ignore[misc]  # a port with a fake behind it
        self.services.store = MortalStore(self.services.database, self.deaths)  # type: ignore[misc]
        self.runs = Runs(self.services.database, self.services.waker)
        self.crashes = 0
        self.results: list[str] = []
        self.found_by_sweep = 0
        """Wake-ups that only a sweep has found, when nothing else was left to deliver."""

    def start(
        self,
        flow: str = "toy",
        settings: Mapping[str, Any] | None = None,
        run_id: str | None = None,
        **options: Any,
    ) -> str:
        """Start a run; its id."""
        resolved = resolve(Layers(request=dict(settings or {})), flow=flow)
        return self.runs.start(flow, tenant="default", settings=resolved, options=options, run_id=run_id)

    def drive(
        self,
        *,
        twice: bool = False,
        choose: Callable[[list[Task]], int] = lambda tasks: 0,
        patience: float = inf,
        rounds: int = 10_000,
        strict: bool = True,
    ) -> None:
        """Deliver until nothing is due; business time moves forward to what waits, at most `patience` seconds at a time.

        After `rounds` deliveries that is an error (strict), or enough.
        """
        for _ in range(rounds):
            task = self._next(choose, patience) or self._swept(choose, patience)
            if task is None:
                return
            self.deliver(task)
            if twice:
                self.deliver(task)
        assert not strict, "the pipeline does not come to rest"

    def _swept(self, choose: Callable[[list[Task]], int], patience: float) -> Task | None:
        """What the next minute's sweep finds, if it finds anything."""
        sweep(self.services, grace_seconds=0)
        task = self._next(choose, patience)
        self.found_by_sweep += task is not None
        return task

    def _next(self, choose: Callable[[list[Task]], int], patience: float) -> Task | None:
        if not self.tasks.waiting:
            return None
        now = self.services.clock.now()
        due = [task for task in self.tasks.waiting if not task.schedule_time or task.schedule_time <= now]
        if not due:
            task = min(self.tasks.waiting, key=lambda task: task.schedule_time or now)
            assert task.schedule_time
            wait = (task.schedule_time - now).total_seconds() + 0.01
            if wait > patience:
                return None
            self.advance(wait)
            due = [task]
        task = due[choose(due)]
        self.tasks.waiting.remove(task)
        return task

    def deliver(self, task: Task) -> None:
        """One delivery; a worker that dies leaves its lease behind, which then runs out."""
        wake_up = parse(task.body)
        try:
            with self.deaths.during(wake_up.step):
                self.results.append(self.services.engine.handle(wake_up))
        except Crash:
            self.crashes += 1
            self.expire_leases()
            sweep(self.services, grace_seconds=0)

    def expire_leases(self) -> None:
        """As if every lease had run out."""
        self.sql("update chunks set lease_until = clock_timestamp() - interval '1 s' where state = 'leased'")
        self.sql(
            "update lane_slots set lease_until = clock_timestamp() - interval '1 s' where chunk_id is not null"
        )

    def advance(self, seconds: float) -> None:
        """Move business time forward."""
        offset = self.one("select offset_seconds from clock")
        self.sql("select shelfline_set_clock_offset(%s)", offset + seconds)

    def sql(self, statement: str, *values: Any) -> list[Any]:
        """Rows of a statement."""
        with self.services.database.transaction() as connection:
            result = (
                connection.exec_driver_sql(statement, values)
                if values
                else connection.exec_driver_sql(statement)
            )
            return list(result) if result.returns_rows else []

    def one(self, statement: str, *values: Any) -> Any:
        """The single value of a statement."""
        return self.sql(statement, *values)[0][0]

    def figures(self, run_id: str) -> dict[str, int]:
        """The run's figures that are not zero, by the sum of its deltas."""
        names = [
            "fetched",
            "done",
            "skipped",
            "rejected",
            "failed",
            "manual",
            "waiting",
            "cancelled",
            "in_progress",
        ]
        sums = ", ".join(f"coalesce(sum({name}), 0)" for name in names)
        row = self.sql(f"select {sums} from run_counts where run_id = %s", run_id)[0]
        return {name: int(value) for name, value in zip(names, row, strict=True) if value}

    def state(self, run_id: str) -> str:
        """The run's state."""
        return str(self.one("select state from runs where id = %s", run_id))

    def imbalance(self, run_id: str) -> Any:
        """None when the books balance."""
        return self.one("select shelfline_imbalance_v1(%s)", run_id)

    def close(self) -> None:
        """Give the connections back."""
        self.services.database.close()


def shuffled(seed: int) -> Callable[[list[Task]], int]:
    """Deliver in an order drawn from a seed."""
    chance = random.Random(seed)
    return lambda tasks: chance.randrange(len(tasks))
