"""One record's way along a route, and what each outcome makes of it."""

import pytest

from common.errors import Usage
from common.settings import Layers, resolve
from tests.support.harness import Pipeline, shuffled


def test_every_record_of_a_plain_run_ends_done(pipeline: Pipeline) -> None:
    run = pipeline.start(records=250, page=60)
    pipeline.drive()
    assert pipeline.state(run) == "completed"
    assert pipeline.figures(run) == {"fetched": 250, "done": 250}
    assert pipeline.imbalance(run) is None


def test_an_empty_source_is_a_completed_run_of_nothing(pipeline: Pipeline) -> None:
    run = pipeline.start(records=0)
    pipeline.drive()
    assert (pipeline.state(run), pipeline.figures(run)) == ("completed", {})


@pytest.mark.parametrize(
    ("word", "ends_in", "state"),
    [
        ("skip", "skipped", "completed"),
        ("reject", "rejected", "completed"),
        ("fail", "failed", "completed"),
        ("manual", "manual", "waiting"),
        ("review", "waiting", "waiting"),
    ],
)
@pytest.mark.parametrize("step", ["decide", "scrape", "hash", "stage", "push"])
def test_an_outcome_takes_an_item_where_it_says(
    pipeline: Pipeline, word: str, ends_in: str, state: str, step: str
) -> None:
    run = pipeline.start(records=10, script={"key00003": {step: word}})
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 10, "done": 9, ends_in: 1}
    assert pipeline.state(run) == state
    assert pipeline.imbalance(run) is None


def test_an_item_that_waits_goes_on_when_its_time_has_come(pipeline: Pipeline) -> None:
    run = pipeline.start(records=10, script={"key00003": {"scrape": "wait"}})
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 10, "done": 10}
    assert pipeline.one("select offset_seconds from clock") > 50


def test_a_retry_counts_attempts_until_they_are_used_up(pipeline: Pipeline) -> None:
    run = pipeline.start(
        records=3, script={"key00001": {"hash": "retry"}, "key00002": {"hash": "retry_once"}}
    )
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 3, "done": 2, "manual": 1}
    assert pipeline.one("select count(*) from events where kind = 'retry'") == 3


def test_a_key_met_twice_is_kept_as_skipped(pipeline: Pipeline) -> None:
    run = pipeline.start(records=30, page=7, doubled=25)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 30, "done": 25, "skipped": 5}
    assert pipeline.imbalance(run) is None


@pytest.mark.parametrize("raises", ["wait", "retry", "unknown"])
def test_an_error_of_the_whole_batch_passes(pipeline: Pipeline, raises: str) -> None:
    run = pipeline.start(records=20, raises=raises)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 20, "done": 20}


def test_what_automation_gives_up_goes_to_people(pipeline: Pipeline) -> None:
    run = pipeline.start(records=20, raises="give_up")
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 20, "manual": 20}
    assert pipeline.one("select count(*) from manual_tasks") == 20


def test_data_that_postgres_refuses_goes_to_quarantine_alone(pipeline: Pipeline) -> None:
    run = pipeline.start(records=40, script={"key00007": {"hash": "poison"}, "key00031": {"hash": "poison"}})
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 40, "done": 38, "rejected": 2}
    assert pipeline.one("select count(*) from quarantine") == 2


@pytest.mark.parametrize("seed", range(6))
def test_order_and_double_delivery_change_nothing(pipeline: Pipeline, seed: int) -> None:
    script = {
        "key00003": {"decide": "manual"},
        "key00011": {"scrape": "retry_once"},
        "key00040": {"push": "skip"},
    }
    run = pipeline.start(settings={"max_batch_size": 7}, records=60, page=13, script=script)
    pipeline.drive(twice=True, choose=shuffled(seed))
    assert pipeline.figures(run) == {"fetched": 60, "done": 58, "manual": 1, "skipped": 1}
    assert pipeline.imbalance(run) is None
    twice = "select count(*) from (select item_id, step from events where kind = 'next' group by 1, 2 having count(*) > 1) x"
    assert pipeline.one(twice) == 0


@pytest.mark.parametrize("step", ["decide", "scrape", "hash", "stage", "push"])
def test_a_worker_that_dies_at_a_step_costs_nothing_but_time(pipeline: Pipeline, step: str) -> None:
    run = pipeline.start(records=40, script={"key00020": {step: "crash_once"}})
    pipeline.drive()
    assert pipeline.crashes == 1
    assert pipeline.figures(run) == {"fetched": 40, "done": 40}
    assert pipeline.imbalance(run) is None


def test_an_item_that_kills_every_worker_is_found_alone(pipeline: Pipeline) -> None:
    run = pipeline.start(records=12, script={"key00005": {"hash": "crash"}})
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 12, "done": 11, "manual": 1}
    assert pipeline.one("select reason from items where state = 'manual'") == "crash_loop"


def test_wake_ups_that_were_lost_are_found_by_sweep(pipeline: Pipeline) -> None:
    run = pipeline.start(records=50)
    while pipeline.state(run) != "completed":
        pipeline.tasks.waiting.clear()
        pipeline.sql(
            "update chunks set woken_at = clock_timestamp() - interval '1 h' where woken_at is not null"
        )
        pipeline.advance(31)
        from common.pipeline.sweep import sweep

        sweep(pipeline.services)
        task = pipeline.tasks.waiting.pop(0)
        pipeline.deliver(task)
    assert pipeline.figures(run) == {"fetched": 50, "done": 50}


def test_a_lane_runs_no_more_chunks_at_once_than_it_is_wide(pipeline: Pipeline) -> None:
    pipeline.start(settings={"automation_max_concurrent": 2, "max_batch_size": 5}, records=60)
    while not (scrapes := [t for t in pipeline.tasks.waiting if "/scrape" in t.url]):
        pipeline.deliver(pipeline.tasks.waiting.pop(0))
    for task in [t for t in pipeline.tasks.waiting if "/scrape" not in t.url]:
        pipeline.tasks.waiting.remove(task)
        pipeline.deliver(task)
    scrapes = [t for t in pipeline.tasks.waiting if "/scrape" in t.url]
    assert len(scrapes) == 2


def test_a_run_may_have_any_id_that_its_caller_chose(pipeline: Pipeline) -> None:
    settings = resolve(Layers(request={}), flow="toy")
    pipeline.runs.start("toy", tenant="default", settings=settings, options={"records": 3}, run_id="my-batch")
    pipeline.drive()
    assert pipeline.figures("my-batch") == {"fetched": 3, "done": 3}


@pytest.mark.parametrize("run_id", ["../x", "a b", "x" * 129, "ü"])
def test_an_id_that_could_harm_a_name_is_refused(pipeline: Pipeline, run_id: str) -> None:
    settings = resolve(Layers(request={}), flow="toy")
    with pytest.raises(Usage):
        pipeline.runs.start("toy", tenant="default", settings=settings, options={}, run_id=run_id)


def test_in_real_time_every_chunk_is_one_item(pipeline: Pipeline) -> None:
    run = pipeline.start(settings={"realtime_processing": True}, records=7)
    pipeline.drive()
    assert pipeline.figures(run) == {"fetched": 7, "done": 7}
    assert pipeline.one("select max(cardinality(item_ids)) from chunks") == 1


def test_cancel_ends_what_has_not_started(pipeline: Pipeline) -> None:
    run = pipeline.start(
        settings={"max_batch_size": 10}, records=50, script={"key00001": {"decide": "manual"}}
    )
    for _ in range(4):
        pipeline.deliver(pipeline.tasks.waiting.pop(0))
    assert pipeline.runs.cancel("default", run, by="someone")
    pipeline.drive()
    figures = pipeline.figures(run)
    assert pipeline.state(run) == "cancelled"
    assert figures["cancelled"] + figures.get("done", 0) == 50
    assert pipeline.imbalance(run) is None
    assert pipeline.one("select count(*) from manual_tasks where state in ('open', 'claimed')") == 0


def test_events_are_sealed_when_a_run_ends_and_verify_notices_a_change(pipeline: Pipeline) -> None:
    from common.pipeline.seals import verify

    run = pipeline.start(records=5)
    pipeline.drive()
    with pipeline.services.database.transaction() as connection:
        assert verify(connection, "default", run) == []
    assert pipeline.one("select count(*) from seals") >= 1
    pipeline.sql("""update events set body = body || '{"reason": "forged"}' where step = 'hash'""")
    with pipeline.services.database.transaction() as connection:
        assert [fault.problem for fault in verify(connection, "default", run)] == ["events were changed"]
