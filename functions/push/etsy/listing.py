"""What a listing is made of, as we send it: itself, its images, its products."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from decimal import Decimal

from common.errors import Refuse

Form = Sequence[tuple[str, str]]
LONGEST_ALT_TEXT = 500
MOST_IMAGES = 20
CREATED_ONLY = frozenset({"quantity", "price", "readiness_state_id"})
"""Fields that a draft is made with and that are changed through its inventory afterwards."""


@dataclass(frozen=True, kw_only=True)
class NewListing:
    """A draft to be made. Etsy's own names; what is None or empty is not sent, because Etsy stumbles over empty fields.

    Titles, tags, materials and `when_made` are as `titles`, `tags` and `eras` give them.
    """

    title: str
    description: str
    price: Decimal
    """In the currency of the shop."""
    quantity: int
    taxonomy_id: int
    who_made: str = "i_did"
    when_made: str = "made_to_order"
    type: str = "physical"
    """physical, download or both."""
    shipping_profile_id: int | None = None
    """Needed unless it is a download."""
    return_policy_id: int | None = None
    shop_section_id: int | None = None
    readiness_state_id: int | None = None
    """The processing profile."""
    tags: Sequence[str] = ()
    materials: Sequence[str] = ()
    production_partner_ids: Sequence[int] = ()
    item_weight: Decimal | None = None
    item_weight_unit: str | None = None
    """oz, lb, g or kg."""
    item_length: Decimal | None = None
    item_width: Decimal | None = None
    item_height: Decimal | None = None
    item_dimensions_unit: str | None = None
    """in, ft, mm, cm, m, yd or inches."""
    is_supply: bool | None = None
    is_taxable: bool | None = None
    should_auto_renew: bool | None = None


@dataclass(frozen=True)
class NewImage:
    """An image for a listing. rank: from 1; without overwrite it moves the images behind it along."""

    content: bytes
    name: str
    rank: int
    alt_text: str = ""
    overwrite: bool = False
    media_type: str = "image/jpeg"


@dataclass(frozen=True)
class Product:
    """What is sold of a listing without variations."""

    sku: str
    price: Decimal
    quantity: int
    readiness_state_id: int | None = None


def draft_form(listing: NewListing) -> Form:
    """The fields of a creation, in a fixed order. Raises Refuse for what Etsy is known to refuse."""
    if listing.type != "download" and listing.shipping_profile_id is None:
        raise Refuse(
            "A physical listing needs a shipping profile of the shop; name it in the template.",
            reason="etsy_shipping_profile",
        )
    if listing.price <= 0 or listing.quantity < 1:
        raise Refuse("A listing needs a price and a quantity above 0.", reason="etsy_price")
    return form((each.name, getattr(listing, each.name)) for each in fields(listing))


def form(values: Iterator[tuple[str, object]]) -> Form:
    """Values as fields of a form. A list is one text with commas: sent as a list, Etsy keeps its last part alone."""
    return [(name, _text(name, value)) for name, value in values if _is_given(name, value)]


def image_form(image: NewImage) -> Form:
    """The fields beside the file. Raises Refuse for an impossible rank or too long a text."""
    if not 1 <= image.rank <= MOST_IMAGES:
        raise Refuse(f"A listing has images of rank 1 to {MOST_IMAGES}.", reason="etsy_image_rank")
    if len(image.alt_text) > LONGEST_ALT_TEXT:
        raise Refuse(
            f"The description of an image has at most {LONGEST_ALT_TEXT} characters.", reason="etsy_alt_text"
        )
    said = (("rank", image.rank), ("overwrite", image.overwrite), ("alt_text", image.alt_text or None))
    return form(iter(said))


def inventory_document(products: Sequence[Product]) -> dict[str, object]:
    """The whole inventory. Etsy's prices are numbers: a Decimal with two places survives as one."""
    return {
        "products": [
            {
                "sku": product.sku,
                "property_values": [],
                "offerings": [
                    {
                        "price": float(product.price),
                        "quantity": product.quantity,
                        "is_enabled": True,
                        "readiness_state_id": product.readiness_state_id,
                    }
                ],
            }
            for product in products
        ]
    }


def _is_given(name: str, value: object) -> bool:
    if value is None or (isinstance(value, Sequence) and not value):
        return False
    return not (name.startswith("item_") and isinstance(value, Decimal) and value <= 0)  # 0 is refused


def _text(name: str, value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, str | int):
        return str(value)
    assert isinstance(value, Sequence)
    parts = [str(part) for part in value]
    if any("," in part for part in parts):
        raise Refuse(f"{name}: a comma would make two of one; take it out.", reason="etsy_comma")
    return ",".join(parts)
