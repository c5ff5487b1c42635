"""kill −9 of the functions' processes, with every task delivered twice, leaves the database of a stack that nobody disturbed."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.samples.seed import seed_parts
from tests.support.dump import dump
from tests.support.inside import Inside, inside
from tests.support.postgres import quick_folder
from tests.support.stack import Stack, running_stack

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]

RUN = "parts_1_comparable"
PARTS = 80
KILL_AT = (5, 85, 120, 170, 220, 270)
"""Events that have happened when the next worker is killed."""
SETTINGS = {"max_batch_size": 20, "fetch_page_size": 50, "lease_seconds": 5, "crash_loop_tries": 20}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path, in memory where there is room."""
    with quick_folder() as made:
        yield made


def test_killed_workers_and_double_deliveries_change_nothing(folder: Path) -> None:
    with running_stack(folder / "calm") as stack, inside(stack) as calm:
        start(calm)
        calm.finish(RUN)
        expected = left_behind(calm)
    with running_stack(folder / "storm") as stack, inside(stack) as storm:
        stack.plant("tasks", "tasks.dispatch", "duplicate", times=1_000_000)
        start(storm)
        killed = [wait_and_kill(stack, storm, events) for events in KILL_AT]
        storm.finish(RUN)
        assert len(set(killed)) == len(KILL_AT)
        assert stack.struck("tasks") > 10
        found = left_behind(storm)
    for table, rows in expected.items():
        missing, surplus = sorted(set(rows) - set(found[table])), sorted(set(found[table]) - set(rows))
        assert (table, missing, surplus) == (table, [], [])
    assert found == expected


def start(within: Inside) -> None:
    """The samples in place, and a run on them."""
    seed_parts(within.services)
    within.start("parts", RUN, SETTINGS, limit=PARTS)


def wait_and_kill(stack: Stack, storm: Inside, events: int) -> int:
    """Kill a worker once so much has happened; its process id."""
    for _ in storm.beats(RUN):
        if storm.done(RUN) >= events or storm.has_settled(RUN):
            assert not storm.has_settled(RUN), "the run was over before the last worker was killed"
            return stack.kill_a_worker()
    raise AssertionError(f"there were never {events} events")


def left_behind(within: Inside) -> dict[str, list[str]]:
    """Everything in Postgres, and the rows in BigQuery."""
    warehouse = within.services.warehouse
    warehouse.start_query("enriched", "select key, content_hash from parts_enriched order by key", {})
    page = warehouse.query_page("enriched", None, 10_000)
    return {**dump(within.sql), "enriched": [f"{row['key']} {row['content_hash']}" for row in page.rows]}
