"""The products the stand-in knows, and how they are found.

The file has one product per line: a v4 `Product` as JSON. A line whose product carries `"_sparse": true` is
given by search without its parameters, as DigiKey does for some: only its details are complete.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Document = Mapping[str, Any]

LIKE_AT_LEAST = 25
"""A search for a bare number brings at least this many products if it brings any, most of them alternatives.
"""
_SHORTEST_STEM = 4


@dataclass(frozen=True)
class Found:
    """All products for some keywords."""

    exact: tuple[Document, ...]
    """Their number, or one of their DigiKey numbers, is the keywords."""
    all: tuple[Document, ...]
    """The exact ones, those with that other name, then those that are like them."""


class Catalogue:
    """An index over the products; read-only."""

    def __init__(self, products: Iterable[Document]) -> None:
        self.products = tuple(products)
        self._place = {id(product): place for place, product in enumerate(self.products)}
        self._folded = [folded(product["ManufacturerProductNumber"]) for product in self.products]
        self._by_number: dict[str, list[Document]] = defaultdict(list)
        self._by_other_name: dict[str, list[Document]] = defaultdict(list)
        for product in self.products:
            for number in {folded(number) for number in own_numbers(product)}:
                self._by_number[number].append(product)
            for name in {folded(name) for name in product.get("OtherNames", [])}:
                self._by_other_name[name].append(product)

    @classmethod
    def read(cls, path: Path) -> "Catalogue":
        """Read a file of one JSON product per line."""
        with path.open(encoding="utf-8") as lines:
            return cls(json.loads(line) for line in lines if line.strip())

    def manufacturers(self) -> list[dict[str, Any]]:
        """Every maker once, by name."""
        makers = {product["Manufacturer"]["Id"]: product["Manufacturer"] for product in self.products}
        return sorted(makers.values(), key=lambda maker: maker["Name"])

    def details(self, number: str, manufacturer_id: int | None) -> Document | None:
        """The one product for a number; of several makers' the best-stocked, unless the maker is given."""
        wanted = folded(number)
        candidates = self._by_number.get(wanted) or self._by_other_name.get(wanted) or []
        if manufacturer_id is not None:
            candidates = [one for one in candidates if one["Manufacturer"]["Id"] == manufacturer_id]
        return max(candidates, key=self._stock_then_place, default=None)

    def search(self, keywords: str) -> Found:
        """What DigiKey would bring: the exact, then alternatives; nothing only when nothing is like it."""
        wanted = folded(keywords)
        exact = self._by_number.get(wanted, [])
        named = self._by_other_name.get(wanted, [])
        found = _unique([*exact, *named, *self._like(wanted, keywords)])
        if found and len(found) < LIKE_AT_LEAST and " " not in keywords.strip():
            found = self._padded(found)
        return Found(tuple(_unique(exact)), tuple(found))

    def _like(self, wanted: str, keywords: str) -> list[Document]:
        """Products whose number begins alike, the longest first, or whose description has every word."""
        stem = re.match(r"[a-z]*\d+|[a-z]+", wanted)
        shortest = max(_SHORTEST_STEM, len(stem[0]) if stem else 0)
        words = keywords.lower().split()
        scored = []
        for place, (product, number) in enumerate(zip(self.products, self._folded, strict=True)):
            common = _common_beginning(wanted, number)
            described = len(words) > 1 and all(word in _described(product) for word in words)
            if common >= shortest or described:
                scored.append((-common, place, product))
        return [product for *_, product in sorted(scored, key=lambda entry: entry[:2])]

    def _padded(self, found: list[Document]) -> list[Document]:
        """Alternatives of the same category, so that a bare number never comes alone."""
        category = found[0]["Category"]["CategoryId"]
        alike = [product for product in self.products if product["Category"]["CategoryId"] == category]
        room = max(0, LIKE_AT_LEAST - len(found))
        known = {id(product) for product in found}
        return [*found, *[product for product in alike if id(product) not in known][:room]]

    def _stock_then_place(self, product: Document) -> tuple[int, int]:
        return product["QuantityAvailable"], -self._place[id(product)]


def own_numbers(product: Document) -> list[str]:
    """The maker's number and DigiKey's own, one per packaging."""
    variations = product.get("ProductVariations", [])
    return [product["ManufacturerProductNumber"], *(one["DigiKeyProductNumber"] for one in variations)]


def folded(number: str) -> str:
    """How numbers are compared here: case and white space do not count."""
    return "".join(number.casefold().split())


def public(product: Document, *, in_search: bool) -> dict[str, Any]:
    """The product as it is answered: without our marks, and sparse in a search if so marked."""
    shown = {name: value for name, value in product.items() if not name.startswith("_")}
    if in_search and product.get("_sparse"):
        shown["Parameters"] = []
    return shown


def _unique(products: Iterable[Document]) -> list[Document]:
    return list({id(product): product for product in products}.values())


def _common_beginning(one: str, other: str) -> int:
    length = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        length += 1
    return length


def _described(product: Document) -> str:
    description = product["Description"]
    maker = product["Manufacturer"]["Name"]
    number = product["ManufacturerProductNumber"]
    return (
        f"{number} {maker} {description['ProductDescription']} {description['DetailedDescription']}".lower()
    )
