"""A product as DigiKey describes it. Any field may be missing or null: none is relied on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Product:
    """The facts that say which product it is, and the whole document for what else is wanted from it."""

    document: Mapping[str, Any]
    """As it came, fractions as Decimal."""
    number: str
    """The manufacturer's part number; empty when it was not given."""
    manufacturer: str
    """The manufacturer's name in DigiKey's spelling; empty when it was not given."""
    manufacturer_id: int | None
    other_names: tuple[str, ...]
    """Former numbers, cross references and the like."""
    digikey_numbers: tuple[str, ...]
    """One for each packaging."""
    url: str

    @classmethod
    def parse(cls, document: Mapping[str, Any]) -> "Product":
        """Read a v4 `Product`; what is not there is empty."""
        identity = node(document, "Manufacturer").get("Id")
        return cls(
            document=document,
            number=text(document, "ManufacturerProductNumber"),
            manufacturer=text(document, "Manufacturer", "Name"),
            manufacturer_id=identity if isinstance(identity, int) else None,
            other_names=tuple(name.strip() for name in rows(document, "OtherNames", str) if name.strip()),
            digikey_numbers=tuple(
                number
                for row in rows(document, "ProductVariations")
                if (number := text(row, "DigiKeyProductNumber"))
            ),
            url=absolute(text(document, "ProductUrl")),
        )

    def identity(self) -> tuple[str, str, tuple[str, ...]]:
        """What makes two listings the same product."""
        return self.manufacturer, self.number, self.digikey_numbers


def node(document: Mapping[str, Any], *path: str) -> Mapping[str, Any]:
    """The object at `path`; empty when anything on the way is missing, null or no object."""
    here: Any = document
    for name in path:
        here = here.get(name) if isinstance(here, Mapping) else None
    return here if isinstance(here, Mapping) else {}


def text(document: Mapping[str, Any], *path: str) -> str:
    """The stripped text at `path`; empty when it is missing or no text."""
    value = node(document, *path[:-1]).get(path[-1])
    return value.strip() if isinstance(value, str) else ""


def rows(document: Mapping[str, Any], name: str, kind: type = Mapping) -> Iterator[Any]:
    """The entries of the list called `name` that are of `kind`; none when there is no list."""
    value = document.get(name)
    return (entry for entry in (value if isinstance(value, list) else []) if isinstance(entry, kind))


def absolute(url: str) -> str:
    """DigiKey gives some addresses without a scheme ("//mm.digikey.com/…"): https it is."""
    return f"https:{url}" if url.startswith("//") else url
