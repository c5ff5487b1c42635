"""From a record to what DigiKey knows of it: ask, match, map.

Cost: one keyword search per record, which brings the whole products. A second call, the product's details,
is made in two cases only: the matched product came without parameters, or nothing matched and the search was
cut off at its page size, so that the part may lie beyond. Never more than two (a token, each ten minutes, and
the one repeat after a 401 aside), so a caller reserves `MOST_CALLS` and gives back what `calls` says was not
used.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, TypeAlias

from common.errors import Refuse
from functions.scrape.digikey.aliases import ManufacturerAliases
from functions.scrape.digikey.client import LONGEST_KEYWORDS, Answer, DigiKeyClient, SearchResult
from functions.scrape.digikey.mapping import enriched
from functions.scrape.digikey.matching import (
    Ambiguous,
    By,
    Match,
    Matched,
    NotFound,
    WrongManufacturer,
    match,
)
from functions.scrape.digikey.product import Product, rows
from functions.scrape.digikey.rates import RateReport

MOST_CALLS = 2
_MOST_EVIDENCE = 10  # candidates a person can be expected to look through

Reason: TypeAlias = Literal["not_found", "ambiguous", "wrong_manufacturer"]


@dataclass(frozen=True)
class Enrichment:
    """DigiKey knows the part."""

    fields: Mapping[str, Any]
    """As `mapping.enriched` says; plain JSON."""
    matched_by: By
    product_url: str
    fetched_at: datetime
    calls: int
    """Counted calls that it took."""
    rate: RateReport | None
    """The budget as last reported."""
    note: Literal["details_missing"] | None = None
    """Set when the product came without parameters and its details were not to be had."""


@dataclass(frozen=True)
class NoMatch:
    """DigiKey does not know the part, or does not tell which it is: a person can go on from the evidence."""

    reason: Reason
    evidence: Mapping[str, Any]
    """{"asked": {part_number, manufacturer}, "seen": how many products the search found,
    "candidates": [{part_number, manufacturer, manufacturer_id, other_names, digikey_part_numbers, url,
    accepted_number}]}; plain JSON.
    Those whose number is right come first and say so; of the merely like-looking a few follow."""
    calls: int
    rate: RateReport | None


@dataclass(frozen=True)
class _Asked:
    """What a record asks for."""

    number: str
    manufacturer: str | None
    aliases: ManufacturerAliases

    def match(self, products: Iterable[Product]) -> Match:
        return match(self.number, self.manufacturer, products, self.aliases)

    def maker_id(self, products: Iterable[Product]) -> int | None:
        """DigiKey's id of the record's maker, if one of these products is its."""
        maker = self.manufacturer or ""
        own = (product for product in products if self.aliases.same(maker, product.manufacturer))
        return next((product.manufacturer_id for product in own), None)


def enrich(
    client: DigiKeyClient, record: Mapping[str, Any], aliases: ManufacturerAliases
) -> Enrichment | NoMatch:
    """Look a record up by its `part_number` and `manufacturer` (may be missing or None).

    Raises what the client raises, and Refuse when the part number is empty or longer than DigiKey accepts.
    """
    asked = _asked(record, aliases)
    search = client.search(asked.number)
    found = asked.match((*search.value.exact_matches, *search.value.products))
    if isinstance(found, Matched):
        return _complete(client, asked, found, search)
    if isinstance(found, NotFound) and search.value.is_cut() and asked.number.strip("."):
        return _beyond_the_page(client, asked, search)
    return NoMatch(_reason(found), _evidence(asked, found, search.value), 1, search.rate)


def _asked(record: Mapping[str, Any], aliases: ManufacturerAliases) -> _Asked:
    number = str(record.get("part_number") or "").strip()
    if not number or len(number) > LONGEST_KEYWORDS:
        message = f"A part number has 1 to {LONGEST_KEYWORDS} characters, this one has {len(number)}."
        raise Refuse(message, reason="bad_part_number")
    return _Asked(number, str(record.get("manufacturer") or "").strip() or None, aliases)


def _complete(
    client: DigiKeyClient, asked: _Asked, found: Matched, search: Answer[SearchResult]
) -> Enrichment:
    """The matched product; with its details fetched when the search gave it without parameters."""
    product = found.product
    if any(rows(product.document, "Parameters")):
        return _enrichment(found, search.at, 1, search.rate)
    number = next(iter(product.digikey_numbers), product.number)  # DigiKey's own number is never ambiguous
    details = client.product_details(number, manufacturer_id=product.manufacturer_id)
    rate = details.rate or search.rate
    detailed = asked.match([details.value] if details.value else [])
    if isinstance(detailed, Matched):
        return _enrichment(Matched(detailed.product, found.by), details.at, 2, rate)
    return replace(_enrichment(found, search.at, 2, rate), note="details_missing")


def _beyond_the_page(
    client: DigiKeyClient, asked: _Asked, search: Answer[SearchResult]
) -> Enrichment | NoMatch:
    """Ask for the very number, as the search was cut off; what comes has to pass the rule all the same."""
    maker_id = asked.maker_id(search.value.products)
    details = client.product_details(asked.number, manufacturer_id=maker_id)
    rate = details.rate or search.rate
    found = asked.match([details.value] if details.value else [])
    if isinstance(found, Matched):
        return _enrichment(found, details.at, 2, rate)
    return NoMatch(_reason(found), _evidence(asked, found, search.value), 2, rate)


def _enrichment(found: Matched, at: datetime, calls: int, rate: RateReport | None) -> Enrichment:
    return Enrichment(enriched(found.product, at), found.by, found.product.url, at, calls, rate)


def _reason(found: Match) -> Reason:
    if isinstance(found, Ambiguous):
        return "ambiguous"
    return "wrong_manufacturer" if isinstance(found, WrongManufacturer) else "not_found"


def _evidence(asked: _Asked, found: Match, search: SearchResult) -> dict[str, Any]:
    right = found.candidates if isinstance(found, Ambiguous | WrongManufacturer) else ()
    identities = {product.identity() for product in right}
    others = [product for product in search.products if product.identity() not in identities]
    room = max(0, _MOST_EVIDENCE - len(right))
    return {
        "asked": {"part_number": asked.number, "manufacturer": asked.manufacturer},
        "seen": search.count,
        "candidates": [
            *(_candidate(product, accepted_number=True) for product in right),
            *(_candidate(product, accepted_number=False) for product in others[:room]),
        ],
    }


def _candidate(product: Product, *, accepted_number: bool) -> dict[str, Any]:
    return {
        "part_number": product.number,
        "manufacturer": product.manufacturer,
        "manufacturer_id": product.manufacturer_id,
        "other_names": list(product.other_names),
        "digikey_part_numbers": list(product.digikey_numbers),
        "url": product.url,
        "accepted_number": accepted_number,
    }
