"""What is taken from a DigiKey product, each fact with where and when it was read. Pure.

Everything is plain JSON: text, whole numbers, booleans, lists and objects. Money is decimal text ("0.4158"),
never a float.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

from functions.scrape.digikey.product import Product, absolute, node, rows, text

SOURCE = "digikey"
UNCATEGORISED = ("Uncategorized",)
Fact: TypeAlias = dict[str, Any]
"""{"value", "source", "source_url", "fetched_at"} and what identifies it, e.g. "name"."""

_EMPTY = frozenset({"", "-", "--"})
_LONGEST_NUMBER = 30
"""Digits before or after the point that are written out: 1E+999999999 would fill the memory."""
_EXTRAS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("series", ("Series", "Name")),
    ("base_product_number", ("BaseProductNumber", "Name")),
    ("manufacturer_lead_weeks", ("ManufacturerLeadWeeks",)),
    ("manufacturer_public_quantity", ("ManufacturerPublicQuantity",)),
    ("rohs_status", ("Classifications", "RohsStatus")),
    ("reach_status", ("Classifications", "ReachStatus")),
    ("moisture_sensitivity_level", ("Classifications", "MoistureSensitivityLevel")),
    ("export_control_class_number", ("Classifications", "ExportControlClassNumber")),
    ("htsus_code", ("Classifications", "HtsusCode")),
    ("normally_stocking", ("NormallyStocking",)),
    ("discontinued_at_digikey", ("Discontinued",)),
    ("end_of_life", ("EndOfLife",)),
    ("non_cancellable_non_returnable", ("Ncnr",)),
    ("back_order_not_allowed", ("BackOrderNotAllowed",)),
    ("last_buy_date", ("DateLastBuyChance",)),
    ("shipping_info", ("ShippingInfo",)),
    ("product_url", ("ProductUrl",)),
)
"""Our name for each remaining scalar fact, and where it is in a v4 Product."""
_DOCUMENTS = (
    ("DatasheetUrl", "datasheet", "Datasheet"),
    ("PhotoUrl", "image", "Product photo"),
    ("PrimaryVideoUrl", "video", "Product video"),
)


def enriched(product: Product, fetched_at: datetime) -> dict[str, Any]:
    """The fields to enrich a record with; `fetched_at` is aware.

    part_number, manufacturer, description, detailed_description, lifecycle_status: one fact each, absent
    when unknown
    category: a fact whose value is the path from the root
    attributes: facts with `name`; documents: facts (value = address) with `type`, `description`
    extras: facts with `name`; sellers: facts with `name`, `type` (value = offers and stock)
    """
    write = _Writer(product.url, fetched_at)
    document = product.document
    single = {
        "part_number": product.number,
        "manufacturer": product.manufacturer,
        "description": text(document, "Description", "ProductDescription"),
        "detailed_description": text(document, "Description", "DetailedDescription"),
        "lifecycle_status": text(document, "ProductStatus", "Status"),
    }
    return {
        **{name: write.fact(value) for name, value in single.items() if value not in _EMPTY},
        "category": write.fact(list(category_path(document))),
        "attributes": [write.fact(value, name=name) for name, value in _attributes(document)],
        "documents": list(_documents(document, write)),
        "extras": list(_extras(product, write)),
        "sellers": [write.fact(_seller(document), name="DigiKey", type="distributor")],
    }


class _Writer:
    """Writes facts that all come from one page."""

    def __init__(self, url: str, fetched_at: datetime) -> None:
        self._origin = {
            "source": SOURCE,
            "source_url": url or None,
            "fetched_at": fetched_at.astimezone(UTC).isoformat(),
        }

    def fact(self, value: Any, **identity: str) -> Fact:
        return {**identity, "value": value, **self._origin}


def category_path(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Root, level 1, level 2 and below, or ("Uncategorized",).

    A product filed at the root or at level 1 alone gets "<that> - Unassigned" below it, so that no product
    sits at a node that has children.
    """
    names: list[str] = []
    here = node(document, "Category")
    while name := text(here, "Name"):
        names.append(name)
        here = next(rows(here, "ChildCategories"), {})
    if not names:
        return UNCATEGORISED
    return tuple(names) if len(names) >= 3 else (*names, f"{names[-1]} - Unassigned")


def _attributes(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each parameter that says something. One listed twice with different values keeps them all, in order."""
    values: dict[str, list[str]] = {}
    for row in rows(document, "Parameters"):
        name, value = text(row, "ParameterText"), text(row, "ValueText")
        if name not in _EMPTY and value not in _EMPTY and value not in values.setdefault(name, []):
            values[name].append(value)
    return ((name, "; ".join(several)) for name, several in values.items() if several)


def _documents(document: Mapping[str, Any], write: _Writer) -> Iterator[Fact]:
    for field, kind, description in _DOCUMENTS:
        url = absolute(text(document, field))
        if url.startswith(("https://", "http://")):
            yield write.fact(url, type=kind, description=description)


def _extras(product: Product, write: _Writer) -> Iterator[Fact]:
    for name, path in _EXTRAS:
        value = plain(node(product.document, *path[:-1]).get(path[-1]))
        if value is not None and value not in _EMPTY:
            yield write.fact(value, name=name)
    packaging = [text(row, "PackageType", "Name") for row in rows(product.document, "ProductVariations")]
    lists = {
        "digikey_part_numbers": list(product.digikey_numbers),
        "packaging": list(dict.fromkeys(filter(None, packaging))),
        "other_names": list(product.other_names),
    }
    yield from (write.fact(values, name=name) for name, values in lists.items() if values)


def _seller(document: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quantity_available": plain(document.get("QuantityAvailable")),
        "unit_price": money(document.get("UnitPrice")),
        "offers": [_offer(row) for row in rows(document, "ProductVariations")],
    }


def _offer(variation: Mapping[str, Any]) -> dict[str, Any]:
    """One packaging with its price breaks: the account's own where given, else the standard ones."""
    own = list(rows(variation, "MyPricing"))
    breaks = own or list(rows(variation, "StandardPricing"))
    return {
        "seller_part_number": text(variation, "DigiKeyProductNumber"),
        "packaging": text(variation, "PackageType", "Name"),
        "minimum_order_quantity": plain(variation.get("MinimumOrderQuantity")),
        "standard_package": plain(variation.get("StandardPackage")),
        "quantity_available": plain(variation.get("QuantityAvailableforPackageType")),
        "marketplace": variation.get("MarketPlace") is True,
        "pricing": "account" if own else "standard",
        "price_breaks": [
            {"quantity": plain(row.get("BreakQuantity")), "unit_price": price}
            for row in breaks
            if (price := money(row.get("UnitPrice"))) is not None
        ],
    }


def money(value: Any) -> str | None:
    """An amount as decimal text, exact, with at least two decimals; None when it is no amount."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    amount = Decimal(value)
    if not amount.is_finite() or amount < 0 or abs(amount.adjusted()) > _LONGEST_NUMBER:
        return None
    exponent = amount.normalize().as_tuple().exponent
    assert isinstance(exponent, int), "a finite number has an exponent"
    return f"{amount:.{max(2, -exponent)}f}"


def plain(value: Any) -> Any:
    """A scalar as JSON holds it without a float; None for anything that is no scalar."""
    if isinstance(value, Decimal):
        return format(value, "f") if abs(value.adjusted()) <= _LONGEST_NUMBER else str(value)
    if isinstance(value, str):
        return value.strip()
    return value if isinstance(value, int) else None
