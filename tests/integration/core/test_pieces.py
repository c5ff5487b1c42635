"""Sources that find sources, count what has not changed, and settle what they read with our tables."""

from typing import Any

import pytest

from common.pipeline.registry import register
from common.pipeline.sweep import sweep
from tests.integration.core.pieces_flow import want_close
from tests.support.deaths import PLACES, Place
from tests.support.harness import Pipeline, shuffled

register("shelves", "tests.integration.core.pieces_flow:FLOW")

SHELVES = [5, 0, 4, 7]
SIXTEEN = {"fetched": 16, "done": 9, "skipped": 7}
"""Of 16 records those of even number are items: 3, 0, 2 and 4."""
TOLD = "select kind, body->>'group', (body->>'seen')::int from events where stream = %s and kind in ('tallied', 'closed') order by id"


def _run(pipeline: Pipeline, **options: Any) -> str:
    run = pipeline.start("shelves", shelves=SHELVES, **options)
    pipeline.drive()
    assert pipeline.imbalance(run) is None
    return run


@pytest.mark.parametrize("seed", range(3))
def test_each_piece_is_a_source_at_its_step_from_its_own_cursor(pipeline: Pipeline, seed: int) -> None:
    run = pipeline.start("shelves", shelves=SHELVES)
    pipeline.drive(twice=True, choose=shuffled(seed))
    assert pipeline.figures(run) == SIXTEEN
    pieces = "select cursor->>'shelf', cursor->>'next', unchanged from chunks where step = 'count' and phase = '' order by 1"
    assert [tuple(row) for row in pipeline.sql(pieces)] == [
        ("0", "5", 2),
        ("1", "0", 0),
        ("2", "4", 2),
        ("3", "7", 3),
    ]
    assert pipeline.one("select count(*) from seen") == 16
    assert pipeline.state(run) == "completed"
    assert pipeline.imbalance(run) is None


def test_records_that_have_not_changed_are_counted_without_items(pipeline: Pipeline) -> None:
    run = _run(pipeline, every=1000)
    assert pipeline.figures(run) == {"fetched": 16, "done": 3, "skipped": 13}
    assert pipeline.one("select count(*) from items") == 3


def test_a_source_in_which_nothing_has_changed_makes_no_item_and_balances(pipeline: Pipeline) -> None:
    run = pipeline.start("shelves", shelves=[3], every=1000)
    pipeline.sql("delete from items")
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 3, "done": 1, "skipped": 2}
    pages = "select fetched, skipped from run_counts where run_id = %s and fetched > 0"
    assert [tuple(row) for row in pipeline.sql(pages, run)] == [(3, 2)]


def test_a_page_of_unchanged_records_alone_is_counted(pipeline: Pipeline) -> None:
    run = pipeline.start("shelves", shelves=[6], every=6)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 6, "done": 1, "skipped": 5}
    pages = "select fetched, skipped from run_counts where run_id = %s and fetched > 0"
    assert sorted(tuple(row) for row in pipeline.sql(pages, run)) == [(3, 2), (3, 3)]
    assert pipeline.imbalance(run) is None


@pytest.mark.parametrize("tampered", ["unchanged + 1", "unchanged - 1"])
def test_a_count_that_was_tampered_with_is_noticed_when_the_run_settles(
    pipeline: Pipeline, tampered: str
) -> None:
    run = pipeline.start("shelves", shelves=SHELVES)
    change = f"update chunks set unchanged = {tampered} where cursor->>'shelf' = '0'"
    pipeline.deaths.before("decide", "claimed", lambda: pipeline.sql(change))
    pipeline.drive()
    assert pipeline.state(run) == "failed"
    assert pipeline.one("select error->>'code' from runs") == "does_not_add_up"


def test_items_without_a_record_in_the_source_are_noticed(pipeline: Pipeline) -> None:
    run = pipeline.start("shelves", shelves=SHELVES)
    pipeline.deaths.before("decide", "claimed", lambda: pipeline.sql("update runs set declared = 15"))
    pipeline.drive()
    assert pipeline.state(run) == "failed"
    assert pipeline.one("select error->>'code' from runs") == "does_not_add_up"


def test_a_barrier_that_does_not_merge_keeps_chunks_apart_and_releases_all_of_them(
    pipeline: Pipeline,
) -> None:
    run = pipeline.start("shelves", shelves=SHELVES)
    told: list[int] = []
    blocked = "select count(*) from chunks where step = 'decide' and state = 'blocked'"
    pipeline.deaths.before("count", "enqueued", lambda: told.append(pipeline.one(blocked)))
    pipeline.drive()
    assert told
    sizes = "select cardinality(item_ids) from chunks where step = 'decide' and first_claimed_at is not null"
    # One for each page with items in it: 0 2 | 4, 0 2, 0 2 | 4 | 6.
    assert sorted(row[0] for row in pipeline.sql(sizes)) == [1, 1, 1, 2, 2, 2]
    assert pipeline.one("select count(*) from chunks where step = 'decide'") == 6
    assert pipeline.figures(run) == SIXTEEN
    assert pipeline.imbalance(run) is None


def test_nothing_behind_a_barrier_begins_before_every_piece_has_been_read(pipeline: Pipeline) -> None:
    run = _run(pipeline)
    order = "select step, phase from chunks where first_claimed_at is not null order by first_claimed_at"
    steps = ["/".join(row) for row in pipeline.sql(order)]
    assert steps.index("count/tally") == 1 + 4
    assert set(steps[:5]) == {"list/", "count/"}
    assert pipeline.sql(TOLD, run)[0][2] == 16


def test_what_a_source_settles_goes_with_the_lease_that_was_lost(pipeline: Pipeline) -> None:
    run = pipeline.start("shelves", shelves=SHELVES)

    def another_takes_it() -> None:
        pipeline.expire_leases()
        sweep(pipeline.services, grace_seconds=0)

    pipeline.deaths.before("count", "worked", another_takes_it)
    pipeline.drive()
    assert "lease_lost" in pipeline.results
    assert pipeline.one("select count(*) from seen") == 16
    assert pipeline.one("select count(distinct key) from seen") == 16
    assert pipeline.figures(run) == SIXTEEN
    assert pipeline.imbalance(run) is None


def test_a_phase_that_many_chunks_want_runs_once_for_each_of_its_lanes(pipeline: Pipeline) -> None:
    run = pipeline.start("shelves", {"max_batch_size": 1}, shelves=SHELVES, groups=4)
    pipeline.drive()
    assert pipeline.figures(run) == SIXTEEN
    closed = [tuple(row)[:2] for row in pipeline.sql(TOLD, run)][1:]
    assert sorted(closed) == [("closed", "0"), ("closed", "2")]


def test_a_phase_is_wanted_once_until_it_runs_and_again_afterwards(pipeline: Pipeline) -> None:
    run = _run(pipeline)
    wanted = "select count(*) from chunks where phase = 'close'"
    assert pipeline.one(wanted) == 1
    with pipeline.services.database.transaction() as connection:
        for _ in range(3):
            want_close(connection, "default", run, 0)
    assert pipeline.one(wanted) == 2


def test_a_phase_that_was_wanted_in_a_transaction_that_failed_is_not_wanted(pipeline: Pipeline) -> None:
    run = _run(pipeline)
    with pytest.raises(ZeroDivisionError):
        _want_and_fail(pipeline, run)
    assert pipeline.one("select count(*) from chunks where phase = 'close'") == 1


def _want_and_fail(pipeline: Pipeline, run: str) -> None:
    with pipeline.services.database.transaction() as connection:
        want_close(connection, "default", run, 7)
        raise ZeroDivisionError


def test_a_page_says_to_which_step_its_children_go(pipeline: Pipeline) -> None:
    run = _run(pipeline, straight=True)
    assert pipeline.figures(run) == SIXTEEN
    steps = "select distinct step from chunks where kind = 'items'"
    assert pipeline.sql(steps) == [("push",)]


def test_a_source_that_runs_out_of_time_is_read_on_by_the_next_worker(pipeline: Pipeline) -> None:
    run = pipeline.start("shelves", {"step_time_budget_seconds": 1}, shelves=[40])
    pipeline.deaths.before("count", "worked", lambda: pipeline.sql("select pg_sleep(1.05)"))
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 40, "done": 20, "skipped": 20}
    assert pipeline.one("select generation from chunks where cursor->>'shelf' = '0'") == 2
    assert pipeline.imbalance(run) is None


@pytest.mark.parametrize("step", ["list", "count", "decide", "push"])
@pytest.mark.parametrize("place", PLACES)
def test_a_worker_may_die_anywhere(pipeline: Pipeline, step: str, place: Place) -> None:
    run = pipeline.start("shelves", shelves=SHELVES, groups=4)
    pipeline.deaths.plan(step, place, times=2)
    pipeline.drive()
    died = 2 - len(pipeline.deaths.planned)
    assert pipeline.crashes == died
    # What is recorded in one round trip has no inside to die in.
    assert died or (place == "recording" and step in ("list", "decide"))
    assert pipeline.figures(run) == SIXTEEN
    assert pipeline.one("select count(*) from seen") == 16
    assert [row.kind for row in pipeline.sql(TOLD, run)].count("tallied") == 1
    assert pipeline.state(run) == "completed"
    assert pipeline.imbalance(run) is None


def test_a_cancelled_run_reads_no_further_piece(pipeline: Pipeline) -> None:
    run = pipeline.start("shelves", shelves=SHELVES)
    pipeline.deaths.before("count", "worked", lambda: pipeline.runs.cancel("default", run, "ada"))
    pipeline.drive()
    assert pipeline.state(run) == "cancelled"
    assert pipeline.one("select count(*) from chunks where state <> 'closed'") == 0
    assert pipeline.sql(TOLD, run) == []
    assert pipeline.imbalance(run) is None
