"""Which headers are sizes."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.fetch.orders.columns import KINDS
from functions.fetch.orders.sizes import legal_spelling, size_of, size_order


@pytest.mark.parametrize(
    "size",
    ["XXXS", "XS", "XL", "XXL", "XXXL", "2XL", "6XL", "0", "7", "20", "0-3M", "24M", "2T", "6T", "30/30", "30X30", "28-30L",
     "32DD", "OS", "ONE SIZE", "2X/2XL", "M(8-10)", "M (8-10)", "XS(0)", "14W", "7-8Y"],
)  # fmt: skip
def test_a_size_is_kept_letter_for_letter(size: str) -> None:
    assert size_of(size) == size


@pytest.mark.parametrize(
    ("header", "size"),
    [(" xl ", "XL"), ("One Size", "ONE SIZE"), ("_30_30", "30/30"), ("_30X30", "30X30"), ("_28_30L", "28-30L"),
     ("M_8_10_", "M(8-10)"), ("_2X_2XL", "2X/2XL"), ("_0", "0"), ("_0_3M", "0-3M"), ("ONE_SIZE", "ONE SIZE")],
)  # fmt: skip
def test_case_and_the_spelling_of_bigquery_do_not_matter(header: str, size: str) -> None:
    assert size_of(header) == size


def test_no_size_is_inferred_from_another() -> None:
    """XL and XXL are not L, and 2XL is not XXL, however alike."""
    sizes = ["L", "XL", "XXL", "2XL", "2X", "2X/2XL"]
    assert [size_of(size) for size in sizes] == sizes


@pytest.mark.parametrize("header", ["_0_2", "_7_8"])
def test_a_spelling_that_could_be_two_sizes_is_none(header: str) -> None:
    assert size_of(header.strip("_").replace("_", "/")) != size_of(header.strip("_").replace("_", "-"))
    assert size_of(header) is None


@pytest.mark.parametrize(
    "header", ["", " ", "7XL", "COLOUR", "M()", "S-M-L", "99", "1/2/3", "Ⅻ XL", "30 X 30"]
)
def test_what_is_not_in_the_vocabulary_is_no_size(header: str) -> None:
    assert size_of(header) is None


def test_no_business_column_is_a_size() -> None:
    assert [column for column in KINDS if size_of(column) or size_of(legal_spelling(column))] == []


def test_sizes_sort_as_in_a_shop_and_unknown_ones_last() -> None:
    mixed = ["XL", "9XL", "34", "2T", "S", "3-6M", "2XL", "M(8-10)", "32", "L", "M", "30/32", "30/30"]
    assert sorted(mixed, key=size_order) == [
        "3-6M", "2T", "S", "M", "L", "XL", "2XL", "M(8-10)", "32", "34", "30/30", "30/32", "9XL",
    ]  # fmt: skip


@given(some.text())
def test_any_header_is_a_size_or_none(header: str) -> None:
    size = size_of(header)
    assert size is None or size_of(size) == size
