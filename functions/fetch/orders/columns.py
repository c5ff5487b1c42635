"""The business columns of an orders table, what each holds, and what people call them."""

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from common.intake import Columns
from common.intake.columns import folded


class Kind(StrEnum):
    """What a column holds, and so how its text is read (`functions.fetch.orders.values`)."""

    TEXT = "text"
    MONEY = "money"
    RATE = "rate"
    WHOLE = "whole"
    DATE = "date"
    FLAG = "flag"
    QUANTITY = "quantity"
    """The pieces ordered in one size."""


ORDER_NUMBER = "AAG ORDER NUMBER"
CUSTOMER = "CUSTOMER NAME"
STYLE = "CUSTOMER STYLE"
COLOUR = "CUSTOMER COLOUR DESCRIPTION"
PO_NUMBER = "PO NUMBER"
DELIVERY_METHOD = "PLANNED DELIVERY METHOD"
UNIT_OF_MEASURE = "UNIT OF MEASURE"
TOTAL_QUANTITY = "TOTAL QTY"
SIZES = "[SIZES]"
"""Stands for all size columns at once in a list of columns to hash; no header is ever read as this name."""

KINDS: Mapping[str, Kind] = {
    ORDER_NUMBER: Kind.TEXT,
    CUSTOMER: Kind.TEXT,
    "ORDER DATE PO RECEIVED": Kind.DATE,
    PO_NUMBER: Kind.TEXT,
    "CUSTOMER ALT PO": Kind.TEXT,
    "AAG SEASON": Kind.TEXT,
    "CUSTOMER SEASON": Kind.TEXT,
    "DROP": Kind.TEXT,
    "RANGE / COLLECTION": Kind.TEXT,
    "CATEGORY": Kind.TEXT,
    "PATTERN ID": Kind.TEXT,
    "ALIAS/RELATED ITEM": Kind.TEXT,
    "ORIGINAL ALIAS": Kind.TEXT,
    STYLE: Kind.TEXT,
    "STYLE DESCRIPTION": Kind.TEXT,
    "CUSTOMER'S COLOUR CODE": Kind.TEXT,
    COLOUR: Kind.TEXT,
    "ACTIVE": Kind.TEXT,
    UNIT_OF_MEASURE: Kind.TEXT,
    "INFOR COLOUR CODE": Kind.TEXT,
    TOTAL_QUANTITY: Kind.WHOLE,
    "ORDER TYPE": Kind.TEXT,
    "DESTINATION": Kind.TEXT,
    "DESTINATION WAREHOUSE": Kind.TEXT,
    "ETA CUSTOMER WAREHOUSE DATE": Kind.DATE,
    "EX FACTORY DATE": Kind.DATE,
    "DELIVERY TERMS": Kind.TEXT,
    DELIVERY_METHOD: Kind.TEXT,
    "NOTES": Kind.TEXT,
    "CUSTOMER PRICE": Kind.MONEY,
    "EX WORKS (USD)": Kind.MONEY,
    "FINAL FOB (USD)": Kind.MONEY,
    "HS CODE": Kind.TEXT,
    "US DUTY RATE": Kind.RATE,
    "US TARIFF RATE": Kind.RATE,
    "DDP US": Kind.MONEY,
    "DDP UK": Kind.MONEY,
    "DDP CAN": Kind.MONEY,
    "SMS PRICE USD": Kind.MONEY,
    "FINAL PRICES Y/N": Kind.FLAG,
}
"""Column → what it holds, in the order of the source.

Fingerprints rest on the kinds: where one is changed, each order whose text it reads differently looks changed once.
"""

REQUIRED = (ORDER_NUMBER, CUSTOMER, STYLE)
"""Without these no row can be told from another, or belongs to nobody."""

ORDER_COLUMNS = Columns(
    names=tuple(KINDS),
    synonyms={
        COLOUR: ("customer color description",),
        "CUSTOMER'S COLOUR CODE": ("customer's color code",),
        "INFOR COLOUR CODE": ("infor color code",),
        "DDP US": ("ddp us (usd)",),
        "DDP UK": ("ddp uk (usd)",),
        "DDP CAN": ("ddp can (usd)",),
    },
    required=REQUIRED,
)

METADATA = frozenset(
    {"RECORD_UUID", "SNAPSHOT_DATE", "CUSTOMER_FILTER", "ROW_HASH", "SOURCE_ROW", "LOAD_PROBLEM"}
)
"""What a store writes beside an order: never part of it, and never of its fingerprint."""

_METADATA_FOLDED = frozenset(map(folded, METADATA))
_BEGINNINGS = {folded(name): name for name in ("ORIGINAL ALIAS", "CUSTOMER'S COLOUR CODE")}
"""Columns whose headers go on differently from file to file ("ORIGINAL ALIAS/RELATED ITEM")."""
_WORDS = re.compile(r"[^\W_]+")


def column_of(header: str) -> str | None:
    """The business column that a header means, or None. Only letters and digits count, in any case."""
    if known := ORDER_COLUMNS.rank(header):
        return known[1]
    written = folded(header)
    return next((name for start, name in _BEGINNINGS.items() if written.startswith(start)), None)


def is_metadata(header: str) -> bool:
    """Whether a header is one of `METADATA`, however it is spelled."""
    return folded(header) in _METADATA_FOLDED


def heading(header: str) -> str:
    """The name of a column nobody declared: upper case, one blank for all that is no letter or digit.

    So a header and its spelling in BigQuery are one: "Packing fee (USD)" and "PACKING_FEE__USD_".
    """
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", header).upper()))
