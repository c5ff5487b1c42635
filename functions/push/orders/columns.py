"""The columns of the boards that orders go to, by title, and the type that each must have."""

from collections.abc import Mapping

KEY_COLUMN = "SOURCE UUID"
LINE_KEY_COLUMN = "SOURCE LINE"
SIZE, ORDERED, RECEIVED, SHIPPED = "SIZE", "ORDER QTY", "RECEIVED QTY", "SHIPPED QTY"

ITEM_COLUMNS: Mapping[str, str] = {
    KEY_COLUMN: "text",
    "CUSTOMER": "dropdown",
    "CUSTOMER SEASON": "dropdown",
    "AAG SEASON": "dropdown",
    "ORDER TYPE": "status",
    "AAG ORDER NUMBER": "text",
    "PO NUMBER": "text",
    "CUSTOMER ALT PO": "text",
    "STYLE": "text",
    "STYLE DESCRIPTION": "long_text",
    "COLOR": "text",
    "CATEGORY": "text",
    "DROP": "text",
    "RANGE / COLLECTION": "text",
    "PATTERN ID": "text",
    "ALIAS RELATED ITEM": "text",
    "UNIT OF MEASURE": "text",
    "TOTAL QTY": "numbers",
    "ORDER DATE PO RECEIVED": "date",
    "CUSTOMER REQ IN DC DATE": "date",
    "CUSTOMER EX FACTORY DATE": "date",
    "DELIVERY TERMS": "text",
    "PLANNED DELIVERY METHOD": "text",
    "DESTINATION": "text",
    "DESTINATION WAREHOUSE": "text",
    "CUSTOMER PRICE": "numbers",
    "EX WORKS (USD)": "numbers",
    "FINAL FOB (USD)": "numbers",
    "US TARIFF RATE": "numbers",
    "NOTES": "long_text",
    "FINAL PRICES Y/N": "text",
    "HS CODE": "text",
    "ACTIVE": "text",
}
LINE_COLUMNS: Mapping[str, str] = {
    LINE_KEY_COLUMN: "text",
    SIZE: "dropdown",
    ORDERED: "numbers",
    RECEIVED: "numbers",
    SHIPPED: "numbers",
}

FIXED_LABELS = ("CUSTOMER", "ORDER TYPE")
"""Columns whose labels people keep: a value that is none of them is a question, not a new label."""
MADE_LABELS = ("CUSTOMER SEASON", "AAG SEASON")
"""Columns of items whose labels are made when they are needed."""
