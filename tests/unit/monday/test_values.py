"""Our values in the shapes of the column types, and back."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Misconfigured, Refuse
from functions.push.monday.boards import Column
from functions.push.monday.values import (
    LONGEST_TEXT,
    Canonical,
    checked_name,
    held,
    normal,
    same,
    shape,
    shapes,
)
from tests.unit.monday.board_answers import ITEMS, board


def column(kind: str) -> Column:
    return Column("c1", "A COLUMN", kind)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("text", "J-1", "J-1"),
        ("numbers", 12, "12"),
        ("numbers", "14.50", "14.5"),
        ("numbers", 0, "0"),
        ("date", "2026-03-01", {"date": "2026-03-01"}),
        ("dropdown", "NORTHWIND", {"labels": ["NORTHWIND"]}),
        ("status", "RECEIVED", {"label": "RECEIVED"}),
        ("long_text", "two\nlines", {"text": "two\nlines"}),
        ("text", None, ""),
        ("numbers", None, ""),
        ("date", None, None),
        ("dropdown", None, None),
        ("status", None, None),
        ("long_text", "", None),
    ],
)
def test_each_column_type_has_its_shape_and_its_way_to_be_emptied(
    kind: str, value: Canonical, expected: Any
) -> None:
    assert shape(column(kind), value) == expected


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("numbers", "12 pieces"),
        ("numbers", "1e5"),
        ("date", "01/03/2026"),
        ("date", "2026-02-30"),
        ("people", "x"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_its_column(kind: str, value: Canonical) -> None:
    with pytest.raises(Refuse, match="A COLUMN"):
        shape(column(kind), value)


def test_nothing_is_cut() -> None:
    assert shape(column("text"), "x" * LONGEST_TEXT) == "x" * LONGEST_TEXT
    with pytest.raises(Refuse, match="4001 letters"):
        shape(column("text"), "x" * (LONGEST_TEXT + 1))


def test_values_by_title_become_shapes_by_column_id() -> None:
    assert shapes(board(ITEMS), {"STYLE": "JW1", "TOTAL QTY": 66}) == {
        "text_style": "JW1",
        "numbers_qty": "66",
    }


def test_a_column_that_the_board_lacks_is_named() -> None:
    with pytest.raises(Misconfigured, match=r"2001001 lacks the column 'COLOR'"):
        shapes(board(ITEMS), {"COLOR": "WHITE"})


@pytest.mark.parametrize("name", ["x", "x" * 255])
def test_a_name_has_up_to_255_letters(name: str) -> None:
    assert checked_name(name) == name


@pytest.mark.parametrize("name", ["", "   ", "x" * 256])
def test_any_other_name_is_refused(name: str) -> None:
    with pytest.raises(Refuse):
        checked_name(name)


def as_held(kind: str, sent: Any) -> dict[str, Any]:
    """What the vendor answers for a column that was sent this: the text and the raw value, as its pages describe them."""
    if kind == "dropdown":
        labels = (sent or {}).get("labels", [])
        raw = {"ids": list(range(1, len(labels) + 1))} if labels else None
        return _column_value(kind, ", ".join(labels) or None, raw)
    if kind == "status":
        return _column_value(kind, (sent or {}).get("label"), {"index": 1} if sent else None)
    if isinstance(sent, dict):
        return _column_value(kind, str(next(iter(sent.values()))), sent)
    return _column_value(kind, sent or "", sent or None)


def _column_value(kind: str, text: Any, raw: Any) -> dict[str, Any]:
    return {"id": "c1", "type": kind, "text": text, "value": None if raw is None else json.dumps(raw)}


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
LABELS = TEXTS.filter(lambda text: bool(text.strip()))
DECIMALS = st.decimals(-10_000, 10_000, places=3).map(lambda number: f"{number:f}")
OURS = st.one_of(
    st.tuples(st.sampled_from(["text", "long_text"]), st.none() | TEXTS),
    st.tuples(st.sampled_from(["dropdown", "status"]), st.none() | LABELS),
    st.tuples(st.just("numbers"), st.none() | st.integers(0, 10**9) | DECIMALS),
    st.tuples(st.just("date"), st.none() | st.dates().map(lambda day: day.isoformat())),
)


@given(OURS)
def test_what_was_written_is_the_same_when_it_is_read_back(ours: tuple[str, Canonical]) -> None:
    kind, value = ours
    found = held(as_held(kind, shape(column(kind), value)))
    assert same(kind, value, found)
    assert found == normal(kind, value)


@given(OURS, OURS)
def test_different_values_are_not_the_same(one: tuple[str, Canonical], other: tuple[str, Canonical]) -> None:
    kind, value = one
    found = held(as_held(other[0], shape(column(other[0]), other[1])))
    assert same(kind, value, found) == (normal(kind, value) == normal(kind, found))


def test_numbers_are_compared_as_numbers() -> None:
    assert same("numbers", 12, "12.0")
    assert same("numbers", "-0.0", "0")
    assert not same("numbers", 12, "12.5")
    assert not same("text", "12", "12.0")


def test_two_labels_chosen_by_hand_are_not_taken_for_one() -> None:
    value = {"id": "c1", "type": "dropdown", "text": "A, B", "value": '{"ids":[1,2]}'}
    assert held(value) == ("A", "B")
    assert held(value | {"values": [{"label": "A"}, {"label": "B"}]}) == ("A", "B")
    assert held(value | {"value": '{"ids":[1]}'}) == "A, B"
    assert held(value | {"values": [{"label": "A, B"}]}) == "A, B"
    assert not same("dropdown", "A, B", ("A", "B"))


@pytest.mark.parametrize(
    "value",
    [
        {"type": "text", "text": "", "value": None},
        {"type": "numbers", "text": "", "value": "null"},
        {"type": "status", "text": None, "value": '{"index":5}'},
        {"type": "dropdown", "text": None, "value": None, "values": []},
        {"type": "date", "text": "", "value": None},
        {"type": "long_text", "text": "", "value": '{"text":""}'},
    ],
)
def test_every_form_of_empty_is_empty(value: dict[str, Any]) -> None:
    assert held(value) is None


def test_a_raw_value_may_come_as_json_itself() -> None:
    assert held({"type": "date", "text": "2026-03-01 09:00", "value": {"date": "2026-03-01"}}) == "2026-03-01"
    assert held({"type": "numbers", "text": "1,200", "value": 1200}) == "1200"
    assert held({"type": "text", "text": "as it is", "value": "{broken"}) == "as it is"
