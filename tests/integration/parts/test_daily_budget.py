"""What automation may do in one UTC day: at most so many parts, the important ones first, the rest tomorrow."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from common.errors import Retry
from common.pipeline.store import run_of
from functions.decide.parts.budget import book
from tests.support.harness import shuffled
from tests.support.parts import PartsPipeline, source_row


def selling(parts: PartsPipeline, **scores: float) -> None:
    """The source has these parts with these scores, and DigiKey sells them."""
    parts.source(*(source_row(number, score=score) for number, score in scores.items()))
    for number in scores:
        parts.digikey.sells(number)


def states(parts: PartsPipeline, run: str) -> dict[str, str]:
    return {number: state for number, (state, _) in parts.ends(run).items()}


def after_midnight(parts: PartsPipeline) -> None:
    """Move the clock just past the next UTC midnight, and go on."""
    now: datetime = parts.services.clock.now()
    midnight = (now.astimezone(UTC) + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    parts.advance((midnight - now).total_seconds() + 1)
    parts.drive(patience=120)


def test_the_rest_waits_for_the_next_utc_day_and_says_so(parts: PartsPipeline) -> None:
    selling(parts, A=95, B=90, C=85, D=81)
    run = parts.run({"max_daily_tasks": 3})
    assert states(parts, run) == {"A": "done", "B": "done", "C": "done", "D": "waiting"}
    assert parts.ends(run)["D"] == ("waiting", "daily_limit")
    [(story,)] = parts.sql("select body from events where kind = 'wait'")
    until = datetime.fromisoformat(story["until"])
    now = parts.services.clock.now()
    assert now < until <= now + timedelta(days=1)
    assert (until.hour, until.minute, until.second) == (0, 0, 0)
    assert len(parts.digikey.searched) == 3
    after_midnight(parts)
    assert states(parts, run)["D"] == "done"
    assert parts.state(run) == "completed"


def test_what_is_done_today_is_in_bigquery_today(parts: PartsPipeline) -> None:
    selling(parts, A=95, B=90)
    run = parts.run({"max_daily_tasks": 1})
    assert [row["pn"] for row in parts.enriched()] == ["A"]
    after_midnight(parts)
    assert sorted(row["pn"] for row in parts.enriched()) == ["A", "B"]
    assert parts.state(run) == "completed"


def test_a_second_run_of_the_day_finds_the_budget_used(parts: PartsPipeline) -> None:
    selling(parts, A=95, B=90)
    parts.run({"max_daily_tasks": 2})
    selling(parts, C=85)
    run = parts.run({"max_daily_tasks": 2})
    assert parts.ends(run)["C"] == ("waiting", "daily_limit")


@pytest.mark.parametrize(
    ("threshold", "automated"),
    [(0.8, {"A"}), (0.7, {"A", "B"}), (0.95, set()), (0, {"A", "B"})],
)
def test_a_scarce_budget_serves_only_parts_from_the_threshold_on(
    parts: PartsPipeline, threshold: float, automated: set[str]
) -> None:
    selling(parts, A=90, B=70, C=60)
    run = parts.run({"max_daily_tasks": 2, "automation_priority_threshold": threshold})
    assert {number for number, state in states(parts, run).items() if state == "done"} == automated


def test_a_budget_that_serves_all_asks_for_no_priority(parts: PartsPipeline) -> None:
    selling(parts, A=90, B=70, C=60)
    run = parts.run({"max_daily_tasks": 3})
    assert set(states(parts, run).values()) == {"done"}


def test_a_vendor_budget_that_is_short_holds_back_the_same_way(parts: PartsPipeline) -> None:
    selling(parts, A=90, B=70, C=60)
    run = parts.run({"digikey_per_day": 2})
    assert states(parts, run)["B"] == states(parts, run)["C"] == "waiting"


@pytest.mark.parametrize("seed", range(3))
def test_two_runs_at_once_share_one_budget(parts: PartsPipeline, seed: int) -> None:
    selling(parts, **{f"P{n}": 90 for n in range(4)})
    settings = {"max_daily_tasks": 5, "max_batch_size": 1, "automation_priority_threshold": 0}
    runs = [parts.begin(settings, manufacturer=maker) for maker in ("Texas Instruments", "Texas Instruments")]
    parts.drive(patience=120, choose=shuffled(seed))
    assert parts.one("select used from quotas where account = 'router' and dimension = 'tasks'") <= 5
    automated = parts.one(
        "select count(distinct item_id) from events where step = 'decide' and kind = 'next'"
    )
    assert automated <= 5
    assert {state for run in runs for state in states(parts, run).values()} <= {"done", "skipped", "waiting"}


def test_the_last_task_of_the_day_goes_to_one_of_two_who_ask_at_the_same_time(parts: PartsPipeline) -> None:
    selling(parts, A=90)
    run_id = parts.begin({"max_daily_tasks": 1})
    [(document,)] = parts.sql("select to_jsonb(r) from runs r where id = %s", run_id)
    run = run_of(document, "default")
    start, answers = threading.Barrier(2), []

    def ask() -> None:
        start.wait(10)
        try:
            with parts.services.database.transaction() as connection:
                book(connection, run, 1)
            answers.append("booked")
        except Retry as error:
            answers.append(error.reason)

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(answers) == ["booked", "daily_limit_raced"]
    assert parts.one("select used from quotas where account = 'router'") == 1
