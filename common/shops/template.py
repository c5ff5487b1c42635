"""A product template: everything that a listing of one of its designs says, but for its title and images."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from common.shops.canvas import CanvasConfig
from common.shops.family import DEFAULT_FAMILY, FAMILIES, Family
from common.shops.fault import Fault, none_of, out_of_range
from common.shops.mockup import Mockup
from common.shops.name import name_faults
from common.shops.words import era_faults, materials_faults, tags_faults, title_faults

WHO_MADE: Final = ("i_did", "someone_else", "collective")
TYPES: Final = ("physical", "download", "both")
WEIGHT_UNITS: Final = ("oz", "lb", "g", "kg")
LENGTH_UNITS: Final = ("in", "ft", "mm", "cm", "m", "yd", "inches")
_CENT: Final = Decimal("0.01")
_DEAREST: Final = Decimal(50_000)
_LARGEST: Final = Decimal(100_000)
_MOST_QUANTITY: Final = 999
_SIDES: Final = ("item_length", "item_width", "item_height")
LISTED: Final = (
    "description", "who_made", "when_made", "taxonomy_id", "price", "quantity", "type", "shipping_profile_id", "return_policy_id",
    "shop_section_id", "readiness_state_id", "tags", "materials", "production_partner_ids", "item_weight", "item_weight_unit",
    "item_length", "item_width", "item_height", "item_dimensions_unit", "is_taxable", "is_supply", "should_auto_renew",
)  # fmt: skip
"""Fields that a listing takes over as they are; Etsy's own names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProductTemplate:
    """One kind of goods of a shop."""

    name: str
    """What the shop calls it, such as "UVDTF 16oz"."""
    template_title: str
    """What stands in a listing's title behind the words of the design."""
    description: str
    price: Decimal
    """In the currency of the shop."""
    taxonomy_id: int
    """Etsy's kind of goods."""
    title: str = ""
    """A headline for people; no listing says it."""
    family: str = DEFAULT_FAMILY
    """Key of `family.FAMILIES`."""
    type: str = "physical"
    """physical, download or both."""
    quantity: int = 100
    who_made: str = "i_did"
    when_made: str = "made_to_order"
    tags: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    shop_section_id: int | None = None
    shipping_profile_id: int | None = None
    return_policy_id: int | None = None
    readiness_state_id: int | None = None
    """The processing profile."""
    production_partner_ids: tuple[int, ...] = ()
    item_weight: Decimal | None = None
    item_weight_unit: str | None = None
    item_length: Decimal | None = None
    item_width: Decimal | None = None
    item_height: Decimal | None = None
    item_dimensions_unit: str | None = None
    processing_min: int | None = None
    """Days until it is sent, at least; for people, Etsy has it in the processing profile."""
    processing_max: int | None = None
    is_taxable: bool | None = None
    is_supply: bool | None = None
    should_auto_renew: bool | None = None
    is_active: bool = True
    canvases: tuple[CanvasConfig, ...] = ()
    mockups: tuple[Mockup, ...] = ()
    id: int = field(default=0, compare=False)

    @property
    def is_digital(self) -> bool:
        """A design is sold as a file."""
        return self.type == "download"

    @property
    def rules(self) -> Family:
        """How its designs are laid out."""
        return FAMILIES[self.family]

    def listing_fields(self) -> Mapping[str, Any]:
        """What `NewListing` takes beside the title."""
        return {name: getattr(self, name) for name in LISTED}

    def faults(self) -> Iterator[Fault]:
        """Everything that is wrong with it, its canvases and mock-ups apart."""
        yield from name_faults(self.name)
        yield from none_of("family", self.family, tuple(FAMILIES))
        yield from none_of("type", self.type, TYPES)
        yield from none_of("who_made", self.who_made, WHO_MADE)
        yield from era_faults(self.when_made)
        yield from self._words()
        yield from self._price()
        yield from self._parcel()

    def _words(self) -> Iterator[Fault]:
        if not self.description.strip():
            yield Fault("description", "blank", "The description is blank, and Etsy wants one; write it.")
        yield from title_faults("template_title", self.template_title)
        yield from tags_faults(self.tags)
        yield from materials_faults(self.materials)

    def _price(self) -> Iterator[Fault]:
        unfit = list(out_of_range("price", self.price, _CENT, _DEAREST))
        yield from unfit
        if not unfit and self.price != round(self.price, 2):
            yield Fault(
                "price", "not_an_amount", f"price is {self.price}; write it with two places, as 4.00."
            )
        yield from out_of_range("quantity", self.quantity, 1, _MOST_QUANTITY)
        for name in (
            "taxonomy_id",
            "shop_section_id",
            "shipping_profile_id",
            "return_policy_id",
            "readiness_state_id",
        ):
            yield from out_of_range(name, getattr(self, name), 1, 2**63 - 1)
        for partner in self.production_partner_ids:
            yield from out_of_range("production_partner_ids", partner, 1, 2**63 - 1)

    def _parcel(self) -> Iterator[Fault]:
        if not self.is_digital and self.shipping_profile_id is None:
            detail = "What is sent needs a shipping profile; name it here or for the whole shop, or write `type: download`."
            yield Fault("shipping_profile_id", "missing", detail)
        yield from out_of_range("item_weight", self.item_weight, _CENT, _LARGEST)
        yield from none_of("item_weight_unit", self.item_weight_unit, WEIGHT_UNITS)
        yield from none_of("item_dimensions_unit", self.item_dimensions_unit, LENGTH_UNITS)
        if self.item_weight is not None and self.item_weight_unit is None:
            yield Fault(
                "item_weight", "no_unit", f"Say in what: `item_weight_unit:` {', '.join(WEIGHT_UNITS)}."
            )
        for name in _SIDES:
            yield from out_of_range(name, getattr(self, name), _CENT, _LARGEST)
        if any(getattr(self, name) is not None for name in _SIDES) and self.item_dimensions_unit is None:
            yield Fault(
                _SIDES[0], "no_unit", f"Say in what: `item_dimensions_unit:` {', '.join(LENGTH_UNITS)}."
            )
        yield from out_of_range("processing_min", self.processing_min, 0, 365, "days")
        yield from out_of_range("processing_max", self.processing_max, 0, 365, "days")
        if (self.processing_min or 0) > (self.processing_max or 365):
            detail = f"{self.processing_min} days at least and {self.processing_max} at most cannot both be; swap them."
            yield Fault("processing_min", "out_of_order", detail)
