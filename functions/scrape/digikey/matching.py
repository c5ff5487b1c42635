"""Which of DigiKey's products a record means, if any. Pure.

The rule: a product is accepted only when the requested number equals its manufacturer's number, one of its
other names or one of its DigiKey numbers, and its maker is the record's maker once aliases are resolved; a
record that names no maker leaves that open. Nothing like-looking is ever accepted: a bare number brings
dozens of alternatives of which most often none is right.

Of the products that pass, the best-proven kind counts (own number before other name before DigiKey number)
and then the maker's literal name; two that are still left are for a person to choose between.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from functions.scrape.digikey.aliases import ManufacturerAliases, folded
from functions.scrape.digikey.product import Product

By: TypeAlias = Literal["part_number", "other_name", "digikey_number"]
_STRENGTH: tuple[By, ...] = ("part_number", "other_name", "digikey_number")


@dataclass(frozen=True)
class Matched:
    """Exactly one product is meant."""

    product: Product
    by: By


@dataclass(frozen=True)
class Ambiguous:
    """The number fits several products and nothing in the record tells them apart."""

    candidates: tuple[Product, ...]


@dataclass(frozen=True)
class WrongManufacturer:
    """The number is known, but only of other makers than the record's."""

    candidates: tuple[Product, ...]


@dataclass(frozen=True)
class NotFound:
    """No product has this number."""


Match: TypeAlias = Matched | Ambiguous | WrongManufacturer | NotFound


def normalised(number: str) -> str:
    """A part number for comparing: case and white space do not count, nor how an accent is composed.

    All white space goes, inner and no-break ones too, because makers print numbers in groups ("09 33 006
    2601") that records run together. Hyphens, slashes, commas and the like stay: they tell parts apart
    (LM358-N, LM358N).
    """
    decomposed = unicodedata.normalize("NFD", number).casefold()
    return "".join(unicodedata.normalize("NFD", decomposed).split())


def how_named(number: str, product: Product) -> By | None:
    """By which of its names the product answers to `number`; the strongest, or None."""
    wanted = normalised(number)
    if not wanted:
        return None
    names: dict[By, Iterable[str]] = {
        "part_number": (product.number,),
        "other_name": product.other_names,
        "digikey_number": product.digikey_numbers,
    }
    return next((by for by in _STRENGTH if wanted in map(normalised, names[by])), None)


def match(
    number: str, manufacturer: str | None, products: Iterable[Product], aliases: ManufacturerAliases
) -> Match:
    """Decide which of `products` a record with this number and maker (None or blank: not named) means."""
    named = [(product, by) for product in _distinct(products) if (by := how_named(number, product))]
    if not named:
        return NotFound()
    maker = manufacturer if manufacturer and folded(manufacturer) else None
    accepted = [entry for entry in named if maker is None or aliases.same(maker, entry[0].manufacturer)]
    if not accepted:
        return WrongManufacturer(tuple(product for product, _ in named))
    best = _literal(maker, _strongest(accepted))
    if len(best) > 1:
        return Ambiguous(tuple(product for product, _ in best))
    return Matched(*best[0])


def _distinct(products: Iterable[Product]) -> list[Product]:
    """Each product once: a search lists its exact matches among the others as well."""
    return list({product.identity(): product for product in products}.values())


def _strongest(named: Sequence[tuple[Product, By]]) -> list[tuple[Product, By]]:
    best = min(_STRENGTH.index(by) for _, by in named)
    return [entry for entry in named if _STRENGTH.index(entry[1]) == best]


def _literal(maker: str | None, named: list[tuple[Product, By]]) -> list[tuple[Product, By]]:
    """Those whose maker is the record's without any alias, if there are such; else all."""
    if maker is None:
        return named
    return [entry for entry in named if folded(entry[0].manufacturer) == folded(maker)] or named
