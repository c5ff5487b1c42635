"""A row becomes a record, or everything that is wrong with it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.fetch.orders.layout import Layout
from functions.fetch.orders.record import normalise
from functions.fetch.orders.sizes import size_of
from tests.unit.orders.sample import LABELS, LAYOUT, ORDER, cells, problems_of, reasons_of, record_of


def test_the_sample_row_is_this_record() -> None:
    assert record_of(cells()) == {
        "columns": {
            "AAG ORDER NUMBER": "JOO-00505",
            "CUSTOMER NAME": "NORTHWIND CLOTHIERS",
            "PO NUMBER": "8148-00",
            "CUSTOMER SEASON": "SPRING SUMMER 2026",
            "CUSTOMER STYLE": "JWHD100120",
            "CUSTOMER COLOUR DESCRIPTION": "WHITE",
            "UNIT OF MEASURE": "PCE",
            "INFOR COLOUR CODE": "100",
            "TOTAL QTY": 66,
            "ORDER TYPE": "ACTIVE",
            "EX FACTORY DATE": "2026-03-01",
            "PLANNED DELIVERY METHOD": "SEA",
            "US TARIFF RATE": "0",
            "CUSTOMER PRICE": "14.5",
        },
        "sizes": {"S": 12, "M": 30, "L": 24},
    }


def test_an_order_of_nothing_keeps_its_total_of_0() -> None:
    """A zero that the source states is a value, not an absence."""
    record = record_of(cells({"S": "0", "M": "0", "L": "", "TOTAL QTY": "0"}))
    assert record["columns"]["TOTAL QTY"] == 0
    assert record["sizes"] == {}


def test_a_total_nobody_states_is_not_made_up() -> None:
    record = record_of(cells({"TOTAL QTY": ""}))
    assert "TOTAL QTY" not in record["columns"]
    assert record["sizes"] == {"S": 12, "M": 30, "L": 24}


def test_a_total_that_is_not_the_sum_of_the_sizes_names_both() -> None:
    (problem,) = problems_of(cells({"TOTAL QTY": "67"}))
    assert (problem.column, problem.reason, problem.value_excerpt) == ("TOTAL QTY", "total_mismatch", "67")
    assert "says 67" in problem.detail
    assert "add up to 66" in problem.detail


@pytest.mark.parametrize(
    ("column", "text", "reason"),
    [("M", "thirty", "not_a_number"), ("M", "-30", "negative"), ("M", "30.5", "not_whole"), ("TOTAL QTY", "many", "not_a_number"),
     ("EX FACTORY DATE", "soon", "not_a_date"), ("CUSTOMER PRICE", "14,50", "not_a_number"), ("NOTES", "x" * 4001, "too_long"),
     ("AAG ORDER NUMBER", " ", "no_key"), ("CUSTOMER STYLE", "NULL", "no_key")],
)  # fmt: skip
def test_a_value_that_cannot_be_meant_is_one_problem_of_its_column(
    column: str, text: str, reason: str
) -> None:
    (problem,) = problems_of(cells({column: text}))
    assert (problem.column, problem.reason) == (column, reason)
    assert problem.detail
    assert len(problem.value_excerpt) <= 80


def test_everything_that_is_wrong_is_told_at_once() -> None:
    row = cells({"S": "a", "M": "b", "CUSTOMER PRICE": "c", "CUSTOMER STYLE": ""})
    assert reasons_of(row) == [
        ("CUSTOMER PRICE", "not_a_number"), ("S", "not_a_number"), ("M", "not_a_number"), ("CUSTOMER STYLE", "no_key"),
    ]  # fmt: skip


def test_pieces_under_a_header_nobody_knows_are_never_dropped() -> None:
    labels = [*LABELS[:13], "7XL", *LABELS[13:]]
    layout = Layout(labels)
    (problem,) = problems_of(cells({"7XL": "4", "TOTAL QTY": "70"}, labels), layout)
    assert (problem.column, problem.reason, problem.value_excerpt) == ("7XL", "unknown_size", "4")
    assert "column_mapping" in problem.detail
    assert (
        record_of(cells({"7XL": "0"}, labels), layout)
        == record_of(cells({"7XL": ""}, labels), layout)
        == record_of(cells())
    )
    assert reasons_of(cells({"7XL": "4 pcs"}, labels), layout) == [("7XL", "unknown_size")]


def test_a_mapped_header_is_the_size_it_is_said_to_be() -> None:
    labels = [*LABELS[:13], "7XL", *LABELS[13:]]
    layout = Layout(labels, {"7XL": "6XL"})
    record = record_of(cells({"7XL": "4", "TOTAL QTY": "70"}, labels), layout)
    assert record["sizes"] == {"S": 12, "M": 30, "L": 24, "6XL": 4}


def test_an_order_has_at_most_300_lines() -> None:
    sizes = [
        f"{waist}{sign}{inseam}" for sign in "/X" for waist in range(28, 42) for inseam in range(28, 40)
    ][:301]
    assert all(map(size_of, sizes))
    layout = Layout(["AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", *sizes])
    assert len(record_of(["J", "C", "S", *["1"] * 300, "0"], layout)["sizes"]) == 300
    assert reasons_of(["J", "C", "S", *["1"] * 301], layout) == [("", "too_many_lines")]


def test_a_short_row_lacks_its_last_cells_and_a_long_one_is_refused() -> None:
    assert "ORDER TYPE" not in record_of(cells()[:14])["columns"]
    assert reasons_of([*cells(), "more"]) == [("", "too_wide")]


def test_a_column_nobody_declared_is_kept_as_text() -> None:
    labels = [*LABELS, "Packing fee"]
    assert (
        record_of(cells({"Packing fee": "1.50"}, labels), Layout(labels))["columns"]["PACKING FEE"] == "1.50"
    )


@given(
    some.lists(
        some.text(some.characters()) | some.sampled_from(["1", "0", "-1", "NULL", "2026-03-01"]),
        max_size=len(ORDER) + 2,
    )
)
def test_any_row_is_a_record_or_problems(row: list[str]) -> None:
    result = normalise(LAYOUT, row)
    if isinstance(result, list):
        assert all(problem.reason and problem.detail for problem in result)
        assert result
    else:
        assert json.loads(json.dumps(result)) == result


@given(some.sampled_from(LABELS), some.text(some.characters()))
def test_any_value_in_any_column_is_read_or_named(label: str, text: str) -> None:
    result = normalise(LAYOUT, cells({label: text}))
    if isinstance(result, list):
        assert {problem.column for problem in result} <= {label, "TOTAL QTY"}
