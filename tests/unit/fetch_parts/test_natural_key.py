"""One part, one key, however it is spelt; two parts, two keys."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from functions.fetch.parts.key import UNKNOWN_MAKER, folded, natural_key

NAMES = some.text(some.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.mark.parametrize(
    ("manufacturer", "part_number"),
    [
        ("NXP", "BLF177"),
        ("nxp ", " blf177"),
        ("\u00a0N\u200bXP", "BLF177\u200b"),
        ("ＮＸＰ", "ＢＬＦ１７７"),  # full-width letters are the point
        ("NXP", "BLF\u00ad177"),
    ],
)
def test_spellings_of_one_part(manufacturer: str, part_number: str) -> None:
    assert natural_key(manufacturer, part_number) == "nxp|blf177"


def test_inner_spaces_are_collapsed_but_kept() -> None:
    assert natural_key("Texas\t  Instruments", "LM 317") == "texas instruments|lm 317"
    assert natural_key("TI", "LM317") != natural_key("TI", "LM 317")


def test_the_same_number_of_two_makers_is_two_parts() -> None:
    assert natural_key("NXP", "4001") != natural_key("TI", "4001")


def test_leading_zeros_and_punctuation_matter() -> None:
    assert len({natural_key("x", number) for number in ("0402", "402", "40-2", "40.2", "40/2")}) == 5


@pytest.mark.parametrize("missing", [None, "", "  ", "\u200b"])
def test_a_missing_maker_has_its_own_marker(missing: str | None) -> None:
    assert natural_key(missing, "4001") == f"{UNKNOWN_MAKER}|4001"


@pytest.mark.parametrize("name", ["~unknown", "unknown", "~0unknown", "~", "-", "none"])
def test_no_makers_name_spells_the_marker(name: str) -> None:
    assert natural_key(name, "4001") != natural_key(None, "4001")


def test_the_separator_in_a_name_does_not_move_the_border() -> None:
    assert natural_key("a|b", "c") != natural_key("a", "b|c")
    assert natural_key("a~1b", "c") != natural_key("a|b", "c")


@pytest.mark.parametrize("blank", ["", " \t", "\u200b\u00ad"])
def test_without_a_part_number_there_is_no_key(blank: str) -> None:
    with pytest.raises(ValueError, match="no key"):
        natural_key("NXP", blank)


@settings(deadline=None)
@given(NAMES)
def test_folding_twice_changes_nothing(name: str) -> None:
    assert folded(folded(name)) == folded(name)


@settings(deadline=None)
@given(NAMES, NAMES, NAMES, NAMES)
def test_keys_are_equal_exactly_when_maker_and_number_are(
    maker: str, number: str, maker2: str, number2: str
) -> None:
    if folded(number) and folded(number2):
        same = (folded(maker), folded(number)) == (folded(maker2), folded(number2))
        assert (natural_key(maker, number) == natural_key(maker2, number2)) == same
