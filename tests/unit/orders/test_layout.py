"""What the columns of a source are."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.fetch.orders.columns import KINDS, METADATA, SIZES
from functions.fetch.orders.layout import Layout, layout_key
from tests.unit.orders.sample import LABELS, LAYOUT


def between(*labels: str) -> Layout:
    """A layout with these headers between UNIT OF MEASURE and TOTAL QTY."""
    return Layout(
        ["AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", "UNIT OF MEASURE", *labels, "TOTAL QTY"]
    )


def reasons(layout: Layout) -> list[tuple[str, str]]:
    return [(problem.column, problem.reason) for problem in layout.problems]


def test_the_sample_is_understood() -> None:
    assert LAYOUT.sizes == {"S": 8, "M": 9, "L": 10, "XL": 11, "2XL": 12}
    assert LAYOUT.unknown_sizes == {}
    assert LAYOUT.problems == ()
    assert set(LAYOUT.columns) == set(LABELS) - set(LAYOUT.sizes) - {"RECORD_UUID"}


@pytest.mark.parametrize("header", ["AAG_ORDER_NUMBER", "Aag order number", " aag-order  number "])
def test_a_header_is_known_in_any_spelling(header: str) -> None:
    assert Layout([header]).columns == {"AAG ORDER NUMBER": 0}


def test_names_that_bigquery_allows_are_known() -> None:
    headers = [
        "EX_WORKS__USD_",
        "RANGE___COLLECTION",
        "ALIAS_RELATED_ITEM",
        "FINAL_PRICES_Y_N",
        "CUSTOMER_S_COLOUR_CODE",
    ]
    assert list(Layout(headers).columns) == [
        "EX WORKS (USD)", "RANGE / COLLECTION", "ALIAS/RELATED ITEM", "FINAL PRICES Y/N", "CUSTOMER'S COLOUR CODE",
    ]  # fmt: skip


def test_headers_that_go_on_differently_are_known_by_their_beginning() -> None:
    headers = ["ORIGINAL ALIAS/RELATED ITEM", "CUSTOMER'S COLOUR CODE (CUSTOM FIELD)"]
    assert list(Layout(headers).columns) == ["ORIGINAL ALIAS", "CUSTOMER'S COLOUR CODE"]


def test_the_colour_code_among_the_sizes_is_no_size() -> None:
    layout = between("S", "INFOR COLOUR CODE", "M")
    assert list(layout.sizes) == ["S", "M"]
    assert layout.columns["INFOR COLOUR CODE"] == 5
    assert layout.unknown_sizes == {}


def test_a_header_among_the_sizes_that_nobody_knows_is_kept_apart() -> None:
    layout = between("S", "7XL", "", "M")
    assert layout.unknown_sizes == {"7XL": 5, "column 7": 6}
    assert list(layout.sizes) == ["S", "M"]


def test_a_size_is_one_wherever_it_stands() -> None:
    assert Layout(["XL", "AAG ORDER NUMBER", "30/30"]).sizes == {"XL": 0, "30/30": 2}


def test_without_the_columns_around_them_no_size_is_guessed_by_place() -> None:
    for labels in (["TOTAL QTY", "7XL", "UNIT OF MEASURE"], ["UNIT OF MEASURE", "7XL"], ["7XL", "TOTAL QTY"]):
        layout = Layout(labels)
        assert layout.unknown_sizes == {}
        assert "7XL" in layout.columns


def test_any_other_column_is_text_under_its_own_name_in_one_spelling() -> None:
    assert (
        list(Layout(["Packing fee (USD)"]).columns)
        == list(Layout(["PACKING_FEE__USD_"]).columns)
        == ["PACKING FEE USD"]
    )
    assert LAYOUT.kind("PACKING FEE USD") == "text"


def test_metadata_of_a_store_never_counts() -> None:
    layout = Layout([*LABELS, *(name.lower() for name in METADATA)])
    assert layout.columns == LAYOUT.columns
    assert layout.hash_columns == LAYOUT.hash_columns


def test_of_two_headers_that_mean_the_same_the_first_is_read_and_both_are_named() -> None:
    layout = between("XL", "xl", "M(8-10)", "M_8_10_")
    assert layout.sizes == {"XL": 4, "M(8-10)": 6}
    assert reasons(layout) == [("XL", "doubled_column"), ("M(8-10)", "doubled_column")]
    assert "'XL' and 'xl'" in layout.problems[0].detail
    assert reasons(Layout([*LABELS, "PO_NUMBER", "Fee", "FEE"])) == [
        ("PO NUMBER", "doubled_column"), ("FEE", "doubled_column"),
    ]  # fmt: skip


def test_a_source_without_a_needed_column_says_which() -> None:
    layout = Layout(["CUSTOMER NAME", "S"])
    assert layout.missing == ("AAG ORDER NUMBER", "CUSTOMER STYLE")
    assert reasons(layout) == [("AAG ORDER NUMBER", "missing_column"), ("CUSTOMER STYLE", "missing_column")]
    assert "column_mapping" in layout.problems[0].detail


def test_a_customers_mapping_names_columns_and_sizes_and_leaves_out() -> None:
    mapping = {"Item code": "customer_style", "Extra large": "XL", "Remark": None}
    layout = Layout(["ITEM_CODE", "EXTRA LARGE", "REMARK", "AAG ORDER NUMBER", "CUSTOMER NAME"], mapping)
    assert layout.columns == {"CUSTOMER STYLE": 0, "AAG ORDER NUMBER": 3, "CUSTOMER NAME": 4}
    assert layout.sizes == {"XL": 1}
    assert layout.problems == ()


def test_a_mapped_header_goes_before_the_usual_one() -> None:
    layout = Layout([*LABELS, "ITEM CODE"], {"ITEM CODE": "CUSTOMER STYLE"})
    assert layout.columns["CUSTOMER STYLE"] == len(LABELS)
    assert layout.problems == ()


def test_a_mapping_to_nothing_of_ours_and_one_for_no_header_are_told() -> None:
    layout = Layout([*LABELS, "ITEM CODE"], {"ITEM CODE": "STILE", "ARTICLE": "CUSTOMER STYLE"})
    assert reasons(layout) == [("ITEM CODE", "unknown_column")]
    assert layout.unused_mapping == ("ARTICLE",)


def test_layouts_of_mappings_that_say_the_same_can_be_shared() -> None:
    assert layout_key({"Item code": "CUSTOMER STYLE", "B": None}) == layout_key(
        {"B": None, "ITEM_CODE": "CUSTOMER STYLE"}
    )
    assert layout_key(None) == layout_key({}) == ()


def test_a_list_to_hash_holds_each_column_once_and_all_sizes_as_one() -> None:
    assert SIZES in LAYOUT.hash_columns
    assert not set(LAYOUT.sizes) & set(LAYOUT.hash_columns)
    assert LAYOUT.missing_hash_columns([*LAYOUT.hash_columns, "DROP"]) == ("DROP",)
    assert Layout([*LABELS, "SIZES", "[SIZES]"]).hash_columns == tuple(
        sorted((*LAYOUT.hash_columns, "SIZES"))
    )


@given(
    some.lists(some.text() | some.sampled_from([*KINDS, *LABELS])),
    some.dictionaries(some.text(), some.none() | some.text()),
)
def test_any_headers_make_a_layout(labels: list[str], mapping: dict[str, str | None]) -> None:
    layout = Layout(labels, mapping)
    places = [*layout.columns.values(), *layout.sizes.values(), *layout.unknown_sizes.values()]
    assert len(places) == len(set(places))
    assert len(set(layout.hash_columns)) == len(layout.hash_columns)


@given(some.randoms(use_true_random=False))
def test_the_order_of_headers_changes_no_meaning(chance: random.Random) -> None:
    labels = list(LABELS)
    chance.shuffle(labels)
    layout = Layout(labels)
    assert {labels[place] for place in layout.sizes.values()} == set(LAYOUT.sizes)
    assert layout.hash_columns == LAYOUT.hash_columns
