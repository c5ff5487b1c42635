"""The stand-in's fields and answers against Etsy's own description of its API.

The description is the vendor's and no part of this project. Where it is not at hand these tests are skipped.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema
import pytest

from infra.local.vendors.etsy.rules import when_made_values
from infra.local.vendors.etsy.schema import operations
from tests.support.etsy_account import SHOP, StandIn
from tests.support.vendor_files import vendor_file


@pytest.fixture(scope="module")
def description() -> Any:
    return json.loads(vendor_file("etsy-v3-openapi.json", "Etsy's API description"))


def operation(description: Any, name: str) -> Any:
    return next(
        each
        for path in description["paths"].values()
        for each in path.values()
        if each["operationId"] == name
    )


def body_of(described: Any) -> Any:
    (content,) = described["requestBody"]["content"].values()
    return content["schema"]


def differences(ours: Mapping[str, Any], theirs: Mapping[str, Any], where: str) -> Iterator[str]:
    """Where a field of ours is not as Etsy describes it."""
    kind = "string" if ours["type"] == "file" else ours["type"]
    if kind != theirs["type"]:
        yield f"{where}: type {kind}, not {theirs['type']}"
    for word in ("minimum", "maximum", "default"):
        if word in ours and ours[word] != theirs.get(word):
            yield f"{where}: {word} {ours[word]}, not {theirs.get(word)}"
    if not set(ours.get("enum", ())) <= set(theirs.get("enum", ours.get("enum", ()))):
        yield f"{where}: choices that Etsy does not have"
    if "items" in ours:
        yield from differences(ours["items"], theirs["items"], f"{where}[]")
    if set(ours.get("required", ())) != set(theirs.get("required", ours.get("required", ()))):
        yield f"{where}: other fields are required"
    for name, field in ours.get("properties", {}).items():
        yield from differences(field, theirs["properties"][name], f"{where}.{name}")


@pytest.mark.parametrize("name", operations())
def test_every_field_is_as_the_vendor_describes_it(description: Any, name: str) -> None:
    ours, theirs = operations()[name], operation(description, name)
    query = {each["name"]: each["schema"] for each in theirs.get("parameters", ()) if each["in"] == "query"}
    found = [
        each
        for field, shape in ours.get("query", {}).items()
        for each in differences(shape, query[field], field)
    ]
    if "body" in ours:
        body = body_of(theirs)
        assert set(ours.get("required", ())) == set(body.get("required", ()))
        for field, shape in ours["body"].items():
            found += differences(shape, body["properties"][field], field)
    assert found == []


def test_the_eras_are_the_vendors_of_this_year(description: Any) -> None:
    theirs = body_of(operation(description, "createDraftListing"))["properties"]["when_made"]["enum"]
    assert set(when_made_values(2026)) == set(theirs)


def problems(description: Any, definition: str, document: Any) -> list[str]:
    """Where a document is not what the description defines."""
    components = json.loads(json.dumps(description["components"]))
    for each in components["schemas"].values():
        each["additionalProperties"] = False
        for field in each.get("properties", {}).values():
            if field.pop("nullable", False):  # OpenAPI 3.0's own word, unknown to JSON Schema
                rest = dict(field)
                field.clear()
                field["anyOf"] = [rest, {"type": "null"}]
    schema = {"$ref": f"#/components/schemas/{definition}", "components": components}
    return [error.message for error in jsonschema.Draft4Validator(schema).iter_errors(document)]


def test_the_check_itself_can_fail(description: Any) -> None:
    assert len(problems(description, "ShopListing", {"listing_id": "1"})) == 1
    assert len(problems(description, "ShopListing", {"listing_number": 1})) == 1


def test_the_answers_are_as_described(stand_in: StandIn, description: Any) -> None:
    made = stand_in.create(tags="a,b", item_weight="2.5", item_weight_unit="oz").json()
    number = made["listing_id"]
    assert problems(description, "ShopListing", made) == []
    assert problems(description, "ListingImage", stand_in.upload(number).json()) == []
    offering = {"price": 5.5, "quantity": 3, "is_enabled": True, "readiness_state_id": None}
    body = {"products": [{"sku": "A", "property_values": [], "offerings": [offering]}]}
    inventory = stand_in.call("PUT", f"/listings/{number}/inventory", json=body).json()
    assert problems(description, "ListingInventory", inventory) == []
    query = {"state": "draft", "includes": "Images,Inventory"}
    page = stand_in.call("GET", f"/shops/{SHOP}/listings", params=query).json()
    assert problems(description, "ShopListingsWithAssociations", page) == []
    stand_in.pass_time(3)
    images = stand_in.call("GET", f"/listings/{number}/images").json()
    assert problems(description, "ListingImages", images) == []
    assert problems(description, "ErrorSchema", stand_in.create(title="").json()) == []


@pytest.mark.parametrize(
    ("path", "definition"),
    [
        ("/users/me", "Self"),
        (f"/shops/{SHOP}", "Shop"),
        (f"/shops/{SHOP}/sections", "ShopSections"),
        (f"/shops/{SHOP}/shipping-profiles", "ShopShippingProfiles"),
        (f"/shops/{SHOP}/policies/return", "ShopReturnPolicies"),
        (f"/shops/{SHOP}/readiness-state-definitions", "ShopProcessingProfiles"),
        ("/seller-taxonomy/nodes", "SellerTaxonomyNodes"),
    ],
)
def test_what_the_shop_says_is_as_described(
    stand_in: StandIn, description: Any, path: str, definition: str
) -> None:
    assert problems(description, definition, stand_in.call("GET", path).json()) == []
