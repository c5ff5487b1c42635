"""kill −9 of the functions' processes, with every task delivered twice, leaves the database of a stack that nobody disturbed."""

import itertools
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.stack import LocalStack, running_stack
from tests.support.dump import dump
from tests.support.postgres import quick_folder

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

RUN = "parts_1_comparable"
PARTS = 120
KILL_AT = (5, 130, 180, 240, 300, 360, 420)
"""Events that have happened when the next worker is killed."""
SETTINGS = {"max_batch_size": 20, "fetch_page_size": 50, "lease_seconds": 5, "crash_loop_tries": 20}
_SECONDS = 100.0
_POLL = 0.05


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path, in memory where there is room."""
    with quick_folder() as made:
        yield made


def test_killed_workers_and_double_deliveries_change_nothing(folder: Path) -> None:
    with running_stack(folder / "calm") as stack:
        stack.start(RUN, SETTINGS, limit=PARTS)
        finish(stack)
        calm = left_behind(stack)
    with running_stack(folder / "storm") as stack:
        stack.deliver_twice()
        stack.start(RUN, SETTINGS, limit=PARTS)
        killed = [wait_and_kill(stack, events) for events in KILL_AT]
        finish(stack)
        assert len(set(killed)) == len(KILL_AT)
        assert stack.doubled() > 50
        stormy = left_behind(stack)
    for table, rows in calm.items():
        missing, surplus = sorted(set(rows) - set(stormy[table])), sorted(set(stormy[table]) - set(rows))
        assert (table, missing, surplus) == (table, [], [])
    assert stormy == calm


def wait_and_kill(stack: LocalStack, events: int) -> int:
    """Kill a worker once so much has happened; its process id."""
    for _ in beats(stack):
        if stack.done(RUN) >= events or stack.has_settled(RUN):
            assert not stack.has_settled(RUN), "the run was over before the last worker was killed"
            return stack.kill_a_worker()
    raise AssertionError(f"there were never {events} events")


def finish(stack: LocalStack) -> None:
    """Wait until the run has settled."""
    for _ in beats(stack):
        if stack.has_settled(RUN):
            return
    raise AssertionError(
        f"the run does not end: {stack.sql('select step, state, count(*) from items group by 1, 2')}"
    )


def beats(stack: LocalStack) -> Iterator[int]:
    """Look again and again; when nothing has happened for a second, move the clock on a minute."""
    end, quiet_since, seen = time.monotonic() + _SECONDS, time.monotonic(), -1
    for beat in itertools.count():
        if time.monotonic() > end:
            return
        yield beat
        if (now := stack.done(RUN)) != seen:
            seen, quiet_since = now, time.monotonic()
        elif time.monotonic() - quiet_since > 1:
            stack.a_minute_later()
            quiet_since = time.monotonic()
        time.sleep(_POLL)


def left_behind(stack: LocalStack) -> dict[str, list[str]]:
    """Everything in Postgres, and the rows in BigQuery."""
    stack.services.warehouse.start_query(
        "enriched", "select key, content_hash from parts_enriched order by key", {}
    )
    page = stack.services.warehouse.query_page("enriched", None, 10_000)
    return {**dump(stack.sql), "enriched": [f"{row['key']} {row['content_hash']}" for row in page.rows]}
