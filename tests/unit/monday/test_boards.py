"""A board's columns by title, its groups, its labels, and what it lacks."""

import pytest

from common.errors import Misconfigured
from functions.push.monday.boards import ColumnProblem, MissingLabel, board_in
from tests.unit.monday.board_answers import ITEMS, LINES, board, column


def with_columns(*columns: dict[str, object]) -> dict[str, object]:
    return ITEMS | {"columns": list(columns)}


def test_columns_are_found_by_title_however_it_is_spaced() -> None:
    found = board(ITEMS)
    assert found.column("SOURCE UUID").id == "text_key"
    assert found.column(" TOTAL  QTY ").type == "numbers"


def test_a_group_is_found_unless_it_is_archived_or_deleted() -> None:
    found = board(ITEMS)
    assert found.group_id("NORTHWIND SPRING SUMMER 2026") == "g_now"
    assert found.group_id("CONTOSO SPRING SUMMER 2026") is None


def test_the_board_of_the_subitems_is_in_the_settings() -> None:
    assert board(ITEMS).subitems_board_id == "3001001"
    assert board(LINES).subitems_board_id is None


def test_how_many_items_still_fit() -> None:
    assert board(ITEMS).room() == 10
    assert board(LINES).room() == 10_000
    assert board(ITEMS | {"items_count": 10_050}).room() == 0


def test_every_column_that_is_not_as_it_should_be_is_named() -> None:
    found = board(
        with_columns(
            column("a", "STYLE", "numbers"), column("b", "SIZE", "text"), column("c", "SIZE", "text")
        )
    )
    problems = found.problems({"STYLE": "text", "SIZE": "text", "COLOR": "text"})
    assert problems == (
        ColumnProblem("2001001", "STYLE", "text", "numbers"),
        ColumnProblem("2001001", "SIZE", "text", "twice"),
        ColumnProblem("2001001", "COLOR", "text", ""),
    )
    assert [str(problem) for problem in problems] == [
        "Column 'STYLE' of board 2001001 has the type numbers; it must be text.",
        "Board 2001001 has two columns 'SIZE'; rename one of them.",
        "Board 2001001 lacks the column 'COLOR' (type text); add it.",
    ]


def test_a_board_as_it_should_be_has_no_problems() -> None:
    assert board(ITEMS).problems({"STYLE": "text", "CUSTOMER": "dropdown"}) == ()


def test_a_title_that_is_there_twice_is_nobodys() -> None:
    found = board(with_columns(column("b", "SIZE", "text"), column("c", "SIZE", "text")))
    with pytest.raises(Misconfigured, match="two columns 'SIZE'"):
        found.column("SIZE")


def test_an_archived_column_is_not_there() -> None:
    found = board(with_columns(column("b", "SIZE", "text", archived=True), column("c", "SIZE", "numbers")))
    assert found.column("SIZE").id == "c"


def test_labels_that_we_must_not_make_are_asked_for_beforehand() -> None:
    values = {"CUSTOMER": "FABRIKAM", "ORDER TYPE": "RECEIVED", "CUSTOMER SEASON": "NEW"}
    assert board(ITEMS).missing_labels(values, ["CUSTOMER", "ORDER TYPE"]) == (
        MissingLabel("2001001", "CUSTOMER", "FABRIKAM"),
    )
    assert board(ITEMS).missing_labels({"ORDER TYPE": None}, ["CUSTOMER", "ORDER TYPE"]) == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"settings": {"labels": [{"id": 1, "label": "A"}, {"id": 2, "label": "B", "is_deactivated": True}]}},
        {"settings": '{"labels":[{"id":1,"label":"A"}]}'},
        {"settings_str": '{"labels":{"0":"A","5":""}}'},
        {"settings_str": '{"labels":[{"id":1,"name":"A"},{"id":2,"name":"B"}],"deactivated_labels":[2]}'},
    ],
)
def test_labels_are_read_from_either_form_of_the_settings(settings: dict[str, object]) -> None:
    found = board(with_columns(column("d", "SIZE", "dropdown", **settings)))
    assert found.column("SIZE").labels == {"A"}


@pytest.mark.parametrize(
    "settings", [{"settings_str": "broken{"}, {"settings": None}, {"settings_str": "[]"}]
)
def test_settings_that_cannot_be_read_offer_no_labels(settings: dict[str, object]) -> None:
    assert board(with_columns(column("d", "SIZE", "status", **settings))).column("SIZE").labels == frozenset()


def test_a_board_that_is_not_there_says_where_its_number_is_written() -> None:
    with pytest.raises(Misconfigured, match="no active board 99"):
        board_in({"boards": []}, "99")
