"""The real client and the matching rule against the stand-in, over sockets."""

from collections import Counter

import pytest

from functions.scrape.digikey.curated_aliases import curated_aliases
from functions.scrape.digikey.enrich import Enrichment, NoMatch, enrich
from infra.local.samples.make_digikey_catalogue import FILE as CATALOGUE
from infra.local.samples.make_parts import rows
from tests.integration.digikey.conftest import StandIn, Start
from tests.integration.digikey.products import SMALL, listed

ALIASES = curated_aliases()


@pytest.mark.parametrize(
    ("number", "maker", "by", "calls"),
    [
        ("LM358P", "TI", "part_number", 1),
        ("lm358p", None, "part_number", 1),
        ("LM317T", "Texas Instruments Inc.", "other_name", 1),
        ("S1-LM358P-ND", None, "digikey_number", 1),
        ("LT1001CN8#PBF", "Linear Technology", "part_number", 1),
        ("CR2032", "Murata", "part_number", 1),
        ("LM358DR", "TI", "part_number", 2),
        ("SN74HC59N", "TI", "part_number", 1),
    ],
)
def test_a_known_part_is_found(
    stand_in: StandIn, number: str, maker: str | None, by: str, calls: int
) -> None:
    before = stand_in.used().get("day", 0)
    result = enrich(stand_in.client(), {"part_number": number, "manufacturer": maker}, ALIASES)
    assert isinstance(result, Enrichment)
    assert (result.matched_by, result.calls) == (by, calls)
    assert result.fields["attributes"][0]["value"] == "Through Hole"
    assert result.rate is not None
    assert result.rate.remaining == 100_000 - before - calls


@pytest.mark.parametrize(
    ("number", "maker", "reason", "calls"),
    [
        ("CR2032", None, "ambiguous", 1),
        ("CR2032", "Renata", "wrong_manufacturer", 1),
        ("LM358N", "TI", "not_found", 1),
        ("XR2206CP", "Exar", "not_found", 1),
        ("SN74HC99N", "TI", "not_found", 2),
    ],
)
def test_any_other_part_leaves_evidence(
    stand_in: StandIn, number: str, maker: str | None, reason: str, calls: int
) -> None:
    result = enrich(stand_in.client(), {"part_number": number, "manufacturer": maker}, ALIASES)
    assert isinstance(result, NoMatch)
    assert (result.reason, result.calls) == (reason, calls)


def test_a_bare_number_brings_dozens_of_alternatives_and_few_exact_matches(stand_in: StandIn) -> None:
    result = stand_in.client().search("LM358P").value
    assert 25 <= len(result.products) <= 50
    assert [match.number for match in result.exact_matches] == ["LM358P"]


@pytest.mark.parametrize("number", ["LM317T/NOPB", "LT1001CN8#PBF", "S1-LM317T/NOPB-ND", "LM317T"])
def test_details_are_found_for_numbers_with_any_character(stand_in: StandIn, number: str) -> None:
    product = stand_in.client().product_details(number).value
    assert product is not None
    assert number in (product.number, *product.other_names, *product.digikey_numbers)


def test_details_of_a_number_that_two_makers_use_are_one_of_theirs_unless_the_maker_is_given(
    stand_in: StandIn,
) -> None:
    asking = stand_in.client()
    best_stocked = asking.product_details("CR2032").value
    asked_for = asking.product_details("CR2032", manufacturer_id=3).value
    assert best_stocked is not None
    assert asked_for is not None
    assert (best_stocked.manufacturer, asked_for.manufacturer) == ("Murata Electronics", "Panasonic")
    assert asking.product_details("CR2032", manufacturer_id=99).value is None


def test_a_search_is_narrowed_to_one_maker(stand_in: StandIn) -> None:
    result = stand_in.client().search("CR2032", manufacturer_id=3).value
    assert {product.manufacturer for product in result.products} == {"Panasonic"}


def test_every_maker_is_listed(stand_in: StandIn) -> None:
    makers = stand_in.client().manufacturers().value
    assert [maker.name for maker in makers] == [
        "Analog Devices Inc.",
        "Murata Electronics",
        "Panasonic",
        "Texas Instruments",
    ]


def test_search_pages_sorts_and_filters_as_asked(start: Start) -> None:
    stand_in = start([*SMALL, listed("SN74HC99X", ProductStatus={"Id": 1, "Status": "Obsolete"})])
    asked = {
        "Keywords": "SN74HC00N",
        "Limit": 3,
        "Offset": 1,
        "SortOptions": {"Field": "QuantityAvailable", "SortOrder": "Descending"},
        "FilterOptionsRequest": {
            "StatusFilter": [{"Id": "0"}],
            "CategoryFilter": [{"Id": "32"}],
            "MinimumQuantityAvailable": 50,
            "SearchOptions": ["InStock", "HasDatasheet", "RohsCompliant"],
            "MarketPlaceFilter": "ExcludeMarketPlace",
        },
    }
    body = stand_in.call("POST", "/keyword", json=asked).json()
    assert [product["QuantityAvailable"] for product in body["Products"]] == [58, 57, 56]
    assert (body["ProductsCount"], body["ExactMatches"]) == (10, [])


def test_a_search_by_words_finds_what_its_description_says(stand_in: StandIn) -> None:
    result = stand_in.client().search("dual op amp lm358dr").value
    assert [product.number for product in result.products] == ["LM358DR"]


def test_the_sample_catalogue_knows_most_of_what_the_sample_parts_ask_for(start: Start) -> None:
    asking = start(catalogue=CATALOGUE, per_minute=10_000, per_day=10_000).client()
    records = [
        {"part_number": row["pn"], "manufacturer": row["manufacturer"]}
        for row in rows()
        if (row["pn"] or "").strip()
    ][::10]
    results = [enrich(asking, record, ALIASES) for record in records]
    found = Counter(one.matched_by if isinstance(one, Enrichment) else one.reason for one in results)
    assert found.keys() >= {"part_number", "other_name", "not_found"}
    assert 0.6 <= (found["part_number"] + found["other_name"]) / len(records) <= 0.85
    assert sum(one.calls for one in results) <= 1.3 * len(records)
