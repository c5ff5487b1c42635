"""One of every request that the client can make."""

from collections.abc import Mapping
from decimal import Decimal

from common.etsy.consent import SCOPES
from functions.push.etsy import calls
from functions.push.etsy.calls import Call
from functions.push.etsy.listing import NewImage, NewListing, Product

__all__ = ["FULL", "REQUESTS", "SCOPES", "SMALL"]

SMALL = NewListing(
    title="A wrap",
    description="Words",
    price=Decimal("4.00"),
    quantity=100,
    taxonomy_id=1063,
    shipping_profile_id=8001,
)
FULL = NewListing(
    title="A wrap",
    description="Words",
    price=Decimal("4.10"),
    quantity=100,
    taxonomy_id=1063,
    who_made="collective",
    when_made="2020_2026",
    type="both",
    shipping_profile_id=8001,
    return_policy_id=8101,
    shop_section_id=7001,
    readiness_state_id=8201,
    tags=("sun flower", "mug's"),
    materials=("paper", "ink"),
    production_partner_ids=(1, 2),
    item_weight=Decimal("2.5"),
    item_weight_unit="oz",
    item_length=Decimal("11"),
    item_width=Decimal("9.5"),
    item_height=Decimal("1"),
    item_dimensions_unit="in",
    is_supply=False,
    is_taxable=True,
    should_auto_renew=False,
)
REQUESTS: Mapping[str, Call] = {
    "small-draft": calls.create_draft(1, SMALL),
    "full-draft": calls.create_draft(1, FULL),
    "update": calls.update(1, 2, {"description": "Words", "tags": ("a", "b"), "is_taxable": True}),
    "publish": calls.update(1, 2, {"state": "active"}),
    "delete": calls.delete(2),
    "listing": calls.listing(2),
    "listings": calls.listings([2, 3]),
    "page": calls.page(1, "draft", 100),
    "image": calls.upload_image(1, 2, NewImage(b"x", "a.jpg", 3, "A mug", overwrite=True)),
    "images": calls.images(2),
    "delete-image": calls.delete_image(1, 2, 3),
    "inventory": calls.inventory(2),
    "put-inventory": calls.put_inventory(2, [Product("A-1", Decimal("4.10"), 7, 8201)]),
    "put-plain-inventory": calls.put_inventory(2, [Product("A-1", Decimal("4.10"), 7)]),
    "identity": calls.identity(),
    "sections": calls.sections(1),
    "shipping-profiles": calls.shipping_profiles(1),
    "return-policies": calls.return_policies(1),
    "processing-profiles": calls.processing_profiles(1),
    "taxonomy": calls.taxonomy(),
}
