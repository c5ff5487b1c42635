"""The type of a query parameter follows from its value, and what has none is refused."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.warehouse.parameters import Parameter, Typed, infer

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def only(value: object) -> Parameter:
    [parameter] = infer({"p": value})
    return parameter


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        (True, "BOOL"),
        (1, "INT64"),
        (1.0, "FLOAT64"),
        ("1", "STRING"),
        (b"1", "BYTES"),
        (NOW, "TIMESTAMP"),
        (date(2026, 3, 1), "DATE"),
        (None, "STRING"),
        (Decimal("1.50"), "NUMERIC"),
        (Decimal("1e28"), "NUMERIC"),
        (Decimal("1e29"), "BIGNUMERIC"),
        (Decimal("0.000000001"), "NUMERIC"),
        (Decimal("0.0000000001"), "BIGNUMERIC"),
    ],
)
def test_a_scalar(value: object, type_: str) -> None:
    assert only(value) == Parameter("p", type_, value, is_array=False)


@pytest.mark.parametrize(
    ("value", "type_"),
    [
        ([1, 2], "INT64"),
        (("a",), "STRING"),
        ([True], "BOOL"),
        ([], "STRING"),
        ([Decimal(1), Decimal("1e30")], "BIGNUMERIC"),
    ],
)
def test_an_array(value: list[object], type_: str) -> None:
    assert only(value) == Parameter("p", type_, list(value), is_array=True)


def test_a_set_is_an_array() -> None:
    assert sorted(only({2, 1}).value) == [1, 2]
    assert only(frozenset({1})).is_array


def test_a_type_that_is_given_holds() -> None:
    assert only(Typed("INT64", None)) == Parameter("p", "INT64", None, is_array=False)
    assert only(Typed("DATE", [])) == Parameter("p", "DATE", [], is_array=True)


@pytest.mark.parametrize("value", [{"a": 1}, object(), [1, "a"], [1, True], [1, None], [[1]]])
def test_what_has_no_type_is_refused_by_name(value: object) -> None:
    with pytest.raises(TypeError, match="@p"):
        only(value)


@pytest.mark.parametrize(
    "value", [2**63, -(2**63) - 1, Decimal("NaN"), Decimal("Infinity"), NOW.replace(tzinfo=None)]
)
def test_what_does_not_fit_is_refused_by_name(value: object) -> None:
    with pytest.raises(ValueError, match="@p"):
        only(value)


@given(st.decimals(min_value=-(10**32), max_value=10**32, places=10) | st.decimals(-100, 100, places=3))
def test_numeric_is_chosen_only_where_it_holds_the_number(value: Decimal) -> None:
    """NUMERIC has 38 digits, 9 of them after the point (BigQuery: Data types)."""
    scaled = Fraction(value) * 10**9
    if only(value).type == "NUMERIC":
        assert scaled.denominator == 1
        assert abs(scaled) < 10**38
