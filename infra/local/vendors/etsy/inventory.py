"""What is for sale of a listing: products with sku, quantity and price, always replaced as a whole."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from infra.local.vendors.etsy import schema
from infra.local.vendors.etsy.call import Call
from infra.local.vendors.etsy.listings import money
from infra.local.vendors.etsy.problems import Invalid, Missing, answer

LONGEST_SKU = 32


async def get(call: Call) -> Response:
    """getListingInventory."""
    call.query()
    inventory = call.store.inventory(call.listing()["listing_id"])
    if inventory is None:
        raise Missing
    return answer(inventory)


async def put(call: Call) -> Response:
    """updateListingInventory; the listing's own quantity and price follow."""
    listing = call.listing()
    call.query()
    given = schema.json_of(call.operation, await call.request.body())
    if not given["products"]:
        raise Invalid("Array is too short", path="/products", kind="array_too_short")
    with call.store.transaction():
        inventory = {
            "products": [_product(call, each) for each in given["products"]],
            "price_on_property": given.get("price_on_property", []),
            "quantity_on_property": given.get("quantity_on_property", []),
            "sku_on_property": given.get("sku_on_property", []),
            "readiness_state_on_property": [],
        }
        call.store.put_inventory(listing["listing_id"], inventory)
        call.store.put_listing(listing | _summary(inventory))
    return answer(inventory)


def _product(call: Call, product: Mapping[str, Any]) -> dict[str, Any]:
    sku = product.get("sku", "")
    if len(sku) > LONGEST_SKU:
        raise Invalid(f"sku must have at most {LONGEST_SKU} characters")
    if not product["offerings"]:
        raise Invalid("Array is too short", path="/products/offerings", kind="array_too_short")
    return {
        "product_id": call.store.new_number(),
        "sku": sku,
        "is_deleted": False,
        "offerings": [_offering(call, each) for each in product["offerings"]],
        "property_values": product.get("property_values", []),
    }


def _offering(call: Call, offering: Mapping[str, Any]) -> dict[str, Any]:
    if offering["price"] <= 0:
        raise Invalid("price must be greater than 0")
    if offering["quantity"] < 0:
        raise Invalid("quantity must not be negative")
    readiness = offering["readiness_state_id"]
    if readiness is not None and not call.shop.knows("readiness_state_id", readiness):
        raise Invalid(f"Invalid readiness_state_id: {readiness}")
    return {
        "offering_id": call.store.new_number(),
        "quantity": offering["quantity"],
        "is_enabled": offering["is_enabled"],
        "is_deleted": False,
        "price": money(offering["price"], call.shop.currency),
        "readiness_state_id": readiness,
    }


def _summary(inventory: Mapping[str, Any]) -> dict[str, Any]:
    offerings = [each for product in inventory["products"] for each in product["offerings"]]
    cheapest = min(offerings, key=lambda offering: offering["price"]["amount"])
    return {"quantity": sum(each["quantity"] for each in offerings), "price": cheapest["price"]}
