"""The name of a file is kept to be shown, and is never a path."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.uploads.file_name import LONGEST, NAMELESS, shown_name


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("cat.png", "cat.png"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\cat.png", "cat.png"),
        ("\\\\server\\share\\cat.png", "cat.png"),
        ("folder/", "folder"),
        ("a\0b\x1b]0;title\x07.png", "ab]0;title.png"),
        ("\u202egpj.exe", "gpj.exe"),
        ("  .hidden. ", "hidden"),
        ("e\u0301t\u00e9.png", "\u00e9t\u00e9.png"),
        ("\ud800.png", "png"),
        ("", NAMELESS),
        ("...", NAMELESS),
        ("/", NAMELESS),
        ("\u200b", NAMELESS),
        ("x" * 5000, "x" * LONGEST),
        ("x" * 5000 + ".jpeg", "x" * (LONGEST - 5) + ".jpeg"),
        ("x" * 500 + "." + "y" * 500, "x" * LONGEST),
    ],
)
def test_a_name_as_it_is_shown(given: str, shown: str) -> None:
    assert shown_name(given) == shown


@given(st.text(max_size=400))
def test_whatever_is_given_is_a_name_and_nothing_more(given: str) -> None:
    shown = shown_name(given)
    assert 0 < len(shown) <= LONGEST
    assert not set(shown) & set("/\\\0\r\n")
    assert shown not in (".", "..")
    assert all(unicodedata.category(letter)[0] != "C" for letter in shown)
    assert shown_name(shown) == shown
    shown.encode()
