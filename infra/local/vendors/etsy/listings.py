"""Listings: made as drafts, read, changed, deleted."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from infra.local.vendors.etsy import rules, schema
from infra.local.vendors.etsy.call import Call
from infra.local.vendors.etsy.images import shown
from infra.local.vendors.etsy.problems import Invalid, answer
from infra.local.vendors.etsy.shop import REFERENCES
from infra.local.vendors.etsy.store import DELETED

MOST_IDS = 100
_LISTED_SECONDS = 4 * 30 * 86_400
_NOT_GIVEN: Mapping[str, Any] = {
    "shop_section_id": None,
    "shipping_profile_id": None,
    "return_policy_id": None,
    "processing_min": None,
    "processing_max": None,
    "readiness_state_id": None,
    "tags": [],
    "materials": [],
    "item_weight": None,
    "item_length": None,
    "item_width": None,
    "item_height": None,
    "item_weight_unit": None,
    "item_dimensions_unit": None,
    "is_supply": False,
    "is_customizable": False,
    "should_auto_renew": False,
    "is_taxable": True,
}
_NEVER: Mapping[str, Any] = {
    "featured_rank": -1,
    "num_favorers": 0,
    "is_personalizable": False,
    "personalization_is_required": False,
    "personalization_char_count_max": None,
    "personalization_instructions": None,
    "is_private": False,
    "style": [],
    "file_data": "",
    "has_variations": False,
    "language": "en-US",
    "suggested_title": None,
}


async def create(call: Call) -> Response:
    """createDraftListing. Nothing keeps the same request from making a second draft: so it is at Etsy."""
    call.own_shop()
    call.query()
    async with call.request.form() as form:
        fields = schema.form_of(call.operation, form.multi_items())
    _check(call, fields)
    if fields["price"] <= 0:
        raise Invalid("price must be greater than 0")
    if fields.get("type", "physical") != "download" and "shipping_profile_id" not in fields:
        raise Invalid("A shipping_profile_id is required for physical listings")
    listing = _new(call, fields)
    with call.store.transaction():
        listing["listing_id"] = call.store.new_number()
        listing["url"] = f"https://www.etsy.com/listing/{listing['listing_id']}"
        call.store.put_listing(listing)
    return answer(listing, 201)


async def change(call: Call) -> Response:
    """updateListing. `state=active` publishes a draft, which needs an image."""
    listing = call.listing()
    call.query()
    async with call.request.form() as form:
        fields = schema.form_of(call.operation, form.multi_items())
    _check(call, fields)
    if fields.get("state") == "active" and not call.store.images(listing["listing_id"]):
        raise Invalid("Listing must have at least one image before it can be published", path="/images")
    renamed = {"listing_type": fields.pop("type")} if "type" in fields else {}
    changed = listing | fields | renamed | _touched(call)
    call.store.put_listing(changed)
    return answer(changed)


async def get(call: Call) -> Response:
    """getListing."""
    return answer(_with(call, call.listing(), call.query().get("includes", ())))


async def by_ids(call: Call) -> Response:
    """getListingsByListingIds: those that are there, in the order asked for."""
    query = call.query()
    if len(query["listing_ids"]) > MOST_IDS:
        raise Invalid(f"listing_ids: at most {MOST_IDS} are allowed")
    found = (call.store.listing(number) for number in query["listing_ids"])
    seen = [each for each in found if each and (call.is_seller or each["state"] == "active")]
    results = [_with(call, each, query.get("includes", ())) for each in seen]
    return answer({"count": len(results), "results": results})


async def of_shop(call: Call) -> Response:
    """getListingsByShop: a page of those in one state, the newest first."""
    call.own_shop()
    query = call.query()
    count, page = call.store.listings(call.shop.id, query["state"], query["limit"], query["offset"])
    results = [_with(call, each, query.get("includes", ())) for each in page]
    return answer({"count": count, "results": results})


async def delete(call: Call) -> Response:
    """deleteListing."""
    call.store.put_listing(call.listing() | {"state": DELETED} | _touched(call))
    return Response(status_code=204)


def _check(call: Call, fields: Mapping[str, Any]) -> None:
    if "title" in fields:
        rules.check_title(fields["title"])
    rules.check_tags(fields.get("tags", ()))
    rules.check_materials(fields.get("materials", ()))
    if "when_made" in fields:
        schema.check_when_made(fields["when_made"], call.year)
    for name in REFERENCES:
        if name in fields and not call.shop.knows(name, fields[name]):
            raise Invalid(f"Invalid {name}: {fields[name]}")


def _new(call: Call, fields: Mapping[str, Any]) -> dict[str, Any]:
    now = int(call.now)
    times = dict.fromkeys(
        (
            "creation_timestamp",
            "created_timestamp",
            "original_creation_timestamp",
            "last_modified_timestamp",
            "updated_timestamp",
            "state_timestamp",
        ),
        now,
    )
    given = {name: fields.get(name, otherwise) for name, otherwise in _NOT_GIVEN.items()}
    needed = ("quantity", "title", "description", "who_made", "when_made", "taxonomy_id")
    return {
        "user_id": call.shop.user_id,
        "shop_id": call.shop.id,
        "state": "draft",
        **times,
        "ending_timestamp": now + _LISTED_SECONDS,
        **{name: fields[name] for name in needed},
        **given,
        "non_taxable": not given["is_taxable"],
        "listing_type": fields.get("type", "physical"),
        "price": money(fields["price"], call.shop.currency),
        **_NEVER,
    }


def _touched(call: Call) -> dict[str, int]:
    return dict.fromkeys(("last_modified_timestamp", "updated_timestamp"), int(call.now))


def _with(call: Call, listing: Mapping[str, Any], includes: Any) -> dict[str, Any]:
    """The listing with its associations; Etsy leaves out those that nobody asked for."""
    number = listing["listing_id"]
    added: dict[str, Any] = {}
    if "Images" in includes:
        added["images"] = [shown(call, each) for each in call.store.images(number)]
    if "Inventory" in includes:
        added["inventory"] = call.store.inventory(number)
        products = (added["inventory"] or {}).get("products", ())
        added["skus"] = [each["sku"] for each in products if each["sku"]]
    return {**listing, **added}


def money(amount: float, currency: str) -> dict[str, Any]:
    """An amount as Etsy answers it."""
    return {"amount": round(amount * 100), "divisor": 100, "currency_code": currency}
