"""How single values are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.problems import BadValue
from functions.fetch.orders.columns import Kind
from functions.fetch.orders.values import (
    COMPARABLE,
    READERS,
    day,
    flag,
    money,
    plain,
    quantity,
    rate,
    text,
    whole,
)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize(
    "raw", ["", "  ", "\t\n", "NULL", "null", "None", "NaN", "nan", "NaT", "<NA>", "\0", None]
)
def test_blanks_and_null_words_are_absent(kind: Kind, raw: str | None) -> None:
    assert READERS[kind](raw) is None


@pytest.mark.parametrize(
    ("raw", "read"),
    [("$14.50", "14.5"), ("14.50", "14.5"), ("$1,234.50", "1234.5"), ("1,234,567", "1234567"), ("US$ 5", "5"), ("USD 5", "5"),
     ("5 USD", "5"), ("-$5.10", "-5.1"), ("$-5.10", "-5.1"), (".5", "0.5"), ("5.", "5"), ("-0.00", "0"), ("007", "7"),
     ("1E3", "1000"), ("1.5e-05", "0.000015"), ("$", None), ("123456789012345678.99", "123456789012345678.99")],
)  # fmt: skip
def test_money_is_exact_decimal_text(raw: str, read: str | None) -> None:
    assert money(raw) == read


@pytest.mark.parametrize(
    "raw",
    ["14,50", "1,23", "12,3456", "€14.50", "£5", "abc", "TRUE", "5%", "--5", "-$-5", "1e99", "٣", "9" * 500],
)
def test_an_amount_that_could_mean_another_is_refused(raw: str) -> None:
    with pytest.raises(BadValue, match="A number is expected") as refused:
        money(raw)
    assert refused.value.reason == "not_a_number"


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("TRUE", "0"),
        ("true", "0"),
        ("7.50%", "7.5"),
        ("7.5 %", "7.5"),
        ("0.075", "0.075"),
        ("%", None),
        ("0", "0"),
    ],
)
def test_a_rate_loses_its_percent_sign_and_a_ticked_box_is_0(raw: str, read: str | None) -> None:
    assert rate(raw) == read


@pytest.mark.parametrize(
    ("raw", "read"), [("66", 66), ("66.0", 66), ("66.00", 66), ("1,200", 1200), ("0", 0), (" 7 ", 7)]
)
def test_a_total_is_a_whole_number_and_0_stays_0(raw: str, read: int) -> None:
    assert whole(raw) == read


@pytest.mark.parametrize(
    ("raw", "reason"),
    [("twelve", "not_a_number"), ("12 pcs", "not_a_number"), ("$12", "not_a_number"), ("TRUE", "not_a_number"), ("-1", "negative"),
     ("-0.5", "negative"), ("1.5", "not_whole"), ("1000000001", "out_of_range")],
)  # fmt: skip
def test_a_quantity_that_is_none_is_refused(raw: str, reason: str) -> None:
    with pytest.raises(BadValue) as refused:
        quantity(raw)
    assert refused.value.reason == reason


def test_no_pieces_and_nothing_written_are_the_same_for_a_size() -> None:
    assert quantity("0") is quantity("0.0") is quantity("") is None
    assert quantity("12.0") == 12


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-01",
        "2026-3-1",
        "3/1/2026",
        "03/01/2026",
        "2026-03-01T00:00:00Z",
        "2026-03-01 00:00:00 UTC",
        "3/1/2026 0:00",
    ],
)
def test_dates_are_iso_text(raw: str) -> None:
    assert day(raw) == "2026-03-01"


@pytest.mark.parametrize(
    "raw", ["31/12/2026", "2026-02-30", "March 1", "46082", "0206-03-01", "3/1/26", "TBC", "2026-03-01x"]
)
def test_a_date_that_cannot_be_meant_is_refused(raw: str) -> None:
    with pytest.raises(BadValue, match="2026-03-01 or 3/1/2026") as refused:
        day(raw)
    assert refused.value.reason == "not_a_date"


def test_a_flag_is_y_or_n_and_another_word_stays() -> None:
    assert [flag(raw) for raw in ("yes", "TRUE", "1", "n", "False", "0", "TBC")] == [
        "Y",
        "Y",
        "Y",
        "N",
        "N",
        "N",
        "TBC",
    ]


def test_text_is_nfc_without_blanks_around_it_and_never_cut() -> None:
    assert text("  Gro\u0308ße\u00a0") == "Größe"
    assert text("two\nlines") == "two\nlines"
    assert text("N/A") == "N/A"
    assert text("x" * 4000) == "x" * 4000
    with pytest.raises(BadValue, match="shorten it") as refused:
        text("x" * 4001)
    assert refused.value.reason == "too_long"


@given(some.sampled_from(Kind), some.text(some.characters()))
def test_any_text_is_comparable_as_its_value_or_as_it_stands(kind: Kind, raw: str) -> None:
    try:
        value = READERS[kind](raw)
    except BadValue:
        value = plain(raw)
    assert COMPARABLE[kind](raw) == value


@given(some.sampled_from([kind for kind in Kind if kind is not Kind.RATE]), some.text(some.characters()))
def test_a_canonical_value_stays_as_it_is(kind: Kind, raw: str) -> None:
    value = COMPARABLE[kind](raw)
    assert COMPARABLE[kind](None if value is None else str(value)) == value


@given(some.sampled_from([Kind.MONEY, Kind.RATE]), some.decimals(-(10**12), 10**12, places=4))
def test_an_amount_means_the_same_in_every_notation(kind: Kind, amount: object) -> None:
    written = f"{amount:f}"
    spellings = {written, f" {written} ", f"{amount:,f}", f"{written}000", f"+{written}".replace("+-", "-")}
    spellings |= {f"{written}%"} if kind is Kind.RATE else {f"${written}", f"${amount:,f}", f"{written} USD"}
    assert len({COMPARABLE[kind](spelling) for spelling in spellings}) == 1
