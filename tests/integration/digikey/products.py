"""A handful of complete products for the stand-in."""

from typing import Any


def listed(number: str, maker: str = "Texas Instruments", maker_id: int = 1, **fields: Any) -> dict[str, Any]:
    """A v4 product with every field the stand-in's catalogue has; keyword arguments replace fields."""
    return {
        "Description": {"ProductDescription": f"IC {number}", "DetailedDescription": f"Dual op amp {number}"},
        "Manufacturer": {"Id": maker_id, "Name": maker},
        "ManufacturerProductNumber": number,
        "UnitPrice": 0.4,
        "ProductUrl": f"https://digikey.example/{maker_id}/{number}",
        "DatasheetUrl": "https://digikey.example/datasheet.pdf",
        "PhotoUrl": "",
        "ProductVariations": [
            {
                "DigiKeyProductNumber": f"S{maker_id}-{number}-ND",
                "PackageType": {"Id": 3, "Name": "Tube"},
                "StandardPricing": [{"BreakQuantity": 1, "UnitPrice": 0.4, "TotalPrice": 0.4}],
                "MyPricing": [],
                "MarketPlace": False,
                "MinimumOrderQuantity": 1,
                "QuantityAvailableforPackageType": 10,
                "StandardPackage": 50,
            }
        ],
        "QuantityAvailable": 10,
        "ProductStatus": {"Id": 0, "Status": "Active"},
        "NormallyStocking": True,
        "Parameters": [
            {"ParameterId": 1, "ParameterText": "Mounting Type", "ValueId": "1", "ValueText": "Through Hole"}
        ],
        "Category": {"CategoryId": 32, "Name": "Integrated Circuits (ICs)", "ChildCategories": []},
        "Classifications": {"RohsStatus": "ROHS3 Compliant"},
        "OtherNames": [],
    } | fields


SMALL = [
    listed("LM358P"),
    listed("LM358DR", _sparse=True),
    listed("LM317T/NOPB", OtherNames=["LM317T"]),
    listed("LT1001CN8#PBF", "Analog Devices Inc.", 2),
    listed("CR2032", "Panasonic", 3, QuantityAvailable=5),
    listed("CR2032", "Murata Electronics", 4, QuantityAvailable=500),
    *(listed(f"SN74HC{code:02d}N", QuantityAvailable=code, UnitPrice=code / 10) for code in range(60)),
]
