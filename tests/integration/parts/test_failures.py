"""What goes wrong outside ends where a person sees it, with the reason, and never looks like "no data"."""

from typing import Any

import pytest
import requests

from common.errors import Unavailable
from tests.support.parts import COMPLETE, PartsPipeline, source_row
from tests.unit.digikey.fake_session import reply
from tests.unit.digikey.products import document, search_body


def test_what_digikey_does_not_know_becomes_a_task_with_all_a_person_needs(parts: PartsPipeline) -> None:
    parts.source(source_row("LM358P", score=64))
    parts.digikey.plan_trouble("LM358P", reply(200, search_body(document("LM358PE"), document("LM358N"))))
    run = parts.run()
    assert parts.state(run) == "waiting"
    [task] = parts.sql(
        "select task_type, state, priority, priority_score, reason, error, resume_step, record, evidence, run_id from manual_tasks"
    )
    assert task[:7] == (
        "automation_fallback",
        "open",
        "MEDIUM",
        0.64,
        "not_found",
        "DigiKey does not have it for certain: not_found.",
        "hash",
    )
    record, evidence, run_id = task[7:]
    assert (record["part_number"], record["manufacturer"], run_id) == ("LM358P", "Texas Instruments", run)
    assert evidence[0]["asked"] == {"part_number": "LM358P", "manufacturer": "Texas Instruments"}
    assert [candidate["part_number"] for candidate in evidence[0]["candidates"]] == ["LM358PE", "LM358N"]
    assert parts.sql("select succeeded, reason from part_outcomes") == [(False, "not_found")]


def test_a_failure_that_passes_costs_tries_and_nothing_else(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    parts.digikey.plan_trouble("A", reply(503, {"title": "down"}), requests.ConnectionError("reset"))
    run = parts.run()
    assert parts.ends(run) == {"A": ("done", "pushed")}
    assert parts.sql("select kind, body->>'reason' from events where kind = 'retry' order by id") == [
        ("retry", "digikey_http_503"),
        ("retry", "digikey_connection"),
    ]
    assert parts.sql("select succeeded, reason from part_outcomes") == [(True, "part_number")]


def test_wrong_credentials_make_the_run_red_with_one_line_that_says_what_to_do(parts: PartsPipeline) -> None:
    parts.source(source_row("A"), source_row("B"), source_row("C", **COMPLETE))
    parts.digikey.accepts_credentials = False
    run = parts.run()
    assert parts.state(run) == "failed"
    error = parts.error(run)
    assert error["code"] == "digikey_credentials"
    assert "shelfline connect digikey" in error["message"]
    assert "\n" not in error["message"]
    assert "secret" not in error["message"].replace("client id and secret", "")
    assert (
        parts.count("manual_tasks") == 1
    )  # C, that was for a person anyway: nobody is asked to mend credentials part by part


def test_once_the_credentials_are_mended_the_run_goes_on_where_it_failed(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    parts.digikey.accepts_credentials = False
    run = parts.run()
    parts.digikey.accepts_credentials = True
    assert parts.runs.retry("default", run, step=None, reason=None, by="ada") == 1
    parts.drive(patience=120)
    assert parts.state(run) == "completed"
    assert parts.ends(run) == {"A": ("done", "pushed")}


def test_without_credentials_the_run_says_how_to_give_them(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.secrets.forget("digikey")
    run = parts.run()
    assert parts.state(run) == "failed"
    assert "shelfline connect digikey" in parts.error(run)["message"]


def test_a_missing_table_fails_the_run_and_names_the_table(parts: PartsPipeline) -> None:
    parts.warehouse.execute("drop table parts", {})
    run = parts.run()
    assert parts.state(run) == "failed"
    assert parts.error(run)["code"] == "no_table"
    assert "parts" in parts.error(run)["message"]


def test_an_unreachable_warehouse_fails_the_run_and_never_looks_like_no_data(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))

    def out_of_reach(*arguments: Any) -> None:
        raise Unavailable("BigQuery cannot be reached.")

    parts.warehouse.before_page = out_of_reach
    run = parts.run()
    assert parts.state(run) == "failed"
    assert parts.error(run) == {"code": "unavailable", "message": "BigQuery cannot be reached."}


def test_a_warehouse_that_comes_back_between_two_pages_costs_nothing_but_time(parts: PartsPipeline) -> None:
    parts.source(*(source_row(number) for number in "ABCD"))
    troubles = [None, Unavailable("BigQuery cannot be reached."), None]

    def shaky() -> None:
        if troubles and (trouble := troubles.pop(0)):
            raise trouble

    parts.warehouse.before_page = shaky
    run = parts.run({"fetch_page_size": 2, "mode": "TEST", "automation_failure_to_manual": False})
    assert parts.figures(run)["fetched"] == 4
    assert troubles == []
    assert len(parts.ends(run)) == 4


def test_a_query_that_runs_for_long_is_waited_for(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.sells("A")
    parts.warehouse.hold()
    run = parts.begin()
    parts.drive(patience=10, rounds=40, strict=False)
    assert parts.state(run) == "running"
    parts.warehouse.release()
    parts.drive(patience=120)
    assert parts.ends(run) == {"A": ("done", "pushed")}


def test_a_malformed_row_is_kept_with_its_row_column_and_reason_and_holds_nobody_up(
    parts: PartsPipeline,
) -> None:
    parts.source(
        source_row("A", score=90),
        source_row(None, score=80),
        source_row("B", score=170),
        source_row("C", score=60, datasheet_url="javascript:alert(1)"),
    )
    parts.digikey.sells("A")
    run = parts.run()
    assert parts.state(run) == "completed"
    assert parts.figures(run) == {"fetched": 4, "done": 1, "rejected": 3}
    kept = parts.sql(
        "select row_number, problems, raw->>'pn', state, run_id from quarantine order by row_number"
    )
    assert [
        (row, problems[0]["column"], problems[0]["reason"], number) for row, problems, number, _, _ in kept
    ] == [
        (1, "priority_score", "out_of_range", "B"),
        (3, "pn", "missing", None),
        (4, "datasheet_url", "unsafe_url", "C"),
    ]
    assert {(state, of) for *_, state, of in kept} == {("open", run)}
    assert all(problem["detail"] for _, problems, *_ in kept for problem in problems)


def test_a_question_that_digikey_calls_bad_goes_to_quarantine(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    parts.digikey.plan_trouble("A", reply(400, {"title": "Bad Request", "detail": "Keywords is not valid"}))
    run = parts.run()
    assert parts.ends(run) == {"A": ("rejected", "digikey_bad_request")}
    [(problems, raw)] = parts.sql("select problems, raw from quarantine")
    assert "Keywords is not valid" in problems[0]["reason"]
    assert raw["record"]["part_number"] == "A"


@pytest.mark.parametrize(
    ("headers", "reason", "waits"),
    [
        ({"Retry-After": "30"}, "digikey_burst", 30),
        ({"X-RateLimit-Remaining": "0", "Retry-After": "7200"}, "digikey_day", 7200),
    ],
)
def test_a_limit_that_digikey_reports_closes_the_lane_and_costs_no_try(
    parts: PartsPipeline, headers: dict[str, str], reason: str, waits: float
) -> None:
    parts.source(source_row("A"), source_row("B"))
    parts.digikey.sells("A")
    parts.digikey.sells("B")
    parts.digikey.plan_trouble("A", *(reply(429, {"title": "Too many requests"}, headers) for _ in range(4)))
    run = parts.begin({"automation_retry_attempts": 1})
    parts.drive(patience=0)
    opens, why = parts.sql(
        "select extract(epoch from open_at - shelfline_now()), wait_reason from lanes where open_at is not null"
    )[0]
    assert waits - 5 < opens <= waits
    assert why == reason
    assert {state for state, _ in parts.ends(run).values()} == {"waiting"}
    parts.drive(patience=7300)
    assert {state for state, _ in parts.ends(run).values()} == {"done"}


def test_a_persons_answer_goes_on_at_hash_and_wins_over_digikey(parts: PartsPipeline) -> None:
    parts.source(source_row("A", score=90, specs=[{"spec_name": "Mounting Type", "spec_value": "Hole", "spec_units": None}], **{
        name: COMPLETE[name] for name in ("category", "description", "docs")
    }))  # fmt: skip
    run = parts.run()
    assert parts.state(run) == "waiting"
    parts.answer(
        run,
        "A",
        attributes=[{"name": "Mounting Type", "value": "Surface", "unit": None}],
        extras=[{"name": "colour", "value": "black"}],
        editor="ada",
        source_url="https://maker.example/a",
    )
    parts.drive(patience=120)
    assert parts.state(run) == "completed"
    assert parts.ends(run) == {"A": ("done", "pushed")}
    assert parts.sql("select value_text, source, source_url from part_attributes") == [
        ("Surface", "manual", "https://maker.example/a")
    ]
    assert parts.sql("select provenance->'attributes'->'Mounting Type' from parts") == [
        ({"source": "manual", "editor": "ada", "source_url": "https://maker.example/a"},)
    ]
    assert parts.sql("select source_system from staged_changes") == [("manual",)]


def test_what_a_person_has_said_stands_when_automation_comes_by_later(parts: PartsPipeline) -> None:
    parts.source(source_row("A"))
    run = parts.run()
    parts.answer(
        run, "A", attributes=[{"name": "Mounting Type", "value": "Surface", "unit": None}], editor="ada"
    )
    parts.drive(patience=120)
    parts.digikey.sells("A")
    parts.source(source_row("A", extra=[{"name": "bin", "value": "7"}]))
    assert parts.ends(parts.run()) == {"A": ("done", "pushed")}
    assert parts.sql("select value_text, source from part_attributes where name = 'Mounting Type'") == [
        ("Surface", "manual")
    ]
    assert parts.sql("select source_system from staged_changes order by id desc limit 1") == [("digikey",)]
