"""Two at once on the same rows: whoever is second must see what the first did."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from common.database.engine import call
from common.tasks.queue import Task
from common.tasks.wake_up import parse
from tests.support.harness import Pipeline
from tests.support.parts import PartsPipeline, source_row


class Aside:
    """Work on another thread; its answer, or its error, comes when it is waited for."""

    def __init__(self, work: Callable[[], Any]) -> None:
        self._work = work
        self._answer: Any = None
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._answer = self._work()
        except BaseException as error:
            self._error = error

    def answer(self) -> Any:
        """What the work gave; raises what it raised."""
        self._thread.join(20)
        assert not self._thread.is_alive()
        if self._error is not None:
            raise self._error
        return self._answer


def wait_for_a_lock(pipeline: Pipeline) -> None:
    """Until some statement waits for another's lock."""
    end = time.monotonic() + 10
    while not pipeline.one("select count(*) from pg_locks where not granted"):
        assert time.monotonic() < end, "nobody waits for a lock"


@contextmanager
def while_open(pipeline: Pipeline, work: Callable[[Any], Any]) -> Iterator[Any]:
    """Do the work in a transaction that stays open while the block begins something that waits for it; its connection."""
    with pipeline.services.database.transaction() as connection:
        work(connection)
        yield connection


def test_a_person_who_finishes_a_task_while_the_run_settles_leaves_no_stuck_run(pipeline: Pipeline) -> None:
    run = pipeline.start(records=1, script={"key00000": {"decide": "manual"}})
    pipeline.drive()
    item = pipeline.one("select id from items")
    pipeline.sql("update runs set state = 'running'")  # as it is just before it settles
    resuming = {
        "tenant": "default", "run": run, "items": [item], "step": "stage", "lane": f"{run}/stage",
        "chunk_size": 50, "from": ["manual"], "reason": "completed", "by": "ada", "data": {},
    }  # fmt: skip
    with while_open(pipeline, lambda connection: call(connection, "shelfline_resume_items_v1", resuming)):
        settling = Aside(lambda: pipeline.one("select shelfline_settle_run_v1(%s)", run))
        wait_for_a_lock(pipeline)
    assert settling.answer() is None
    pipeline.drive()
    assert pipeline.state(run) == "completed"
    assert pipeline.figures(run) == {"fetched": 1, "done": 1}


def test_a_change_that_is_superseded_while_its_run_settles_leaves_no_run_waiting_for_nothing(
    pipeline: Pipeline,
) -> None:
    run = pipeline.start(records=1, script={"key00000": {"stage": "review"}})
    pipeline.drive()
    item = pipeline.one("select id from items")
    pipeline.sql("update runs set state = 'running'")  # as it is just before it settles
    ending = {"tenant": "default", "run": run, "items": [item], "state": "skipped", "outcome": "skip",
              "reason": "superseded", "by": ""}  # fmt: skip
    with while_open(pipeline, lambda connection: call(connection, "shelfline_end_items_v1", ending)):
        settling = Aside(lambda: pipeline.one("select shelfline_settle_run_v1(%s)", run))
        time.sleep(0.3)
    settling.answer()
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 1, "skipped": 1}
    assert pipeline.state(run) == "completed"


def test_two_runs_that_ask_a_person_about_the_same_part_leave_no_item_without_a_task(
    parts: PartsPipeline,
) -> None:
    parts.source(source_row("LM358P"))
    first, second = parts.begin(), parts.begin()
    parts.drive()
    assert parts.count("manual_tasks") == 1
    ends = sorted([parts.ends(first)["LM358P"], parts.ends(second)["LM358P"]])
    assert ends == [("manual", "not_found"), ("skipped", "open_task")]


_ANOTHER_RUN = """
insert into staged_changes (tenant_id, flow, target, key, run_id, item_id, operation, state, after)
values ('default', 'parts', 'catalog', 'texas instruments|lm358p', %s, %s, 'create', 'approved', '{}')
"""


def test_a_part_that_another_run_stages_at_the_same_moment_is_not_refused_as_bad_data(
    parts: PartsPipeline,
) -> None:
    parts.source(source_row("LM358P"))
    parts.digikey.sells("LM358P")
    first, second = parts.begin(), parts.begin()
    staging = deliver_until_stage(parts)
    other = parts.one("select id from items where run_id = %s", second)
    with while_open(parts, lambda connection: connection.exec_driver_sql(_ANOTHER_RUN, (second, other))):
        delivery = Aside(lambda: parts.deliver(staging[0]))
        wait_for_a_lock(parts)
    delivery.answer()
    parts.drive()
    assert parts.count("quarantine") == 0
    assert parts.ends(first) == {"LM358P": ("done", "pushed")}


def test_a_recording_that_loses_a_deadlock_is_made_again_at_once(parts: PartsPipeline) -> None:
    parts.source(source_row("LM358P"))
    parts.digikey.sells("LM358P")
    first, second = parts.begin(), parts.begin()
    staging = deliver_until_stage(parts)
    other = parts.one("select id from items where run_id = %s", second)
    chunk = parse(staging[0].body).chunk_id
    with while_open(
        parts, lambda connection: connection.exec_driver_sql(_ANOTHER_RUN, (second, other))
    ) as connection:
        delivery = Aside(lambda: parts.deliver(staging[0]))
        wait_for_a_lock(parts)
        # Whoever waited first finds the deadlock, and gives way.
        connection.exec_driver_sql("select from chunks where id = %s for update", (chunk,))
    delivery.answer()
    assert parts.sql("select attempts from items where run_id = %s", first) == [(0,)]
    parts.drive()
    assert parts.ends(first) == {"LM358P": ("done", "pushed")}


def deliver_until_stage(parts: PartsPipeline) -> list[Task]:
    """Deliver everything up to the stage step; what is to be delivered to that, oldest run first."""
    while earlier := [task for task in parts.tasks.waiting if not task.url.endswith("/stage")]:
        parts.tasks.waiting.remove(earlier[0])
        parts.deliver(earlier[0])
    staging, parts.tasks.waiting = parts.tasks.waiting, []
    return sorted(staging, key=lambda task: parse(task.body).run_id)
