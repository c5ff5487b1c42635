"""Names of columns that BigQuery takes, made from whatever headers an order book has."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Usage
from common.warehouse.port import Column
from functions.fetch.orders.schema import ColumnNames, labels, legal_name, load_of

LOAD = "0123456789abcdef01234567"
HEADERS = st.lists(st.text(min_size=1, max_size=12), unique=True, max_size=12)


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("PO NUMBER", "PO_NUMBER"),
        ("RANGE / COLLECTION", "RANGE_COLLECTION"),
        ("CUSTOMER'S COLOUR CODE", "CUSTOMER_S_COLOUR_CODE"),
        ("EX WORKS (USD)", "EX_WORKS_USD"),
        ("0-3M", "_0_3M"),
        ("30/30", "_30_30"),
        ("M(8-10)", "M_8_10"),
        ("Größe é", "Groe_e"),
        ("尺寸", "column"),
        ("_PARTITIONDATE", "PARTITIONDATE"),
        ("0_TABLE_X", "_0_TABLE_X"),
        ("x" * 400, "x" * 300),
    ],
)
def test_a_header_becomes_a_name_of_letters_digits_and_underscores(label: str, name: str) -> None:
    assert legal_name(label) == name


def test_headers_that_would_get_one_name_are_numbered_in_their_order() -> None:
    names = ColumnNames()
    names.add(["30/30", "30-30", "30 30", "po", "PO!", "source_row"])
    assert list(names.names.values()) == ["_30_30", "_30_30_2", "_30_30_3", "po", "PO_2", "source_row_2"]


@given(HEADERS)
def test_names_are_legal_and_unique_whatever_the_headers(headers: list[str]) -> None:
    names = ColumnNames()
    names.add(headers)
    found = [column.name for column in names.schema(LOAD)]
    assert len({name.lower() for name in found}) == len(headers) + 2
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,299}", name) for name in found)


@given(HEADERS)
def test_the_table_tells_the_headers_in_their_order_and_which_load_it_was(headers: list[str]) -> None:
    names = ColumnNames()
    names.add(headers)
    schema = names.schema(LOAD)
    assert list(labels(schema).values()) == headers
    assert load_of(schema) == LOAD


def test_a_table_that_others_filled_is_labelled_by_its_names() -> None:
    columns = [Column("CUSTOMER NAME", "STRING"), Column("po", "STRING", description="PO NUMBER")]
    assert labels(columns) == {"CUSTOMER NAME": "CUSTOMER NAME", "po": "PO NUMBER"}
    assert load_of(columns) is None


def test_a_file_of_too_many_columns_is_refused() -> None:
    with pytest.raises(Usage, match="over 9,990 columns"):
        ColumnNames().add(str(number) for number in range(10_000))
