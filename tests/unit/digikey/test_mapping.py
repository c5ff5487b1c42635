"""What is taken from a product, and that each fact says where it is from."""

import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.scrape.digikey.mapping import category_path, enriched, money
from functions.scrape.digikey.product import Product
from tests.unit.digikey.fake_session import NOW
from tests.unit.digikey.products import FULL, product


def fields(**changes: Any) -> dict[str, Any]:
    return enriched(Product.parse({**FULL, **changes}), NOW)


def named(facts: list[dict[str, Any]]) -> dict[str, Any]:
    return {fact["name"]: fact["value"] for fact in facts}


def test_every_fact_says_its_source_its_page_and_when_it_was_read() -> None:
    origin = {
        "source": "digikey",
        "source_url": "https://digikey.example/LM358P",
        "fetched_at": "2026-11-20T22:30:00+00:00",
    }
    for fact in facts_of(fields()):
        assert fact.items() >= origin.items()


def facts_of(enrichment: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for value in enrichment.values():
        yield from value if isinstance(value, list) else [value]


def test_the_time_of_reading_is_written_in_utc() -> None:
    at = datetime(2026, 11, 21, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    written = enriched(product("LM358P"), at)["part_number"]["fetched_at"]
    assert written == "2026-11-20T22:30:00+00:00"


def test_parameters_become_attributes_without_those_that_say_nothing() -> None:
    assert named(fields()["attributes"]) == {
        "Number of Circuits": "2",
        "Current - Supply": "500µA (x2 Channels)",
    }


def test_a_parameter_listed_twice_keeps_both_values_once() -> None:
    twice = [{"ParameterText": "Features", "ValueText": value} for value in ("A", "B", "A")]
    assert named(fields(Parameters=twice)["attributes"]) == {"Features": "A; B"}


def test_documents_are_absolute_addresses_with_their_kind() -> None:
    documents = [(fact["type"], fact["value"]) for fact in fields()["documents"]]
    assert documents == [
        ("datasheet", "https://mm.digikey.example/lm358.pdf"),
        ("image", "https://digikey.example/lm358.jpg"),
    ]


def test_an_address_that_is_none_is_no_document() -> None:
    assert fields(DatasheetUrl="javascript:alert(1)", PhotoUrl=None)["documents"] == []


def test_the_remaining_facts_become_extras() -> None:
    assert named(fields()["extras"]) == {
        "manufacturer_lead_weeks": "6",
        "rohs_status": "ROHS3 Compliant",
        "moisture_sensitivity_level": "1 (Unlimited)",
        "export_control_class_number": "EAR99",
        "htsus_code": "8542.33.0001",
        "discontinued_at_digikey": False,
        "product_url": "https://digikey.example/LM358P",
        "digikey_part_numbers": ["296-LM358P-ND"],
        "packaging": ["Tube"],
        "other_names": ["LM358PE4"],
    }


def test_digikey_is_a_distributor_with_price_breaks_as_decimal_text() -> None:
    (seller,) = fields()["sellers"]
    assert (seller["name"], seller["type"]) == ("DigiKey", "distributor")
    assert seller["value"]["unit_price"] == "0.40"
    (offer,) = seller["value"]["offers"]
    assert offer["price_breaks"] == [
        {"quantity": 1, "unit_price": "0.40"},
        {"quantity": 100, "unit_price": "0.1265"},
    ]
    assert (offer["seller_part_number"], offer["pricing"]) == ("296-LM358P-ND", "standard")


def test_an_accounts_own_prices_go_before_the_standard_ones() -> None:
    variation = {
        **FULL["ProductVariations"][0],
        "MyPricing": [{"BreakQuantity": 1, "UnitPrice": Decimal("0.31")}],
    }
    (offer,) = fields(ProductVariations=[variation])["sellers"][0]["value"]["offers"]
    assert offer["pricing"] == "account"
    assert offer["price_breaks"] == [{"quantity": 1, "unit_price": "0.31"}]


def category(*names: str) -> dict[str, Any]:
    node: dict[str, Any] = {}
    for name in reversed(names):
        node = {"Name": name, "ChildCategories": [node] if node else []}
    return {"Category": node}


@pytest.mark.parametrize(
    ("given_names", "path"),
    [
        (("ICs", "Linear", "Amplifiers"), ("ICs", "Linear", "Amplifiers")),
        (("ICs", "Linear", "Amplifiers", "Audio"), ("ICs", "Linear", "Amplifiers", "Audio")),
        (("ICs", "Linear"), ("ICs", "Linear", "Linear - Unassigned")),
        (("ICs",), ("ICs", "ICs - Unassigned")),
        ((), ("Uncategorized",)),
    ],
)
def test_a_category_path_goes_from_the_root_to_at_least_level_two(
    given_names: tuple[str, ...], path: tuple[str, ...]
) -> None:
    assert category_path(category(*given_names)) == path


def test_a_product_of_which_everything_is_missing_or_null_still_maps() -> None:
    empty = dict.fromkeys(FULL, None)
    for document in ({}, empty):
        enrichment = enriched(Product.parse(document), NOW)
        assert enrichment["category"]["value"] == ["Uncategorized"]
        assert enrichment["sellers"][0]["value"] == {
            "quantity_available": None,
            "unit_price": None,
            "offers": [],
        }
        assert "part_number" not in enrichment


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("0.4"), "0.40"),
        (Decimal("0.12650"), "0.1265"),
        (5, "5.00"),
        (Decimal("1E+2"), "100.00"),
        (Decimal("1E-7"), "0.0000001"),
        (0, "0.00"),
        (Decimal("-1"), None),
        (None, None),
        (True, None),
        ("12", None),
    ],
)
def test_money_is_exact_decimal_text(value: Any, text: str | None) -> None:
    assert money(value) == text


@given(st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=6))
def test_money_never_loses_a_digit(amount: Decimal) -> None:
    assert Decimal(money(amount) or "") == amount


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(sorted(FULL)), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*FULL, "Name", "ChildCategories"]), JSON))
def test_whatever_the_shape_of_a_product_the_result_is_plain_json(document: dict[str, Any]) -> None:
    found = enriched(Product.parse(document), NOW)
    assert json.loads(json.dumps(found, allow_nan=False)) == found
