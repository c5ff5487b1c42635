"""The v4 answers to good requests."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, get_args

from infra.local.vendors.digikey.catalogue import Catalogue, Document, public
from infra.local.vendors.digikey.request_models import (
    Currency,
    Filters,
    KeywordRequest,
    Language,
    Site,
    Sorting,
)


def locale_used(headers: Mapping[str, str]) -> dict[str, str]:
    """The locale an answer is in: what was asked for where it is supported, else the default."""
    asked = {
        "Site": (headers.get("X-DIGIKEY-Locale-Site", ""), Site, "US"),
        "Language": (headers.get("X-DIGIKEY-Locale-Language", ""), Language, "en"),
        "Currency": (headers.get("X-DIGIKEY-Locale-Currency", ""), Currency, "USD"),
    }
    return {
        name: value if value in get_args(kind) else default for name, (value, kind, default) in asked.items()
    }


def keyword_answer(
    catalogue: Catalogue, request: KeywordRequest, locale: Mapping[str, str]
) -> dict[str, Any]:
    """The answer to a keyword search."""
    found = catalogue.search(request.Keywords)
    passed = [one for one in found.all if _passes(one, request.FilterOptionsRequest)]
    exact = [one for one in found.exact if _passes(one, request.FilterOptionsRequest)]
    page = _sorted(passed, request.SortOptions)[request.Offset : request.Offset + request.Limit]
    return {
        "Products": [public(one, in_search=True) for one in page],
        "ProductsCount": len(passed),
        "ExactMatches": [public(one, in_search=True) for one in exact],
        "FilterOptions": _filter_options(passed),
        "SearchLocaleUsed": dict(locale),
        "AppliedParametricFiltersDto": [],
    }


def details_answer(product: Document, locale: Mapping[str, str]) -> dict[str, Any]:
    """The answer to product details."""
    return {
        "SearchLocaleUsed": dict(locale),
        "Product": public(product, in_search=False),
        "AccountIdUsed": 0,
        "CustomerIdUsed": 0,
    }


def manufacturers_answer(catalogue: Catalogue) -> dict[str, Any]:
    """The answer with every maker."""
    return {"Manufacturers": catalogue.manufacturers()}


def _passes(product: Document, asked: Filters) -> bool:
    marketplace = any(one.get("MarketPlace") for one in product["ProductVariations"])
    return (
        _among(product["Manufacturer"]["Id"], asked.ManufacturerFilter)
        and _among(product["Category"]["CategoryId"], asked.CategoryFilter)
        and _among(product["ProductStatus"]["Id"], asked.StatusFilter)
        and not (asked.MarketPlaceFilter == "ExcludeMarketPlace" and marketplace)
        and not (asked.MarketPlaceFilter == "MarketPlaceOnly" and not marketplace)
        and product["QuantityAvailable"] >= asked.MinimumQuantityAvailable
        and all(_has(product, option) for option in asked.SearchOptions)
    )


def _among(identity: int, wanted: Sequence[Any]) -> bool:
    return not wanted or str(identity) in {one.Id for one in wanted}


def _has(product: Document, option: str) -> bool:
    rohs = product["Classifications"]["RohsStatus"]
    known: dict[str, bool] = {
        "HasDatasheet": bool(product.get("DatasheetUrl")),
        "HasProductPhoto": bool(product.get("PhotoUrl")),
        "InStock": product["QuantityAvailable"] > 0,
        "NormallyStocking": product["NormallyStocking"],
        "RohsCompliant": rohs == "ROHS3 Compliant",
        "NonRohsCompliant": rohs == "RoHS non-compliant",
    }
    return known.get(option, False)


_SORT_KEYS: Mapping[str, Callable[[Document], Any]] = {
    "ManufacturerProductNumber": lambda one: one["ManufacturerProductNumber"],
    "Manufacturer": lambda one: one["Manufacturer"]["Name"],
    "QuantityAvailable": lambda one: one["QuantityAvailable"],
    "Price": lambda one: one["UnitPrice"],
}


def _sorted(products: list[Document], asked: Sorting) -> list[Document]:
    key = _SORT_KEYS.get(asked.Field)
    return products if key is None else sorted(products, key=key, reverse=asked.SortOrder == "Descending")


def _filter_options(products: Sequence[Document]) -> dict[str, Any]:
    makers = Counter((one["Manufacturer"]["Id"], one["Manufacturer"]["Name"]) for one in products)
    statuses = Counter((one["ProductStatus"]["Id"], one["ProductStatus"]["Status"]) for one in products)
    return {
        "Manufacturers": _counted(makers),
        "Status": _counted(statuses),
        "Packaging": [],
        "Series": [],
        "ParametricFilters": [],
        "TopCategories": [],
        "MarketPlaceFilters": ["NoFilter", "ExcludeMarketPlace", "MarketPlaceOnly"],
    }


def _counted(names: Counter[tuple[int, str]]) -> list[dict[str, Any]]:
    return [
        {"Id": identity, "Value": name, "ProductCount": count}
        for (identity, name), count in sorted(names.items())
    ]
