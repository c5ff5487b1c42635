"""Which product a record means: the exact-match rule, row by row and for any text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.scrape.digikey.aliases import ManufacturerAliases
from functions.scrape.digikey.curated_aliases import curated_aliases
from functions.scrape.digikey.matching import (
    Ambiguous,
    Matched,
    NotFound,
    WrongManufacturer,
    how_named,
    match,
    normalised,
)
from tests.unit.digikey.products import product

ALIASES = curated_aliases()
NONE = ManufacturerAliases({})
NUMBERS = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@pytest.mark.parametrize(
    ("requested", "listed"),
    [
        ("LM358P", "LM358P"),
        ("lm358p", "LM358P"),
        ("  LM358P\t", "LM358P"),
        ("09 33 006 2601", "09330062601"),
        ("09\u00a033\u00a0006\u00a02601", "09 33 006 2601"),
        ("TLC5µ", unicodedata.normalize("NFC", "tlc5µ")),
        ("W\u0308-1", "Ẅ-1"),
    ],
)
def test_case_white_space_and_composition_do_not_count(requested: str, listed: str) -> None:
    assert how_named(requested, product(listed)) == "part_number"


@pytest.mark.parametrize(
    ("requested", "listed"),
    [
        ("LM358", "LM358P"),
        ("LM358P", "LM358"),
        ("LM358-N", "LM358N"),
        ("PIC16F84A-04/P", "PIC16F84A-04P"),
        ("MAX232CPE", "MAX232CPE+"),
        ("74HC00D", "74HC00D,653"),
        ("O805", "0805"),
    ],
)
def test_what_looks_alike_is_not_accepted(requested: str, listed: str) -> None:
    assert match(requested, None, [product(listed)], NONE) == NotFound()


@pytest.mark.parametrize("blank", ["", " ", "\u00a0"])
def test_a_blank_number_names_nothing_not_even_a_product_without_a_number(blank: str) -> None:
    assert match(blank, None, [product("", OtherNames=["", " "])], NONE) == NotFound()


def test_another_name_is_accepted_and_said() -> None:
    listed = product("LM317T/NOPB", OtherNames=["LM317T", "*LM317T"])
    assert match("lm317t", "TI", [listed], ALIASES) == Matched(listed, "other_name")


def test_digikeys_own_number_is_accepted_and_said() -> None:
    listed = product("LM358P", ProductVariations=[{"DigiKeyProductNumber": "296-1395-5-ND"}])
    assert match("296-1395-5-nd", None, [listed], NONE) == Matched(listed, "digikey_number")


@pytest.mark.parametrize(
    ("recorded", "listed"),
    [
        ("TI", "Texas Instruments"),
        ("TEXAS  INSTRUMENTS INC.", "Texas Instruments"),
        ("Fairchild", "onsemi"),
        ("ON Semiconductor", "onsemi"),
        ("Freescale", "NXP USA Inc."),
        ("ST", "STMicroelectronics"),
        ("Maxim", "Analog Devices Inc./Maxim Integrated"),
        ("Dallas Semiconductor", "Analog Devices Inc."),
        ("Atmel", "Microchip Technology"),
        ("International Rectifier", "Infineon Technologies AG"),
        ("Wu\u0308rth Elektronik", "Würth Elektronik"),
        ("Diodes Inc.", "Diodes Incorporated"),
    ],
)
def test_a_maker_is_recognised_under_its_aliases(recorded: str, listed: str) -> None:
    assert isinstance(match("X1", recorded, [product("X1", listed)], ALIASES), Matched)


@pytest.mark.parametrize(
    ("recorded", "listed"),
    [("Nexperia", "NXP USA Inc."), ("Texas Instruments", "onsemi"), ("Motorola", "onsemi"), ("TI", "")],
)
def test_another_maker_is_not_accepted_and_its_products_are_kept_as_candidates(
    recorded: str, listed: str
) -> None:
    candidate = product("X1", listed)
    assert match("X1", recorded, [candidate], ALIASES) == WrongManufacturer((candidate,))


@pytest.mark.parametrize("maker", [None, "", "  ", "-"])
def test_a_record_without_a_maker_takes_the_only_product_with_its_number(maker: str | None) -> None:
    listed = product("LM358P")
    assert match("LM358P", maker, [listed], ALIASES) == Matched(listed, "part_number")


def test_one_number_from_two_makers_is_ambiguous_without_a_maker_and_clear_with_one() -> None:
    panasonic, murata = product("CR2032", "Panasonic"), product("CR2032", "Murata")
    assert match("CR2032", None, [panasonic, murata], ALIASES) == Ambiguous((panasonic, murata))
    assert match("CR2032", "murata electronics", [panasonic, murata], ALIASES) == Matched(
        murata, "part_number"
    )


def test_the_literal_maker_decides_between_two_names_of_one_maker() -> None:
    old, new = product("LM7805CT", "Fairchild Semiconductor"), product("LM7805CT", "onsemi")
    assert match("LM7805CT", "Fairchild Semiconductor", [new, old], ALIASES) == Matched(old, "part_number")
    assert match("LM7805CT", "ON Semi", [new, old], ALIASES) == Ambiguous((new, old))


def test_a_makers_own_number_counts_more_than_another_products_other_name() -> None:
    own = product("LM317T", "STMicroelectronics")
    former = product("LM317T/NOPB", "Texas Instruments", OtherNames=["LM317T"])
    assert match("LM317T", None, [former, own], ALIASES) == Matched(own, "part_number")
    assert match("LM317T", "TI", [former, own], ALIASES) == Matched(former, "other_name")


def test_a_product_listed_twice_is_one_product() -> None:
    listed = product("LM358P")
    assert match("LM358P", "TI", [listed, product("LM358P")], ALIASES) == Matched(listed, "part_number")


@given(NUMBERS)
def test_normalising_twice_changes_nothing_more(number: str) -> None:
    assert normalised(normalised(number)) == normalised(number)


@given(NUMBERS)
def test_composed_and_decomposed_writing_are_one_number(number: str) -> None:
    forms = {normalised(unicodedata.normalize(form, number)) for form in ("NFC", "NFD")}
    assert len(forms) == 1


@given(NUMBERS, st.lists(st.tuples(NUMBERS, st.lists(NUMBERS, max_size=3)), max_size=6))
def test_nothing_is_ever_matched_by_a_name_it_does_not_have(
    requested: str, listed: list[tuple[str, list[str]]]
) -> None:
    found = match(requested, None, [product(number, OtherNames=others) for number, others in listed], NONE)
    if isinstance(found, Matched):
        names = (found.product.number, *found.product.other_names, *found.product.digikey_numbers)
        assert normalised(requested) in map(normalised, names)


@given(
    st.lists(st.sampled_from(["A1", "a 1", "B2"]), max_size=4),
    st.permutations(["TI", "onsemi", "NXP", "Vishay"]),
)
def test_the_order_of_the_products_does_not_change_what_is_decided(
    numbers: list[str], makers: list[str]
) -> None:
    listed = [product(number, maker) for number, maker in zip(numbers, makers, strict=False)]
    forwards, backwards = match("A1", None, listed, ALIASES), match("A1", None, listed[::-1], ALIASES)
    assert type(forwards) is type(backwards)
    if isinstance(forwards, Matched):
        assert forwards == backwards
