"""Two spellings of one name fold to one text."""

import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.customers import fold

# U+0345 alone is no letter of its own: Python's upper() moves it before other accents without normalising.
NAMES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\u0345"))
SPELLINGS: dict[str, Callable[[str], str]] = {
    "upper case": str.upper,
    "lower case": str.lower,
    "swapped case": str.swapcase,
    "title case": str.title,
    "NFD": lambda name: unicodedata.normalize("NFD", name),
    "NFC": lambda name: unicodedata.normalize("NFC", name),
    "wide blanks": lambda name: "\u00a0 " + name.replace(" ", "\t\u2003 ") + "\n",
    "curly apostrophes": lambda name: name.replace("'", "’"),
}


@given(NAMES)
def test_folding_twice_is_folding_once(name: str) -> None:
    assert fold(fold(name)) == fold(name)


@given(NAMES, st.sampled_from(sorted(SPELLINGS)))
def test_case_normalisation_white_space_and_apostrophes_make_no_difference(name: str, way: str) -> None:
    assert fold(SPELLINGS[way](name)) == fold(name)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("  northwind\u00a0\t clothiers ", "NORTHWIND CLOTHIERS"),
        ("Cafe\u0301 Noir", "CAFÉ NOIR"),
        ("O’Hara", "O'HARA"),
        ("O‘Hara", "O'HARA"),
        ("O´Hara", "O'HARA"),
        ("O`Hara", "O'HARA"),
        ("Straße", "STRASSE"),
        ("", ""),
        (" \t", ""),
    ],
)
def test_a_name_is_folded(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("one", "other"), [("X (AU)", "X (NZ)"), ("X-Y", "X Y"), ("X & Y", "X AND Y"), ("É", "E")]
)
def test_what_may_be_another_customer_stays_apart(one: str, other: str) -> None:
    assert fold(one) != fold(other)
