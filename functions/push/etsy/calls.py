"""Every request that the client can make, built without sending it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from common.etsy.transport import Upload
from functions.push.etsy.listing import (
    Form,
    NewImage,
    NewListing,
    Product,
    draft_form,
    form,
    image_form,
    inventory_document,
)

LARGEST_PAGE = 100
"""Listings of one answer, and ids of one question."""
LEGACY = ("legacy", "false")
"""Sent where processing profiles are meant: the API description calls the parameter needed to enable them and does not
say with which value; `false` is read as "not the old behaviour"."""


@dataclass(frozen=True)
class Call:
    """One request. operation: Etsy's name for it. path: below /v3/application."""

    operation: str
    method: str
    path: str
    query: Form = ()
    form: Form | None = None
    document: Mapping[str, Any] | None = None
    upload: Upload | None = None

    def body(self) -> bytes | Form | None:
        """What `Transport.send` takes."""
        if self.document is not None:
            return json.dumps(self.document, separators=(",", ":"), allow_nan=False).encode()
        return self.form

    def headers(self) -> dict[str, str]:
        """What its body needs; a form's own are set with its boundary."""
        return {"Content-Type": "application/json"} if self.document is not None else {}


def create_draft(shop_id: int, listing: NewListing) -> Call:
    """createDraftListing."""
    query = (LEGACY,) if listing.readiness_state_id is not None else ()
    return Call("createDraftListing", "POST", f"/shops/{shop_id}/listings", query, form=draft_form(listing))


def update(shop_id: int, listing_id: int, changes: Mapping[str, object]) -> Call:
    """updateListing."""
    path = f"/shops/{shop_id}/listings/{listing_id}"
    return Call("updateListing", "PATCH", path, form=form(iter(changes.items())))


def delete(listing_id: int) -> Call:
    """deleteListing."""
    return Call("deleteListing", "DELETE", f"/listings/{listing_id}")


def listing(listing_id: int) -> Call:
    """getListing."""
    return Call("getListing", "GET", f"/listings/{listing_id}", (_INCLUDES,))


def listings(ids: Sequence[int]) -> Call:
    """getListingsByListingIds, up to 100."""
    asked = ("listing_ids", ",".join(map(str, ids)))
    return Call("getListingsByListingIds", "GET", "/listings/batch", (asked, _INCLUDES))


def page(shop_id: int, state: str, offset: int) -> Call:
    """getListingsByShop."""
    query = (("state", state), ("limit", str(LARGEST_PAGE)), ("offset", str(offset)), _INCLUDES)
    return Call("getListingsByShop", "GET", f"/shops/{shop_id}/listings", query)


def upload_image(shop_id: int, listing_id: int, image: NewImage) -> Call:
    """uploadListingImage."""
    path = f"/shops/{shop_id}/listings/{listing_id}/images"
    file = Upload("image", image.name, image.content, image.media_type)
    return Call("uploadListingImage", "POST", path, form=image_form(image), upload=file)


def images(listing_id: int) -> Call:
    """getListingImages."""
    return Call("getListingImages", "GET", f"/listings/{listing_id}/images")


def delete_image(shop_id: int, listing_id: int, image_id: int) -> Call:
    """deleteListingImage."""
    path = f"/shops/{shop_id}/listings/{listing_id}/images/{image_id}"
    return Call("deleteListingImage", "DELETE", path)


def inventory(listing_id: int) -> Call:
    """getListingInventory."""
    return Call("getListingInventory", "GET", f"/listings/{listing_id}/inventory")


def put_inventory(listing_id: int, products: Sequence[Product]) -> Call:
    """updateListingInventory; it replaces the whole."""
    query = (LEGACY,) if any(each.readiness_state_id is not None for each in products) else ()
    path = f"/listings/{listing_id}/inventory"
    return Call("updateListingInventory", "PUT", path, query, document=inventory_document(products))


def identity() -> Call:
    """getMe."""
    return Call("getMe", "GET", "/users/me")


def sections(shop_id: int) -> Call:
    """getShopSections."""
    return Call("getShopSections", "GET", f"/shops/{shop_id}/sections")


def shipping_profiles(shop_id: int) -> Call:
    """getShopShippingProfiles."""
    return Call("getShopShippingProfiles", "GET", f"/shops/{shop_id}/shipping-profiles")


def return_policies(shop_id: int) -> Call:
    """getShopReturnPolicies."""
    return Call("getShopReturnPolicies", "GET", f"/shops/{shop_id}/policies/return")


def processing_profiles(shop_id: int) -> Call:
    """getShopReadinessStateDefinitions."""
    query = (("limit", str(LARGEST_PAGE)),)
    path = f"/shops/{shop_id}/readiness-state-definitions"
    return Call("getShopReadinessStateDefinitions", "GET", path, query)


def taxonomy() -> Call:
    """getSellerTaxonomyNodes."""
    return Call("getSellerTaxonomyNodes", "GET", "/seller-taxonomy/nodes")


_INCLUDES = ("includes", "Images,Inventory")
