"""When two spellings name one maker."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.scrape.digikey.aliases import ManufacturerAliases, folded
from functions.scrape.digikey.curated_aliases import CURATED_ALIASES, curated_aliases


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Texas Instruments Inc.", "texas instruments"),
        ("ROHM Co., Ltd.", "rohm"),
        ("  ON   Semiconductor ", "on semiconductor"),
        ("Würth Elektronik eiSos GmbH & Co. KG", folded("Würth Elektronik eiSos")),
        ("AT&T", "at&t"),
        ("Company", "company"),
        ("-", ""),
    ],
)
def test_case_punctuation_spacing_and_legal_form_do_not_count(name: str, expected: str) -> None:
    assert folded(name) == expected


def test_chains_are_followed_to_their_end() -> None:
    aliases = ManufacturerAliases({"Dallas": "Maxim", "Maxim": "Analog Devices"})
    assert aliases.resolve("DALLAS") == aliases.resolve("Analog Devices, Inc.")
    assert aliases["Dallas"] == "analog devices"
    assert set(aliases) == {"dallas", "maxim"}
    assert len(aliases) == 2


def test_a_name_without_an_alias_stands_for_itself() -> None:
    assert ManufacturerAliases({}).same("Acme", "ACME Ltd.")


def test_no_maker_is_never_the_same_as_no_maker() -> None:
    assert not ManufacturerAliases({}).same("", "-")


def test_a_circle_of_aliases_is_refused() -> None:
    with pytest.raises(ValueError, match="circle: a → b → a"):
        ManufacturerAliases({"A": "B", "B": "A"})


def test_a_tenants_own_alias_overrides_the_curated_list() -> None:
    aliases = curated_aliases({"Fairchild": "Fairchild Heritage", "House Brand": "onsemi"})
    assert not aliases.same("Fairchild", "onsemi")
    assert aliases.same("house brand", "ON Semiconductor")


def test_no_curated_alias_stands_under_two_makers() -> None:
    names = [folded(name) for canonical, names in CURATED_ALIASES.items() for name in {*map(folded, names)}]
    assert len(names) == len(set(names))


@given(st.text(max_size=30))
def test_folding_twice_changes_nothing_more(name: str) -> None:
    assert folded(folded(name)) == folded(name)
