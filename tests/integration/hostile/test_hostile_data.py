"""Data nobody would expect, through whole runs: the record at fault ends alone, and the run adds up."""

import datetime as dt
from typing import Any

import pytest

from common import flows
from common.errors import Retry
from common.tasks.wake_up import parse
from functions.push.parts.step import PushParts
from tests.integration.hostile.peculiar_flow import PECULIAR
from tests.support.harness import Pipeline
from tests.support.parts import PartsPipeline, source_row

flows.register("peculiar", "tests.integration.hostile.peculiar_flow:FLOW")

LONG = "".join(chr(0x4E00 + n) for n in range(10_000))
"""30 kB that do not compress: no index takes it."""


@pytest.mark.parametrize(
    ("fields", "ends"),
    [
        ({"specs": [{"spec_name": LONG, "spec_value": "1"}]}, ("rejected", "data_refused")),
        ({"docs": [{"doc_url": f"https://example.com/{LONG}"}]}, ("rejected", "data_refused")),
        ({"sellers": [{"name": LONG}]}, ("rejected", "data_refused")),
        ({"extra": [{"name": LONG, "value": "1"}]}, ("rejected", "data_refused")),
        ({"category": " > ".join(map(str, range(200)))}, ("rejected", "bad_data")),
        ({"category": " > ".join(map(str, range(20)))}, ("done", "pushed")),
    ],
    ids=["attribute", "document", "seller", "extra", "category too deep", "deepest category"],
)
def test_what_postgres_cannot_index_takes_no_other_part_with_it(
    parts: PartsPipeline, fields: dict[str, Any], ends: tuple[str, str]
) -> None:
    numbers = ["LM1", "LM2", "LM3"]
    parts.source(*(source_row(number, **(fields if number == "LM2" else {})) for number in numbers))
    for number in numbers:
        parts.digikey.sells(number, Category=None) if number == "LM2" else parts.digikey.sells(number)
    run = parts.run()
    rest = ("done", "pushed")
    assert sorted(parts.ends(run).values()) == sorted([rest, ends, rest])
    assert parts.state(run) == "completed"


def test_texts_of_every_kind_come_through(parts: PartsPipeline) -> None:
    numbers = [
        "a|b~5",
        "a~1b~5",
        "😀",
        "\u202eABC\u202c",
        "Ⅷ",
        "ﷺ" * 255,
        "x" * 250,
        "'; drop table parts; --",
        "%s {0}",
    ]
    parts.source(*(source_row(number, product_id=f"p{place}") for place, number in enumerate(numbers)))
    run = parts.run()
    assert parts.state(run) == "waiting"
    assert parts.figures(run) == {"fetched": 9, "manual": 8, "rejected": 1}
    assert parts.sql("select problems->0->>'reason' from quarantine") == [("too_long",)]


def test_the_ends_of_time_and_of_whole_numbers(parts: PartsPipeline) -> None:
    last = dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
    parts.source(
        source_row("A1", intro_date=dt.date(1, 1, 1)),
        source_row("A2", created=last),
        source_row("A3", manuf_standard_packaging=9223372036854775807),
    )
    for number in ("A1", "A2", "A3"):
        parts.digikey.sells(number)
    assert set(parts.ends(parts.run()).values()) == {("done", "pushed")}


def test_thousands_of_attributes_that_differ_by_case(parts: PartsPipeline) -> None:
    names = [f"{letter}{n}" for n in range(1000) for letter in "xX"]
    parts.source(source_row("LM358P", specs=[{"spec_name": name, "spec_value": "1"} for name in names]))
    parts.digikey.sells("LM358P")
    assert parts.ends(parts.run()) == {"LM358P": ("done", "pushed")}
    assert parts.one("select count(*) from part_attributes where lower(name) like 'x%%'") == 2000


def test_a_number_that_would_fill_the_memory_does_not(parts: PartsPipeline) -> None:
    from decimal import Decimal

    from functions.scrape.digikey.mapping import money, plain

    assert (plain(Decimal("1E+999999999")), money(Decimal("1E+999999999"))) == ("1E+999999999", None)


@pytest.mark.parametrize(
    ("value", "ends"),
    [
        (10**30, {"done": 3}),
        (b"\xff\x00", {"done": 3}),
        ("a\0b\ud800", {"done": 3}),
        (float("inf"), {"done": 3}),
        (object(), {"done": 2, "rejected": 1}),
        (10**5000, {"done": 2, "rejected": 1}),
    ],
    ids=["a huge number", "bytes", "nul and a surrogate", "infinity", "an object", "an endless number"],
)
@pytest.mark.parametrize("where", ["source", "step"])
def test_what_has_no_json_form_is_refused_alone(
    pipeline: Pipeline, value: Any, ends: dict[str, int], where: str
) -> None:
    PECULIAR[where] = value
    try:
        run = pipeline.start("peculiar", records=3)
        pipeline.drive()
    finally:
        PECULIAR.clear()
    assert pipeline.figures(run) == {"fetched": 3, **ends}
    assert pipeline.state(run) == "completed"


def test_a_source_that_always_fails_in_an_unknown_way_fails_its_run_with_the_reason(
    pipeline: Pipeline,
) -> None:
    PECULIAR["source"] = KeyError("surprise")
    try:
        run = pipeline.start("peculiar", records=3)
        pipeline.drive(rounds=50)
    finally:
        PECULIAR.clear()
    assert pipeline.state(run) == "failed"
    assert pipeline.one("select error->>'code' from runs") == "unexpected_error"


def test_a_source_that_kills_every_reader_fails_its_run(pipeline: Pipeline) -> None:
    run = pipeline.start(records=3)
    for _ in range(20):
        pipeline.sql("update chunks set tries = 6 where state = 'ready'")
        pipeline.drive()
    assert pipeline.state(run) == "failed"
    assert pipeline.one("select error->>'code' from runs") == "crash_loop"


def test_a_change_superseded_while_it_is_pushed_is_not_pushed(parts: PartsPipeline) -> None:
    parts.source(source_row("LM358P"))
    parts.digikey.sells("LM358P")
    run = parts.begin()
    while not parts.tasks.waiting[0].url.endswith("/push"):
        parts.deliver(parts.tasks.waiting.pop(0))
    wake_up = parse(parts.tasks.waiting[0].body)
    claim = parts.services.store.claim(wake_up.chunk_id, "push", 60)
    step = PushParts(parts.services)
    with parts.services.database.transaction() as connection:
        outcomes = list(step.run(claim, claim.items, step.load(connection, claim)))
    parts.sql("update staged_changes set state = 'superseded'")
    with pytest.raises(Retry), parts.services.database.transaction() as connection:
        step.apply(connection, claim.run, outcomes)
    parts.expire_leases()
    parts.drive()
    assert parts.ends(run) == {"LM358P": ("skipped", "superseded")}
    assert parts.count("parts") == 0


def test_a_record_that_no_step_can_bear_costs_no_other_record_an_attempt(pipeline: Pipeline) -> None:
    PECULIAR["step"] = KeyError("surprise")
    try:
        run = pipeline.start("peculiar", records=3)
        pipeline.drive()
    finally:
        PECULIAR.clear()
    assert pipeline.figures(run) == {"fetched": 3, "done": 2, "failed": 1}
    assert pipeline.sql("select key, reason from items where state = 'failed'") == [
        ("key00001", "unexpected_error")
    ]
    assert pipeline.one("select count(*) from events where kind = 'retry' and item_id <> 2") == 0


@pytest.mark.parametrize("said", ["2\0", "2\ud800", 10**30])
def test_what_a_person_says_is_kept_whatever_characters_it_has(parts: PartsPipeline, said: Any) -> None:
    parts.source(source_row("LM358P"))
    run = parts.run()
    item = parts.one("select id from items")
    answer = {"attributes": [{"name": "Circuits", "value": said}]}
    moved = parts.runs.resume(
        "default",
        run,
        [item],
        "hash",
        states=["manual"],
        reason="completed",
        by="ada",
        data={item: {"answer": answer}},
    )
    assert moved == 1
    parts.drive()
    assert parts.ends(run) == {"LM358P": ("done", "pushed")}
    assert parts.sql("select value_text from part_attributes") == [(str(said).strip("\0\ud800"),)]
