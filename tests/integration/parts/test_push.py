"""A change goes into the catalogue as it was reviewed, or not at all."""

from typing import Any

from tests.support.parts import COMPLETE, PartsPipeline, source_row
from tests.unit.digikey.fake_session import reply

BIN = [{"name": "bin", "value": "7"}]


def approve(parts: PartsPipeline, run: str) -> None:
    """A person approves every change of a run that waits, and the parts go on at push."""
    items = [
        item
        for (item,) in parts.sql(
            "select item_id from staged_changes where run_id = %s and state = 'pending'", run
        )
    ]
    parts.sql(
        "update staged_changes set state = 'approved', approved_by = 'ada' where run_id = %s and state = 'pending'",
        run,
    )
    parts.runs.resume("default", run, items, "push", states=["waiting"], reason="approved", by="ada")


def audited(parts: PartsPipeline, **fields: Any) -> str:
    """A run whose only change waits for review."""
    parts.source(source_row("A", **fields))
    parts.digikey.sells("A")
    return parts.run({"audit_sample_rate": 1})


def test_an_approved_change_is_pushed_with_its_inverse_stored_first(parts: PartsPipeline) -> None:
    first = audited(parts)
    approve(parts, first)
    parts.drive(patience=120)
    second = audited(parts, extra=BIN)
    approve(parts, second)
    parts.drive(patience=120)
    changes = parts.sql(
        "select operation, state, base_version, before, after, inverse from staged_changes order by id"
    )
    created, updated = changes
    assert created[:4] == ("create", "applied", None, None)
    assert updated[:2] == ("update", "applied")
    assert updated[3] == updated[5] == created[4]
    assert parts.one("select target_doc from snapshots") == updated[4]


def test_a_catalogue_that_has_moved_since_the_review_is_not_overwritten(parts: PartsPipeline) -> None:
    approve(parts, audited(parts))
    parts.drive(patience=120)
    run = audited(parts, extra=BIN)
    parts.sql("update snapshots set target_hash = 'another version', target_doc = '{}'")
    before = parts.sql("select * from parts"), parts.sql("select * from part_extras order by name")
    approve(parts, run)
    parts.drive(patience=120)
    assert parts.ends(run) == {"A": ("waiting", "conflict")}
    assert parts.state(run) == "waiting"
    assert parts.one("select state from staged_changes order by id desc limit 1") == "conflict"
    assert (parts.sql("select * from parts"), parts.sql("select * from part_extras order by name")) == before
    [(story,)] = parts.sql("select body from events where kind = 'review' and step = 'push'")
    assert story["held_version"] == "another version"
    assert story["base_version"] != story["held_version"]


def test_a_catalogue_that_moves_between_the_check_and_the_write_is_not_overwritten(
    parts: PartsPipeline,
) -> None:
    approve(parts, audited(parts))
    parts.drive(patience=120)
    run = audited(parts, extra=BIN)
    approve(parts, run)
    parts.deaths.before(
        "push", "worked", lambda: parts.sql("update snapshots set target_hash = 'another version'")
    )
    parts.drive(patience=120)
    assert parts.ends(run) == {"A": ("waiting", "conflict")}
    assert parts.count("parts") == 1
    assert parts.one("select version from parts") == 1


def test_a_change_superseded_between_the_check_and_the_write_is_not_written(parts: PartsPipeline) -> None:
    run = audited(parts)
    approve(parts, run)
    parts.deaths.before("push", "worked", lambda: parts.sql("update staged_changes set state = 'superseded'"))
    parts.drive(patience=120)
    assert parts.ends(run) == {"A": ("skipped", "superseded")}
    assert (parts.count("parts"), parts.count("snapshots"), parts.enriched()) == (0, 0, [])


def test_a_run_cancelled_while_it_pushes_writes_nothing_more(parts: PartsPipeline) -> None:
    run = audited(parts)
    approve(parts, run)
    parts.deaths.before("push", "worked", lambda: parts.runs.cancel("default", run, by="ada"))
    parts.drive(patience=120)
    assert parts.state(run) == "cancelled"
    assert parts.figures(run) == {"fetched": 1, "cancelled": 1}
    assert (parts.count("parts"), parts.count("snapshots"), parts.enriched()) == (0, 0, [])


def test_a_run_cancelled_while_it_decides_asks_nobody(parts: PartsPipeline) -> None:
    parts.source(source_row("A"), source_row("C", **COMPLETE))
    run = parts.begin()
    parts.deaths.before("decide", "worked", lambda: parts.runs.cancel("default", run, by="ada"))
    parts.drive(patience=120)
    assert parts.state(run) == "cancelled"
    assert parts.figures(run) == {"fetched": 2, "cancelled": 2}
    assert parts.one("select count(*) from manual_tasks where state in ('open', 'claimed')") == 0
    assert parts.digikey.searched == []


def test_a_part_pushed_already_is_not_written_again_when_its_load_is_retried(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    parts.warehouse.refuse_loads = 99
    first = parts.run()
    assert parts.ends(first)["A"][0] == "failed"
    parts.source(source_row("A", extra=BIN))
    parts.warehouse.refuse_loads = 0
    parts.run()
    assert parts.one("select version from parts") == 2
    parts.runs.retry("default", first, step="push", reason=None, by="ada")
    parts.drive(patience=120)
    assert parts.ends(first) == {"A": ("done", "pushed")}
    assert parts.one("select version from parts") == 2
    assert parts.sql("select value from part_extras where name = 'bin'") == [("7",)]


def test_mode_test_writes_nothing_and_says_what_it_would_push(parts: PartsPipeline) -> None:
    parts.source(
        source_row("A"), source_row("GONE"), source_row("C", **COMPLETE), source_row("BAD", score=200)
    )
    parts.digikey.sells("A")
    parts.digikey.plan_trouble("GONE", *(reply(500, {}) for _ in range(3)))
    run = parts.run({"mode": "TEST", "audit_sample_rate": 1})
    assert parts.state(run) == "completed"
    assert parts.figures(run) == {"fetched": 4, "done": 1, "skipped": 2, "rejected": 1}
    ends = parts.ends(run)
    assert (ends["A"], ends["GONE"], ends["C"]) == (
        ("done", "would_push"),
        ("skipped", "would_ask_a_person"),
        ("skipped", "would_ask_a_person"),
    )
    written = (
        "parts",
        "manufacturers",
        "categories",
        "snapshots",
        "manual_tasks",
        "part_outcomes",
        "effects",
        "sends",
    )
    assert {table: parts.count(table) for table in written} == dict.fromkeys(written, 0)
    assert parts.sql("select state from staged_changes") == [("would_push",)]
    assert parts.sql("select account from quotas where account <> 'digikey'") == []
    assert parts.objects.contents == {}
    assert parts.enriched() == []
