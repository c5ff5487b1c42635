"""What Etsy holds, read from its answers. An answer that is not as described says nothing: Unavailable."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from common.errors import Unavailable
from common.etsy.seller import Seller
from common.http.exchange import Reply
from functions.push.etsy.listing import Product

Value = TypeVar("Value")


@dataclass(frozen=True)
class HeldImage:
    """An image of a listing. width, height: pixels; None until Etsy has worked on it."""

    id: int
    rank: int
    alt_text: str = ""
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class HeldListing:
    """A listing as Etsy has it. images, products: None where they were not asked for, or nobody edited the inventory."""

    id: int
    state: str
    """draft, active, inactive, sold_out or expired."""
    title: str
    description: str
    created_at: datetime
    url: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[HeldImage, ...] | None = None
    products: tuple[Product, ...] | None = None

    @property
    def skus(self) -> tuple[str, ...]:
        """Of its products, those that have one."""
        return tuple(product.sku for product in self.products or () if product.sku)


@dataclass(frozen=True)
class Page:
    """A part of a list. count: how many there are in all."""

    count: int
    listings: tuple[HeldListing, ...]


@dataclass(frozen=True)
class Choice:
    """Something of the shop's that a listing names: a section, a profile, a policy, a kind of goods."""

    id: int
    title: str


def seller_in(reply: Reply) -> Seller:
    """Whose token it is."""
    return _read(reply, lambda body: Seller(int(body["user_id"]), int(body.get("shop_id") or 0)))


def listing_in(reply: Reply) -> HeldListing:
    """The listing of an answer."""
    return _read(reply, _listing)


def page_in(reply: Reply) -> Page:
    """A page of listings."""

    def read(body: Mapping[str, Any]) -> Page:
        return Page(int(body["count"]), tuple(_listing(each) for each in body["results"]))

    return _read(reply, read)


def image_in(reply: Reply) -> HeldImage:
    """The image of an answer."""
    return _read(reply, _image)


def images_in(reply: Reply) -> tuple[HeldImage, ...]:
    """The images of a listing, by rank."""
    return _read(reply, lambda body: _images(body["results"]))


def products_in(reply: Reply) -> tuple[Product, ...]:
    """The products of an inventory."""
    return _read(reply, lambda body: _products(body["products"]))


def choices_in(reply: Reply, key: str, *words: str) -> tuple[Choice, ...]:
    """What a list offers. key: the field with the number; words: the fields that say what it is, put together."""

    def read(body: Mapping[str, Any]) -> tuple[Choice, ...]:
        return tuple(
            Choice(int(each[key]), " ".join(str(each[word]) for word in words if each.get(word) is not None))
            for each in body["results"]
        )

    return _read(reply, read)


def kinds_in(reply: Reply) -> tuple[Choice, ...]:
    """Every kind of goods, titled by the way to it: "Home & Living > Mugs"."""
    return _read(reply, lambda body: tuple(_kinds(body["results"], "")))


def _read(reply: Reply, reader: Callable[[Mapping[str, Any]], Value]) -> Value:
    try:
        body = json.loads(reply.body)
        if isinstance(body, dict):
            return reader(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, ArithmeticError):
        pass
    raise Unavailable(f"Etsy's answer (HTTP {reply.status}) is not whole", reason="etsy_malformed") from None


def _listing(body: Mapping[str, Any]) -> HeldListing:
    inventory = body.get("inventory")
    return HeldListing(
        id=int(body["listing_id"]),
        state=str(body["state"]),
        title=str(body.get("title") or ""),
        description=str(body.get("description") or ""),
        created_at=datetime.fromtimestamp(int(body["created_timestamp"]), UTC),
        url=str(body.get("url") or ""),
        tags=tuple(str(tag) for tag in body.get("tags") or ()),
        images=_images(body["images"]) if body.get("images") is not None else None,
        products=_products(inventory["products"]) if inventory else None,
    )


def _images(listed: Sequence[Mapping[str, Any]]) -> tuple[HeldImage, ...]:
    return tuple(sorted((_image(each) for each in listed), key=lambda image: image.rank))


def _image(body: Mapping[str, Any]) -> HeldImage:
    return HeldImage(
        id=int(body["listing_image_id"]),
        rank=int(body["rank"]),
        alt_text=str(body.get("alt_text") or ""),
        width=body.get("full_width"),
        height=body.get("full_height"),
    )


def _products(listed: Sequence[Mapping[str, Any]]) -> tuple[Product, ...]:
    """Products with their first offering that is not deleted; a product without one is nothing that is sold."""
    found = []
    for each in listed:
        offering = next((one for one in each.get("offerings") or () if not one.get("is_deleted")), None)
        if offering is not None and not each.get("is_deleted"):
            found.append(_product(each, offering))
    return tuple(found)


def _product(product: Mapping[str, Any], offering: Mapping[str, Any]) -> Product:
    money = offering["price"]
    price = Decimal(int(money["amount"])) / Decimal(int(money["divisor"]) or 1)
    return Product(
        str(product.get("sku") or ""), price, int(offering["quantity"]), offering.get("readiness_state_id")
    )


def _kinds(nodes: Sequence[Mapping[str, Any]], above: str) -> Iterator[Choice]:
    for node in nodes:
        title = f"{above} > {node['name']}" if above else str(node["name"])
        yield Choice(int(node["id"]), title)
        yield from _kinds(node.get("children") or (), title)
