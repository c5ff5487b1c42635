"""Products as DigiKey describes them, with only the fields a test cares about."""

from decimal import Decimal
from typing import Any

from functions.scrape.digikey.product import Product


def document(number: str, maker: str = "Texas Instruments", **fields: Any) -> dict[str, Any]:
    """A v4 product; keyword arguments replace or add fields."""
    maker_id = sum(map(ord, maker))
    return {
        "ManufacturerProductNumber": number,
        "Manufacturer": {"Id": maker_id, "Name": maker},
        "OtherNames": [],
        "ProductUrl": f"https://digikey.example/{number}",
        "Parameters": [{"ParameterText": "Mounting Type", "ValueText": "Through Hole"}],
        "ProductVariations": [{"DigiKeyProductNumber": f"{number}-{maker_id}-ND"}],
    } | fields


def product(number: str, maker: str = "Texas Instruments", **fields: Any) -> Product:
    """The same, parsed."""
    return Product.parse(document(number, maker, **fields))


def search_body(
    *products: dict[str, Any], exact: tuple[dict[str, Any], ...] = (), count: int | None = None
) -> Any:
    """The body of a keyword search."""
    return {
        "Products": list(products),
        "ExactMatches": list(exact),
        "ProductsCount": len(products) if count is None else count,
    }


FULL: dict[str, Any] = {
    "Description": {"ProductDescription": "IC OPAMP", "DetailedDescription": "Dual operational amplifier"},
    "Manufacturer": {"Id": 7, "Name": "Texas Instruments"},
    "ManufacturerProductNumber": "LM358P",
    "UnitPrice": Decimal("0.4"),
    "ProductUrl": "https://digikey.example/LM358P",
    "DatasheetUrl": "//mm.digikey.example/lm358.pdf",
    "PhotoUrl": "https://digikey.example/lm358.jpg",
    "PrimaryVideoUrl": "",
    "ProductVariations": [
        {
            "DigiKeyProductNumber": "296-LM358P-ND",
            "PackageType": {"Id": 3, "Name": "Tube"},
            "StandardPricing": [
                {"BreakQuantity": 1, "UnitPrice": Decimal("0.4"), "TotalPrice": Decimal("0.4")},
                {"BreakQuantity": 100, "UnitPrice": Decimal("0.1265"), "TotalPrice": Decimal("12.65")},
            ],
            "MyPricing": [],
            "MinimumOrderQuantity": 1,
            "StandardPackage": 50,
            "QuantityAvailableforPackageType": 4321,
            "MarketPlace": False,
        }
    ],
    "QuantityAvailable": 4321,
    "ProductStatus": {"Id": 0, "Status": "Active"},
    "Discontinued": False,
    "Parameters": [
        {"ParameterText": "Number of Circuits", "ValueText": "2"},
        {"ParameterText": "Current - Supply", "ValueText": "500µA (x2 Channels)"},
        {"ParameterText": "Features", "ValueText": "-"},
        {"ParameterText": "Grade", "ValueText": ""},
    ],
    "Category": {
        "Name": "Integrated Circuits (ICs)",
        "ChildCategories": [
            {"Name": "Linear", "ChildCategories": [{"Name": "Amplifiers", "ChildCategories": []}]}
        ],
    },
    "ManufacturerLeadWeeks": "6",
    "Series": {"Id": 0, "Name": "-"},
    "Classifications": {
        "RohsStatus": "ROHS3 Compliant",
        "MoistureSensitivityLevel": "1 (Unlimited)",
        "ExportControlClassNumber": "EAR99",
        "HtsusCode": "8542.33.0001",
    },
    "OtherNames": ["LM358PE4"],
}
"""A product with everything a test of the mapping looks at."""
