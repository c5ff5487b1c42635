"""Each setting that bounds work really binds it."""

import time
from datetime import timedelta
from typing import Any

import pytest

from common.pipeline.item import Claim
from common.pipeline.store import Refused
from common.tasks.wake_up import parse
from tests.support.parts import PartsPipeline, source_row
from tests.unit.digikey.fake_session import reply

OUT_OF_ORDER = (500, {"title": "Internal Server Error"})


def selling(parts: PartsPipeline, *numbers: str, **fields: Any) -> None:
    """The source has these parts, and DigiKey sells them."""
    parts.source(*(source_row(number, **fields) for number in numbers))
    for number in numbers:
        parts.digikey.sells(number)


def tasks_for(parts: PartsPipeline, step: str) -> list[Any]:
    """Deliver everything else until only wake-ups of this step are left, and answer those."""
    while others := [task for task in parts.tasks.waiting if parse(task.body).step != step]:
        parts.tasks.waiting.remove(others[0])
        parts.deliver(others[0])
    return parts.tasks.waiting


def test_a_chunk_holds_at_most_max_batch_size_items(parts: PartsPipeline) -> None:
    selling(parts, *"ABCDEFG")
    parts.run({"max_batch_size": 3})
    sizes = parts.sql(
        "select step, max(cardinality(item_ids)) from chunks where kind = 'items' and phase = '' group by step"
    )
    assert {size for _, size in sizes} == {3}


def test_what_a_person_has_answered_goes_on_in_chunks_of_max_batch_size(parts: PartsPipeline) -> None:
    parts.source(*(source_row(number) for number in "ABC"))
    run = parts.run({"max_batch_size": 2})
    items = [item for (item,) in parts.sql("select id from items order by id")]
    parts.runs.resume("default", run, items, "hash", states=["manual"], reason="answered", by="ada")
    assert parts.one("select max(cardinality(item_ids)) from chunks where step = 'hash'") == 2


def test_a_page_of_the_source_has_fetch_page_size_rows(parts: PartsPipeline) -> None:
    selling(parts, *"ABCDE")
    parts.run({"fetch_page_size": 2})
    assert parts.warehouse.pages == [2, 2, 1]


def test_only_so_many_chunks_are_enriched_at_once(parts: PartsPipeline) -> None:
    selling(parts, *"ABCD")
    parts.begin({"automation_max_concurrent": 2, "max_batch_size": 1})
    woken = tasks_for(parts, "scrape")
    assert len(woken) == 2
    chunks = [chunk for (chunk,) in parts.sql("select id from chunks where step = 'scrape' order by id")]
    claims = [parts.services.store.claim(chunk, "scrape", 60) for chunk in chunks]
    assert [type(claim) for claim in claims] == [Claim, Claim, Refused, Refused]


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_automation_tries_so_often(parts: PartsPipeline, attempts: int) -> None:
    selling(parts, "A")
    parts.digikey.plan_trouble("A", *(reply(*OUT_OF_ORDER) for _ in range(9)))
    run = parts.run({"automation_retry_attempts": attempts})
    assert parts.digikey.searches["A"] == attempts
    assert parts.ends(run) == {"A": ("manual", "digikey_http_500")}


@pytest.mark.parametrize(
    ("settings", "waits"),
    [
        ({"retry_base_seconds": 40}, [40, 80]),
        ({"retry_base_seconds": 30, "retry_max_seconds": 45}, [30, 45]),
    ],
)
def test_the_wait_between_two_tries_doubles_up_to_a_limit(
    parts: PartsPipeline, settings: dict[str, float], waits: list[float]
) -> None:
    selling(parts, "A")
    parts.digikey.plan_trouble("A", reply(*OUT_OF_ORDER), reply(*OUT_OF_ORDER))
    run = parts.begin(settings)
    for wait in waits:
        parts.drive(patience=0)
        [(due,)] = parts.sql(
            "select extract(epoch from due_at - shelfline_now()) from chunks where step = 'scrape' and state = 'ready'"
        )
        assert (
            wait - 2 < due < wait * 1.25
        )  # a spread of up to a quarter; the test itself takes no two seconds
        parts.advance(float(due) + 0.1)
    parts.drive(patience=0)
    assert parts.ends(run) == {"A": ("done", "pushed")}


@pytest.mark.parametrize("seconds", [5, 900])
def test_a_claimed_chunk_stays_with_its_worker_for_lease_seconds(parts: PartsPipeline, seconds: int) -> None:
    selling(parts, "A")
    parts.begin({"lease_seconds": seconds})
    [task] = parts.tasks.waiting
    parts.services.store.claim(parse(task.body).chunk_id, "fetch", 60)
    lease = parts.one("select lease_until - clock_timestamp() from chunks where state = 'leased'")
    assert timedelta(seconds=seconds - 2) < lease <= timedelta(seconds=seconds)


@pytest.mark.parametrize("tries", [1, 3])
def test_a_part_that_kills_its_workers_is_taken_so_often_without_progress(
    parts: PartsPipeline, tries: int
) -> None:
    selling(parts, "A", "B")
    parts.digikey.kills = {"B"}
    run = parts.run({"crash_loop_tries": tries})
    assert parts.ends(run) == {"A": ("done", "pushed"), "B": ("manual", "crash_loop")}
    assert parts.digikey.searches == {"A": 1, "B": 1 + tries}  # the first time A made it to its record
    assert parts.crashes == 1 + tries


def test_a_wake_up_hands_over_after_its_time_budget(parts: PartsPipeline) -> None:
    selling(parts, "A", "B")
    parts.digikey.before_answer = lambda: time.sleep(
        0 if parts.digikey.searched[1:] else 1.05
    )  # slow at first
    run = parts.run({"step_time_budget_seconds": 1})
    assert parts.ends(run) == {"A": ("done", "pushed"), "B": ("done", "pushed")}
    assert parts.one("select count(*) from chunks where step = 'scrape'") == 2


def test_digikey_is_asked_no_oftener_than_a_minute_allows(parts: PartsPipeline) -> None:
    selling(parts, *"ABCDEF")
    run = parts.begin({"digikey_per_minute": 4})
    parts.drive(patience=0)
    assert 1 <= len(parts.digikey.searched) <= 4
    assert parts.one("select wait_reason from lanes where open_at > shelfline_now()") == "quota_minute"
    parts.drive(patience=90)
    assert {state for state, _ in parts.ends(run).values()} == {"done"}


def test_digikey_is_asked_no_oftener_than_a_day_allows(parts: PartsPipeline) -> None:
    selling(parts, *"ABCDEF", score=90)
    run = parts.run({"digikey_per_day": 4})
    assert 1 <= len(parts.digikey.searched) <= 4
    assert [state for state, _ in parts.ends(run).values()].count("waiting") >= 2
    parts.advance(86_400)
    parts.run()
    assert {state for state, _ in parts.ends(run).values()} == {"done"}


def test_a_chunk_that_is_taken_apart_does_not_repeat_what_it_has_recorded(parts: PartsPipeline) -> None:
    selling(parts, "A", "C")
    parts.source(source_row("A", score=90), source_row("B", score=80), source_row("C", score=70))
    parts.digikey.kills = {"B"}
    run = parts.run()
    assert parts.ends(run) == {
        "A": ("done", "pushed"),
        "B": ("manual", "crash_loop"),
        "C": ("done", "pushed"),
    }
    assert parts.digikey.searches["A"] == parts.digikey.searches["C"] == 1
