"""What the sample order book is made of: customers and how they spell themselves, columns, sizes, colours. All invented."""

from dataclasses import dataclass

BEFORE_SIZES = (
    "AAG ORDER NUMBER",
    "CUSTOMER NAME",
    "ORDER DATE PO RECEIVED",
    "PO NUMBER",
    "CUSTOMER ALT PO",
    "AAG SEASON",
    "CUSTOMER SEASON",
    "DROP",
    "RANGE / COLLECTION",
    "CATEGORY",
    "PATTERN ID",
    "ALIAS/RELATED ITEM",
    "CUSTOMER STYLE",
    "STYLE DESCRIPTION",
    "CUSTOMER'S COLOUR CODE",
    "CUSTOMER COLOUR DESCRIPTION",
    "ACTIVE",
    "UNIT OF MEASURE",
    "INFOR COLOUR CODE",
)
SIZES = (
    *("XXS", "XS", "S", "M", "L", "XL", "2XL", "3XL"),
    *("0", "2", "4", "6", "8", "10", "12"),
    *("2T", "3T", "4T", "0-3M", "3-6M", "6-12M"),
    *("30/30", "32/30", "32/32", "34/32", "28-30L"),
    *("32DD", "M(8-10)", "OS", "ONE SIZE"),
)
AFTER_SIZES = (
    "TOTAL QTY",
    "ORDER TYPE",
    "DESTINATION",
    "DESTINATION WAREHOUSE",
    "ETA CUSTOMER WAREHOUSE DATE",
    "EX FACTORY DATE",
    "DELIVERY TERMS",
    "PLANNED DELIVERY METHOD",
    "NOTES",
    "CUSTOMER PRICE",
    "EX WORKS (USD)",
    "FINAL FOB (USD)",
    "HS CODE",
    "US TARIFF RATE",
    "FINAL PRICES Y/N",
)
COLUMNS = (*BEFORE_SIZES, *SIZES, *AFTER_SIZES)
NEW_COLUMN = "SHOWROOM REMARK"
"""A column that the source has from the third load on."""


@dataclass(frozen=True)
class Customer:
    """A customer in the order book. rows: in the first load, twins included; twins: rows that stand there twice."""

    name: str
    spellings: tuple[str, ...]
    prefix: str
    """What its style numbers begin with."""
    rows: int
    twins: int = 0


CUSTOMERS = (
    Customer(
        "NORTHWIND",
        (
            "NORTHWIND CLOTHIERS",
            "NORTHWIND CLOTHIERS",
            "NORTHWIND LTD",
            "NW CLOTHIERS",
            " Northwind Clothiers ",
        ),
        "JWHD",
        900,
        3,
    ),
    Customer("HARBOR & PINE", ("HARBOR & PINE", "HARBOR AND PINE", "Harbor & Pine Inc."), "HP", 420, 2),
    Customer("ALDER (AU)", ("ALDER (AU)", "ALDER AUSTRALIA", "Alder Pty Ltd"), "ALA", 260, 2),
    Customer("ALDER (NZ)", ("ALDER (NZ)", "ALDER NEW ZEALAND"), "ALN", 130),
    Customer("TRAIL CO", ("TRAIL CO", "TRAIL COMPANY", "trail co"), "TRC", 240),
    Customer("FINCH BROTHERS", ("FINCH BROTHERS", "FINCH BROS", "FINCH BROS."), "FB", 150, 1),
    Customer("O'KEEFE", ("O'KEEFE", "O\u2019KEEFE", "OKEEFE & DAUGHTERS"), "OK", 80),
    Customer("SEVEN OAKS", ("SEVEN OAKS", "7 OAKS"), "SO", 46),
    Customer("MERIDIAN SUPPLY", ("MERIDIAN SUPPLY", "Meridian Supply"), "MS", 14),
)
"""In customers.yaml: all but MERIDIAN SUPPLY, whom nobody knows; SEVEN OAKS is under review."""

SEASONS = (
    *(("2026 SPRING", "SPRING SUMMER 2026"),) * 5,
    *(("2026 FALL", "FALL WINTER 2026"),) * 3,
    ("2026 FALL", ""),
)
"""AAG SEASON and CUSTOMER SEASON."""

COLOURS = (
    ("WHITE", "001"),
    ("BLACK", "009"),
    ("NAVY", "410"),
    ("CRÈME", "102"),
    ("ROSÉ", "610"),
    ("OLIVE", "330"),
    ("STONE", "210"),
    ("RUST / ÉCRU", "640"),
    ("HEATHER GREY", "032"),
)


@dataclass(frozen=True)
class Category:
    """A kind of garment. sizes: those it is ordered in; price: of the cheapest, in dollars."""

    name: str
    descriptions: tuple[str, ...]
    sizes: tuple[str, ...]
    price: int
    hs_code: str


CATEGORIES = (
    Category("TOPS", ("CREW NECK TEE", "RIB TANK", "CAFÉ STRIPE SHIRT"), SIZES[:8], 9, "6109.10.0012"),
    Category("OUTERWEAR", ("QUILTED VEST", "RAIN SHELL", "SHERPA JACKET"), SIZES[1:8], 38, "6201.40.0000"),
    Category("DRESSES", ("WRAP DRESS", "LINEN MIDI"), SIZES[8:15], 24, "6204.43.0000"),
    Category("TODDLER", ("PULL ON PANT", "HOODED ZIP"), SIZES[15:18], 8, "6111.20.0000"),
    Category("LAYETTE", ("FOOTED ROMPER", "BODYSUIT 3PK"), SIZES[18:21], 7, "6111.20.5000"),
    Category("DENIM", ("STRAIGHT JEAN", "CARPENTER JEAN"), SIZES[21:26], 19, "6203.42.4011"),
    Category("INTIMATES", ("BALCONETTE", "LOUNGE SET"), SIZES[26:28], 11, "6212.10.0000"),
    Category("ACCESSORIES", ("KNIT BEANIE", "CANVAS TOTE"), SIZES[28:], 5, "6505.00.0000"),
)
