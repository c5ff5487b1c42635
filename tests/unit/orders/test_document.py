"""What a board holds of an order."""

import pytest

from functions.fetch.orders.columns import KINDS
from functions.stage.orders.document import (
    BOARD_COLUMNS,
    Document,
    document,
    document_differences,
    group_title,
    item_name,
    shown_differences,
)
from tests.unit.orders.sample import cells, record_of


def built(**changes: str) -> Document:
    """The sample's document, with values changed; _ stands for a blank in a column's name."""
    row = cells({name.replace("_", " "): text for name, text in changes.items()})
    found = document(record_of(row), "NORTHWIND")
    assert not isinstance(found, list), found
    return found


def test_the_sample_is_this_group_item_and_three_lines() -> None:
    assert built() == {
        "group": "NORTHWIND SPRING SUMMER 2026",
        "name": "JWHD100120WHITEJOO-00505",
        "values": {
            "CUSTOMER": "NORTHWIND",
            "CUSTOMER SEASON": "SPRING SUMMER 2026",
            "ORDER TYPE": "RECEIVED",
            "AAG ORDER NUMBER": "JOO-00505",
            "PO NUMBER": "8148-00",
            "STYLE": "JWHD100120",
            "COLOR": "WHITE",
            "UNIT OF MEASURE": "PCE",
            "TOTAL QTY": 66,
            "CUSTOMER EX FACTORY DATE": "2026-03-01",
            "PLANNED DELIVERY METHOD": "SEA",
            "CUSTOMER PRICE": "14.5",
            "US TARIFF RATE": "0",
        },
        "lines": {"S": 12, "M": 30, "L": 24},
    }


@pytest.mark.parametrize(
    ("columns", "title"),
    [
        (
            {"CUSTOMER SEASON": "SPRING SUMMER 2026", "AAG SEASON": "2026 SPRING"},
            "NORTHWIND SPRING SUMMER 2026",
        ),
        ({"AAG SEASON": "2026 SPRING"}, "NORTHWIND 2026 SPRING"),
        ({}, "NORTHWIND check"),
    ],
)
def test_a_group_is_the_customer_and_its_season_else_ours_else_check(
    columns: dict[str, str], title: str
) -> None:
    assert group_title(columns, "NORTHWIND") == title


def test_an_item_without_a_colour_is_named_by_style_and_order_number() -> None:
    assert (
        item_name({"CUSTOMER STYLE": "JWHD100120", "AAG ORDER NUMBER": "JOO-00505"}) == "JWHD100120JOO-00505"
    )


def test_renamed_columns_stand_under_their_title_on_the_board() -> None:
    renamed = {title: column for title, column in BOARD_COLUMNS.items() if title != column}
    assert renamed == {
        "CUSTOMER": "CUSTOMER NAME",
        "STYLE": "CUSTOMER STYLE",
        "COLOR": "CUSTOMER COLOUR DESCRIPTION",
        "ALIAS RELATED ITEM": "ALIAS/RELATED ITEM",
        "CUSTOMER REQ IN DC DATE": "ETA CUSTOMER WAREHOUSE DATE",
        "CUSTOMER EX FACTORY DATE": "EX FACTORY DATE",
    }
    assert set(BOARD_COLUMNS.values()) <= set(KINDS)


@pytest.mark.parametrize(
    ("word", "label"), [("ACTIVE", "RECEIVED"), ("Active", "RECEIVED"), ("CANCELLED", "CANCELLED")]
)
def test_order_types_become_the_labels_of_the_board(word: str, label: str) -> None:
    assert built(ORDER_TYPE=word)["values"]["ORDER TYPE"] == label


def test_an_order_type_without_a_label_is_a_problem_and_a_blank_one_is_left_out() -> None:
    problems = document(record_of(cells({"ORDER TYPE": "SAMPLE"})), "NORTHWIND")
    assert isinstance(problems, list)
    assert [(each.column, each.reason, each.value_excerpt) for each in problems] == [
        ("ORDER TYPE", "unknown_order_type", "SAMPLE")
    ]
    assert "ORDER TYPE" not in built(ORDER_TYPE="")["values"]


def test_a_total_of_0_is_written() -> None:
    assert built(S="", M="", L="", TOTAL_QTY="0")["values"]["TOTAL QTY"] == 0


def test_names_longer_than_the_board_takes_are_refused_not_cut() -> None:
    fits = "W" * (255 - len("JWHD100120JOO-00505"))
    assert len(built(CUSTOMER_COLOUR_DESCRIPTION=fits)["name"]) == 255
    for change in ({"CUSTOMER COLOUR DESCRIPTION": f"{fits}W"}, {"CUSTOMER SEASON": "S" * 250}):
        problems = document(record_of(cells(change)), "NORTHWIND")
        assert isinstance(problems, list)
        assert [each.reason for each in problems] == ["too_long"]
        assert "256" in problems[0].detail or "260" in problems[0].detail


def test_differences_say_what_to_write_clear_move_and_rename() -> None:
    held = built(NOTES="urgent")
    wanted = built(CUSTOMER_SEASON="", CUSTOMER_COLOUR_DESCRIPTION="BLACK", S="11", XL="1", L="0", M="54")
    found = document_differences(held, wanted)
    assert found.group == "NORTHWIND check"
    assert found.name == "JWHD100120BLACKJOO-00505"
    assert found.values == {"CUSTOMER SEASON": None, "COLOR": "BLACK", "NOTES": None}
    assert (found.lines.added, found.lines.changed, found.lines.gone) == (
        {"XL": 1},
        {"S": 11, "M": 54},
        {"L": 24},
    )


def test_equal_documents_differ_in_nothing() -> None:
    assert not document_differences(built(), built(CUSTOMER_PRICE="14.500", US_TARIFF_RATE="0%", XL=""))


def test_differences_are_shown_field_by_field() -> None:
    assert shown_differences(built(), built(S="13", TOTAL_QTY="67")) == {
        "TOTAL QTY": {"old": 66, "new": 67},
        "Size S": {"old": 12, "new": 13},
    }
    assert shown_differences(None, built())["name"] == {"old": None, "new": "JWHD100120WHITEJOO-00505"}
    assert shown_differences(built(), None)["Size M"] == {"old": 30, "new": None}
