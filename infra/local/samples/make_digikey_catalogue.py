"""Write digikey_catalogue.ndjson: what the DigiKey stand-in knows, one v4 product per line.

    python -m infra.local.samples.make_digikey_catalogue

Numbers and makers are real, the figures are invented, addresses end in `.example` and DigiKey numbers begin
with SAMPLE. About four parts in five of the tables are known, so that some of what is asked for is not.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from infra.local.samples.families import CATEGORIES, DIGIKEY_SPELLING, Part, parts
from infra.local.samples.invented import choose, draw

FILE = Path(__file__).with_name("digikey_catalogue.ndjson")
Document = dict[str, Any]

_KNOWN = 80  # per cent
_SPARSE = 12  # per cent that a search gives without parameters
_SHARED = frozenset(
    {"LM324N", "LM339N", "TL074CN", "TL084CN", "BD139", "BD140", "1N4148", "LM7805CT", "CR2032", "CR2025"}
)
_EXPECTED = frozenset({"BLF177", "STM32F103C8T6", "ATMEGA328P-PU", "61300211121", "SN74HC00N"})
_SURFACE = (
    "SO",
    "TSS",
    "SS",
    "VSS",
    "HTSS",
    "LQFP",
    "TQFP",
    "QFN",
    "UFQFPN",
    "LGA",
    "MSOP",
    "SM",
    "0",
    "HVQFN",
    "LFCSP",
)
_BREAKS = (1, 10, 100, 1000)
_STATUSES = ((0, "Active"), (0, "Active"), (0, "Active"), (4, "Not For New Designs"), (1, "Obsolete"))
_NOTHING = "-"


def products() -> Iterator[Document]:
    """Every product, in the order of the file."""
    known = [part for part in parts() if _is_known(part)]
    makers = {name: number for number, name in enumerate(sorted({_maker(part) for part in known}), start=1)}
    for place, part in enumerate(known, start=1):
        yield _product(place, part, makers[_maker(part)])


def text() -> str:
    """The file's content."""
    return "".join(json.dumps(one, ensure_ascii=False, separators=(",", ":")) + "\n" for one in products())


def _is_known(part: Part) -> bool:
    always = part.number in _SHARED or part.number in _EXPECTED
    return always or draw(_key(part), "known", 100) < _KNOWN


def _product(place: int, part: Part, maker_id: int) -> Document:
    key = _key(part)
    stock = choose(key, "stock", (0, 1, 10, 100)) * draw(key, "units", 250)
    cents = 5 + draw(key, "price", 2_000)
    status, wording = choose(key, "status", _STATUSES)
    document = {
        "Description": {
            "ProductDescription": f"{part.what} {part.package}".upper(),
            "DetailedDescription": f"{part.what.capitalize()} {part.package} (sample)",
        },
        "Manufacturer": {"Id": maker_id, "Name": _maker(part)},
        "ManufacturerProductNumber": part.number,
        "UnitPrice": cents / 100,
        "ProductUrl": f"https://digikey.example/products/detail/{place}",
        "DatasheetUrl": _datasheet(place, key),
        "PhotoUrl": f"https://digikey.example/photos/{place}.jpg" if draw(key, "photo", 5) else "",
        "ProductVariations": list(_variations(place, part, cents, stock)),
        "QuantityAvailable": stock,
        "ProductStatus": {"Id": status, "Status": wording},
        "BackOrderNotAllowed": False,
        "NormallyStocking": wording == "Active",
        "Discontinued": False,
        "EndOfLife": wording == "Obsolete",
        "Ncnr": False,
        "PrimaryVideoUrl": "",
        "Parameters": _parameters(part),
        "BaseProductNumber": {"Id": place, "Name": part.former or part.number},
        "Category": _category(part),
        "ManufacturerLeadWeeks": str(4 + draw(key, "lead", 30)),
        "ManufacturerPublicQuantity": draw(key, "public", 5_000),
        "Series": {"Id": 0, "Name": _NOTHING},
        "ShippingInfo": "",
        "Classifications": {
            "ReachStatus": "REACH Unaffected",
            "RohsStatus": choose(key, "rohs", ("ROHS3 Compliant", "ROHS3 Compliant", "RoHS non-compliant")),
            "MoistureSensitivityLevel": choose(key, "moisture", ("1 (Unlimited)", "3 (168 Hours)")),
            "ExportControlClassNumber": choose(key, "export", ("EAR99", "3A991A2")),
            "HtsusCode": "0000.00.0000",
        },
        "OtherNames": [part.former, f"SAMPLE-{place:04d}-OLD"]
        if part.former
        else [f"SAMPLE-{place:04d}-OLD"],
    }
    return document | ({"_sparse": True} if draw(key, "sparse", 100) < _SPARSE else {})


def _key(part: Part) -> str:
    return f"{part.maker}|{part.number}"


def _maker(part: Part) -> str:
    return DIGIKEY_SPELLING.get(part.maker, part.maker)


def _datasheet(place: int, key: str) -> str:
    """An address, one without a scheme as DigiKey gives some, or none."""
    scheme = choose(key, "datasheet", ("https://", "https://", "//", ""))
    return f"{scheme}digikey.example/datasheets/{place}.pdf" if scheme else ""


def _is_surface_mounted(part: Part) -> bool:
    return part.package.startswith(_SURFACE)


def _variations(place: int, part: Part, cents: int, stock: int) -> Iterator[Document]:
    """One packaging for parts with leads, cut tape and reel for the others."""
    if _is_surface_mounted(part):
        yield _variation(f"SAMPLE-{place:04d}-1-ND", (2, "Cut Tape (CT)"), cents, _BREAKS, 1, stock)
        yield _variation(
            f"SAMPLE-{place:04d}-2-ND", (1, "Tape & Reel (TR)"), cents // 2 + 1, (2500,), 2500, stock
        )
    else:
        yield _variation(f"SAMPLE-{place:04d}-ND", (3, "Tube"), cents, _BREAKS, 1, stock)


def _variation(
    number: str, package: tuple[int, str], cents: int, breaks: tuple[int, ...], least: int, stock: int
) -> Document:
    return {
        "DigiKeyProductNumber": number,
        "PackageType": {"Id": package[0], "Name": package[1]},
        "StandardPricing": [_price(cents, step, quantity) for step, quantity in enumerate(breaks)],
        "MyPricing": [],
        "MarketPlace": False,
        "TariffActive": False,
        "Supplier": {"Id": 0, "Name": ""},
        "QuantityAvailableforPackageType": stock,
        "MaxQuantityForDistribution": 0,
        "MinimumOrderQuantity": least,
        "StandardPackage": max(least, 25),
        "DigiReelFee": 0,
    }


def _price(cents: int, step: int, quantity: int) -> Document:
    """One price break: a tenth less at each step, to a hundredth of a cent."""
    unit = round(cents * 0.9**step / 100, 4)
    return {"BreakQuantity": quantity, "UnitPrice": unit, "TotalPrice": round(unit * quantity, 2)}


def _parameters(part: Part) -> list[Document]:
    """What the number says, how it is mounted, and one parameter that says nothing, as DigiKey lists them."""
    mounting = "Surface Mount" if _is_surface_mounted(part) else "Through Hole"
    known = [("Mounting Type", mounting), ("Package / Case", part.package), ("Features", _NOTHING)]
    known += [(name, f"{value} {unit}".strip()) for name, value, unit in part.specs]
    return [
        {
            "ParameterId": number,
            "ParameterText": name,
            "ParameterType": "String",
            "ValueId": str(number),
            "ValueText": value,
        }
        for number, (name, value) in enumerate(known, start=1)
    ]


def _category(part: Part) -> Document:
    """The category as a chain from the root; ids come from the order of the table."""
    place = list(CATEGORIES).index(part.category) + 1
    node: Document | None = None
    path = CATEGORIES[part.category]
    for level in reversed(range(len(path))):
        node = {
            "CategoryId": place * 10 + level,
            "ParentId": place * 10 + level - 1 if level else 0,
            "Name": path[level],
            "ProductCount": 0,
            "NewProductCount": 0,
            "ImageUrl": "",
            "SeoDescription": "",
            "ChildCategories": [node] if node else [],
        }
    assert node is not None, "every category has a root"
    return node


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
