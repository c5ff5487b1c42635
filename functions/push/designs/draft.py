"""A draft listing as a change holds it, and as Etsy's client takes it."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from typing import Any

from functions.push.etsy.listing import NewListing, Product
from functions.push.etsy.marks import mark_of, with_mark

_DECIMALS = frozenset({"price", "item_weight", "item_length", "item_width", "item_height"})


def document_of(listing: NewListing) -> dict[str, Any]:
    """The fields that are said, in JSON; amounts as texts, so that no digit is lost."""
    said = {each.name: getattr(listing, each.name) for each in fields(listing)}
    return {name: _written(value) for name, value in said.items() if value is not None and value != ()}


def listing_of(document: Mapping[str, Any], mark: str) -> NewListing:
    """The listing of a change's document, with our mark in its description."""
    values: dict[str, Any] = {
        name: Decimal(value) if name in _DECIMALS else value for name, value in document.items()
    }
    values["description"] = with_mark(values["description"], mark)
    return NewListing(**values)


def product_of(document: Mapping[str, Any], sku: str) -> Product:
    """The one product of a draft."""
    return Product(sku, Decimal(document["price"]), document["quantity"], document.get("readiness_state_id"))


def mark_for(tenant: str, design: str, change_id: int, number: int) -> str:
    """The mark of a draft: of the change that makes it and of its round, so that one that is gone is not taken for a later one."""
    return mark_of(tenant, design, str(change_id), str(number))


def _written(value: object) -> object:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return list(value) if isinstance(value, tuple) else value
