"""What a run makes of parts that a run before it, or one beside it, has met."""

import random

import pytest

from tests.support.harness import shuffled
from tests.support.parts import COMPLETE, PartsPipeline, source_row


def test_a_second_run_pushes_nothing_and_asks_digikey_nothing(parts: PartsPipeline) -> None:
    parts.source(source_row("A"), source_row("B", score=60), source_row("GONE"), source_row("C", **COMPLETE))
    parts.digikey.sells("A")
    parts.digikey.sells("B")
    parts.run()
    before = (
        parts.sql("select * from parts order by id"),
        parts.sql("select * from quotas order by 1, 2, 3"),
        parts.enriched(),
    )
    searched = list(parts.digikey.searched)
    second = parts.run()
    assert parts.ends(second) == {
        "A": ("skipped", "fresh"),
        "B": ("skipped", "fresh"),
        "C": ("skipped", "open_task"),
        "GONE": ("skipped", "open_task"),
    }
    assert parts.digikey.searched == searched
    after = (
        parts.sql("select * from parts order by id"),
        parts.sql("select * from quotas order by 1, 2, 3"),
        parts.enriched(),
    )
    assert after == before


def test_a_changed_row_is_enriched_again_however_fresh(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    parts.run()
    parts.source(source_row("A", lifecycle_status="Obsolete", extra=[{"name": "bin", "value": "7"}]))
    again = parts.run()
    assert parts.ends(again) == {"A": ("done", "pushed")}
    assert parts.sql("select version from parts") == [(2,)]
    diff = parts.one("select diff from staged_changes where run_id = %s", again)
    assert set(diff) == {"extras", "lifecycle_status"}
    assert {"name": "bin", "value": "7"} in diff["extras"]["new"]
    assert len(parts.enriched()) == 2


def test_a_part_the_catalogue_holds_as_it_is_ends_unchanged_and_is_fresh_again(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    parts.run()
    parts.source(source_row("A", title="Only the title has moved, which the catalogue does not hold"))
    assert parts.ends(parts.run()) == {"A": ("skipped", "unchanged")}
    assert parts.ends(parts.run()) == {"A": ("skipped", "fresh")}


def test_a_forced_run_looks_again_at_what_is_fresh_but_asks_nobody_twice(parts: PartsPipeline) -> None:
    parts.source(source_row("A"), source_row("C", **COMPLETE))
    parts.digikey.sells("A")
    parts.run()
    forced = parts.run(force_automation=True)
    assert parts.ends(forced) == {"A": ("skipped", "unchanged"), "C": ("skipped", "open_task")}
    assert parts.digikey.searches["A"] == 2


@pytest.mark.parametrize(("option", "rows"), [("force_automation", COMPLETE), ("force_manual", {})])
def test_a_forced_route_holds_against_the_rules(
    parts: PartsPipeline, option: str, rows: dict[str, object]
) -> None:
    parts.source(source_row("A", **rows))
    parts.digikey.sells("A")
    run = parts.run(**{option: True})
    forced = {"force_automation": ("done", "pushed"), "force_manual": ("manual", "forced")}
    assert parts.ends(run) == {"A": forced[option]}


def test_a_part_whose_change_waits_for_review_is_left_alone(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    parts.run({"audit_sample_rate": 1})
    assert parts.ends(parts.run()) == {"A": ("skipped", "already_staged")}
    assert parts.sql("select state from staged_changes") == [("pending",)]


def test_a_newer_change_supersedes_one_that_waits_for_review(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    first = parts.run({"audit_sample_rate": 1})
    parts.source(source_row("A", extra=[{"name": "bin", "value": "7"}]))
    second = parts.run()
    assert parts.ends(second) == {"A": ("done", "pushed")}
    assert parts.ends(first) == {"A": ("skipped", "superseded")}
    assert parts.sql("select run_id, state from staged_changes order by id") == [
        (first, "superseded"),
        (second, "applied"),
    ]
    assert (parts.state(first), parts.state(second)) == ("completed", "completed")


def test_a_test_run_supersedes_nothing(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    first = parts.run({"audit_sample_rate": 1})
    parts.source(source_row("A", extra=[{"name": "bin", "value": "7"}]))
    parts.run({"mode": "TEST"})
    assert parts.ends(first) == {"A": ("waiting", "audit_sample")}
    assert parts.sql("select state from staged_changes order by id") == [("pending",), ("would_push",)]


def test_the_parts_there_is_nothing_to_do_about_do_not_use_up_the_limit(parts: PartsPipeline) -> None:
    parts.source(source_row("A", score=90), source_row("B", score=80))
    parts.digikey.sells("A")
    parts.digikey.sells("B")
    assert set(parts.ends(parts.run(limit=1))) == {"A"}
    assert parts.ends(parts.run(limit=1)) == {"B": ("done", "pushed")}


@pytest.mark.parametrize("seed", range(8))
def test_two_runs_over_the_same_parts_leave_one_version_of_each(parts: PartsPipeline, seed: int) -> None:
    numbers = [f"P{n}" for n in range(5)]
    parts.source(*(source_row(number) for number in numbers), source_row("GONE"))
    for number in numbers:
        parts.digikey.sells(number)
    runs = [parts.begin({"max_batch_size": random.Random(seed).choice([1, 2, 10])}) for _ in range(2)]
    parts.drive(choose=shuffled(seed), patience=120)
    assert parts.sql("select distinct version from parts") == [(1,)]
    assert parts.count("parts") == 5
    assert parts.sql("select key, count(*) from manual_tasks group by key") == [("texas instruments|gone", 1)]
    assert (
        parts.one("select count(*) from staged_changes where state in ('pending', 'approved', 'conflict')")
        == 0
    )
    applied = "select key from staged_changes where state = 'applied' order by key"
    assert [key for (key,) in parts.sql(applied)] == [f"texas instruments|p{n}" for n in range(5)]
    assert len(parts.enriched()) == 5
    for run in runs:
        assert parts.imbalance(run) is None
        assert parts.figures(run)["fetched"] == 6
