"""A part as a row of the source's table, and the table itself."""

import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.intake import Problem
from functions.fetch.parts.loader import merge_statement
from functions.fetch.parts.record import normalise, record_key
from functions.fetch.parts.row import made_product_id, table_row
from functions.fetch.parts.schema import PARTS_SCHEMA

_SAMPLE_SCHEMA = Path(__file__).parents[3] / "infra/local/samples/parts_schema.json"
_OTHER_NAMES = {"INTEGER": "INT64", "FLOAT": "FLOAT64", "BOOLEAN": "BOOL"}


def _described(fields: list[dict[str, Any]]) -> list[Any]:
    return [
        (
            each["name"],
            _OTHER_NAMES.get(each["type"], each["type"]),
            each["mode"],
            _described(each.get("fields", [])),
        )
        for each in fields
    ]


def _declared(columns: Any) -> list[Any]:
    return [(column.name, column.type, column.mode, _declared(column.fields)) for column in columns]


def test_the_samples_and_the_loader_mean_the_same_table() -> None:
    assert _declared(PARTS_SCHEMA) == _described(json.loads(_SAMPLE_SCHEMA.read_text()))


def test_a_row_has_every_column_of_the_table() -> None:
    row = table_row(_record({"pn": "A", "manufacturer": "Acme"}), {})
    assert isinstance(row, dict)
    assert set(row) == {column.name for column in PARTS_SCHEMA}


def test_a_part_without_an_id_is_given_the_same_one_however_it_is_spelt() -> None:
    ids = {
        made_product_id(_record({"pn": pn, "manufacturer": maker}))
        for pn, maker in (("A-1", "Acme"), ("a-1 ", "ACME"))
    }
    assert len(ids) == 1
    assert len(ids.pop()) == 32
    row = table_row(_record({"pn": "A-1", "product_id": "its own"}), {})
    assert isinstance(row, dict)
    assert row["product_id"] == "its own"


def test_what_the_table_cannot_hold_is_a_problem_of_its_column() -> None:
    raw = {"pn": "A", "manuf_standard_packaging": "a reel", "sellers": [{"name": "S", "price": "cheap"}]}
    problems = table_row(_record(raw), raw)
    assert isinstance(problems, list)
    assert [(each.column, each.reason) for each in problems] == [
        ("manuf_standard_packaging", "not_a_number"),
        ("sellers", "not_a_number"),
    ]


def test_money_stays_as_it_is_written() -> None:
    raw = {"pn": "A", "sellers": [{"name": "S", "price": "0.10", "quantity_available": "7"}]}
    row = table_row(_record(raw), raw)
    assert isinstance(row, dict)
    assert (row["sellers"][0]["price"], row["sellers"][0]["quantity_available"]) == ("0.10", 7)


def test_the_score_job_s_own_figures_are_kept() -> None:
    score = {"base": 0.5, "boosted": 0.6, "score": 65.273, "percentile": 0.3, "tier": "B", "has_score": True}
    raw = {"pn": "A", "priority_score": score}
    row = table_row(_record(raw), raw)
    assert isinstance(row, dict)
    assert row["priority_score"] == {**score, "updated_at": None}


_words = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)
_raws = st.fixed_dictionaries(
    {"pn": _words},
    optional={
        "manufacturer": _words,
        "category": st.lists(_words, max_size=3).map(" > ".join),
        "description": _words,
        "datasheet_url": _words.map(lambda word: f"//example/{word}"),
        "active_for_use": st.sampled_from(["yes", "0", None]),
        "intro_date": st.dates().map(str),
        "modified": st.datetimes().map(str),
        "manuf_standard_packaging": st.integers(0, 10**6).map(str),
        "priority_score": st.floats(0, 100) | st.none(),
        "percentile": st.floats(0, 1),
        "specs": st.lists(
            st.fixed_dictionaries({"name": _words, "value": _words, "unit": _words | st.none()}), max_size=3
        ),
        "docs": st.lists(st.fixed_dictionaries({"url": _words.map("https://e/{}".format)}), max_size=2),
        "extra": st.lists(st.fixed_dictionaries({"name": _words, "value": _words}), max_size=2),
    },
)


@given(_raws)
def test_a_row_reads_as_the_record_it_was_made_of(raw: dict[str, Any]) -> None:
    record = normalise(raw)
    if isinstance(record, list):  # a part number of nothing but marks
        return
    row = table_row(record, raw)
    assert isinstance(row, dict)
    again = _record(row)
    score, kept = record.pop("priority"), again.pop("priority")
    assert {**again, "product_id": record["product_id"]} == record
    assert record_key(again) == record_key(record)
    assert (kept["has_score"], kept["percentile"]) == (score["has_score"], score["percentile"])
    assert abs((kept["score"] or 0) - (score["score"] or 0)) < 1e-9


def test_the_merge_names_every_column_and_keeps_one_row_a_part() -> None:
    statement = merge_statement("parts_load_x")
    assert all(f"new.{column.name}" in statement for column in PARTS_SCHEMA)
    assert "qualify row_number() over (partition by product_id" in statement


def _record(raw: dict[str, Any]) -> dict[str, Any]:
    record = normalise(raw)
    assert not isinstance(record, list), [Problem.__str__(problem) for problem in record]
    return record
