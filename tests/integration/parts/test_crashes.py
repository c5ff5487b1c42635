"""Workers that die at every boundary of every step, and wake-ups that come twice, leave the same database as a calm run."""

from collections.abc import Iterator

import pytest
import requests

from infra.local.postgres import Postgres
from tests.support.deaths import PLACES, Place
from tests.support.dump import dump
from tests.support.harness import shuffled
from tests.support.parts import COMPLETE, PartsPipeline, source_row
from tests.support.postgres import fresh_database
from tests.unit.digikey.fake_session import reply

STEPS = ("fetch", "decide", "scrape", "hash", "stage", "push")
RUN = "parts_1_comparable"  # the audit sample and the spread of waits are drawn by the run's id


def all_sorts(parts: PartsPipeline) -> None:
    """Parts that end in every way there is."""
    parts.source(
        source_row("KNOWN", score=95, category="ICs > Linear", specs=[{"spec_name": "Circuits", "spec_value": "2", "spec_units": None}]),
        source_row("known", score=94, product_id="the same part, written otherwise"),
        source_row("AUDITED", score=90),
        source_row("SHAKY", score=85),
        source_row("BROKEN", score=80),
        source_row("GONE", score=75),
        source_row("COMPLETE", score=60, **COMPLETE),
        source_row("BAD", score=140),
        source_row("NOBODY", maker=None, score=None),
    )  # fmt: skip
    for number in ("KNOWN", "AUDITED", "SHAKY", "NOBODY"):
        parts.digikey.sells(number)
    parts.digikey.plan_trouble("SHAKY", reply(503, {"title": "down"}))
    parts.digikey.plan_trouble("BROKEN", *(requests.ConnectionError() for _ in range(99)))


def carried_out(parts: PartsPipeline, **drive: object) -> dict[str, list[str]]:
    """What a run over all sorts of parts leaves behind, in Postgres and in BigQuery."""
    all_sorts(parts)
    parts.begin({"max_batch_size": 3, "fetch_page_size": 4, "audit_sample_rate": 0.3}, run_id=RUN)
    parts.drive(patience=120, **drive)  # type: ignore[arg-type]  # the options of `drive`
    assert parts.imbalance(RUN) is None
    enriched = [f"{row['key']} {row['content_hash']}" for row in parts.enriched()]
    return {**dump(parts.sql), "enriched": enriched}


def assert_same(left: dict[str, list[str]], calm: dict[str, list[str]]) -> None:
    """Table by table, so that a difference is short enough to read."""
    for table, rows in calm.items():
        missing, surplus = sorted(set(rows) - set(left[table])), sorted(set(left[table]) - set(rows))
        assert (table, missing, surplus) == (table, [], [])
    assert left == calm


@pytest.fixture(scope="module")
def calm(server: Postgres, migrated: str) -> Iterator[dict[str, list[str]]]:
    """What an undisturbed run leaves behind."""
    with fresh_database(server, migrated) as url:
        pipeline = PartsPipeline(url)
        left = carried_out(pipeline)
        assert pipeline.crashes == pipeline.found_by_sweep == 0
        assert set(dict(pipeline.ends(RUN).values())) == {"done", "waiting", "manual", "rejected", "skipped"}
        yield left
        pipeline.close()


@pytest.mark.parametrize("place", PLACES)
def test_workers_that_die_there_at_every_step_change_nothing(
    parts: PartsPipeline, calm: dict[str, list[str]], place: Place
) -> None:
    for step in STEPS:
        parts.deaths.plan(step, place, times=2)
    assert_same(carried_out(parts), calm)
    never_inside = (
        (("fetch", "recording"),) * 2 if place == "recording" else ()
    )  # its record is one statement
    assert parts.deaths.planned == never_inside


def test_every_wake_up_delivered_twice_changes_nothing(
    parts: PartsPipeline, calm: dict[str, list[str]]
) -> None:
    assert_same(carried_out(parts, twice=True), calm)


@pytest.mark.parametrize("seed", range(3))
def test_deaths_everywhere_and_double_delivery_in_any_order_change_nothing(
    parts: PartsPipeline, calm: dict[str, list[str]], seed: int
) -> None:
    for number, step in enumerate(STEPS):
        parts.deaths.plan(step, PLACES[(seed + number) % 2 * 3])
        parts.deaths.plan(step, PLACES[1 + (seed + number) % 2 * 3])
    assert_same(carried_out(parts, twice=True, choose=shuffled(seed)), calm)
    assert parts.crashes >= len(STEPS)
