"""An order book for measuring: any number of rows, 40 columns, as such books are, and the same for the same number.

Prices repeat, dates lie in a year, a tenth of the cells is blank, texts have accents, and a row in a thousand is repeated
in another delivery method. No two rows have one natural key.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

SIZES = ("XS", "S", "M", "L", "XL", "2XL")
HEADERS = (
    *("AAG ORDER NUMBER", "CUSTOMER NAME", "ORDER DATE PO RECEIVED", "PO NUMBER", "CUSTOMER ALT PO"),
    *("AAG SEASON", "CUSTOMER SEASON", "DROP", "RANGE / COLLECTION", "CATEGORY", "PATTERN ID"),
    *("ALIAS/RELATED ITEM", "CUSTOMER STYLE", "STYLE DESCRIPTION", "CUSTOMER'S COLOUR CODE"),
    *("CUSTOMER COLOUR DESCRIPTION", "ACTIVE", "INFOR COLOUR CODE", "UNIT OF MEASURE", *SIZES, "TOTAL QTY"),
    *("ORDER TYPE", "DESTINATION", "DESTINATION WAREHOUSE", "ETA CUSTOMER WAREHOUSE DATE", "EX FACTORY DATE"),
    *("DELIVERY TERMS", "PLANNED DELIVERY METHOD", "NOTES", "CUSTOMER PRICE", "EX WORKS (USD)"),
    *("FINAL FOB (USD)", "HS CODE", "US TARIFF RATE", "FINAL PRICES Y/N"),
)
KEY_HEADERS = (
    "AAG ORDER NUMBER",
    "CUSTOMER NAME",
    "CUSTOMER STYLE",
    "CUSTOMER COLOUR DESCRIPTION",
    "PLANNED DELIVERY METHOD",
    "PO NUMBER",
)
"""What tells rows apart; each customer spells its name in one way only, so that others need no customer book."""
CUSTOMERS = {
    "NORTHWIND CLOTHIERS": 38,
    "HARBOR & PINE": 22,
    "ALDER (AU)": 14,
    "TRAIL CO": 10,
    "FINCH BROTHERS": 8,
    "O'KEEFE": 5,
    "SEVEN OAKS": 3,
}
"""Name → its share of the rows, in hundredths."""

ROWS = 97_222
"""Of an order book as a maker of apparel has it."""

Row = list[str]

CUSTOMER_PLACE = HEADERS.index("CUSTOMER NAME")
UNDER_REVIEW = "SEVEN OAKS"
"""The customer whose orders wait for a person: they are not staged."""

_KEY_PLACES = tuple(map(HEADERS.index, KEY_HEADERS))
_FIRST_DAY = date(2026, 1, 5)
_SEASONS = (("2026 SPRING", "SPRING SUMMER 2026"),) * 3 + (("2026 FALL", "FALL WINTER 2026"),) * 2
_COLOURS = ("WHITE", "BLACK", "NAVY", "CRÈME", "ROSÉ", "OLIVE", "STONE", "RUST / ÉCRU", "HEATHER GREY")
_KINDS = ("CREW NECK TEE", "RIB TANK", "CAFÉ STRIPE SHIRT", "QUILTED VEST", "RAIN SHELL", "LINEN MIDI")
_NOTES = ("", "", "", "", "", "", "HOLD FOR LAB DIP", "TOP SAMPLE, THEN BULK", 'LABEL "B" ONLY')


class Changes(NamedTuple):
    """A later state of an order book."""

    rows: list[Row]
    counts: dict[str, int]
    """new, changed and deleted rows."""


def natural_key(row: Sequence[str]) -> str:
    """What a row is told from all others by, as one text."""
    return "|".join(row[place] for place in _KEY_PLACES)


def order_book(count: int, seed: int = 3) -> list[Row]:
    """So many rows, in the order of their numbers."""
    draw = random.Random(seed)
    names, shares = list(CUSTOMERS), list(CUSTOMERS.values())
    rows: list[Row] = []
    while len(rows) < count:
        row = _row(draw, f"JOO-{len(rows):07}", draw.choices(names, shares)[0])
        rows.append(row)
        if draw.random() < 0.001 and len(rows) < count:
            rows.append(_changed(row, "PLANNED DELIVERY METHOD", "COURIER"))
    return rows


def later(rows: Sequence[Row], share: float, seed: int = 4) -> Changes:
    """The book later on: `share` of its rows new, changed or gone, in the proportion 1 : 8 : 1."""
    draw = random.Random(seed)
    total = round(len(rows) * share)
    new = deleted = total // 10
    changed = total - new - deleted
    places = draw.sample(range(len(rows)), changed + deleted)
    gone, edited = set(places[:deleted]), set(places[deleted:])
    found = [
        _edited(draw, row) if place in edited else row for place, row in enumerate(rows) if place not in gone
    ]
    found += [_row(draw, f"NEW-{number:07}", "NORTHWIND CLOTHIERS") for number in range(new)]
    return Changes(found, {"new": new, "changed": changed, "deleted": deleted})


def _edited(draw: random.Random, row: Row) -> Row:
    """One cell of an order changed, the way people do: a date moved, a price, a note."""
    change: Callable[[], Row] = draw.choice(
        [
            lambda: _changed(row, "EX FACTORY DATE", "2027-02-01"),
            lambda: _changed(row, "CUSTOMER PRICE", f"${draw.randrange(9000, 9900) / 100:.2f}"),
            lambda: _changed(row, "NOTES", f"SHIP BY WEEK {draw.randrange(1, 53)}"),
        ]
    )
    return change()


def _changed(row: Row, header: str, cell: str) -> Row:
    place = HEADERS.index(header)
    return [*row[:place], cell, *row[place + 1 :]]


def _row(draw: random.Random, number: str, customer: str) -> Row:
    season, customer_season = draw.choice(_SEASONS)
    colour = draw.randrange(len(_COLOURS))
    received = _FIRST_DAY + timedelta(days=draw.randrange(120))
    ready = received + timedelta(days=60 + draw.randrange(90))
    pieces = [6 * draw.randrange(15) for _ in SIZES]
    price = (900 + 25 * draw.randrange(160)) / 100
    style = draw.randrange(4000)
    return [
        *(number, customer, received.isoformat(), f"{8000 + draw.randrange(1900)}-{draw.randrange(3):02}"),
        *(draw.choice(("", "", "NULL", f"ALT-{draw.randrange(9000)}")), season, customer_season),
        *(draw.choice(("DROP 1", "DROP 2", "DROP 3", "")), draw.choice(("CORE", "COAST", "TRAIL", ""))),
        *("TOPS", f"P{style:04}", "", f"{customer[:2]}{100100 + style}", _KINDS[style % len(_KINDS)]),
        *(f"{100 + colour}", _COLOURS[colour], "YES", f"{_COLOURS[colour][:3]}{100 + colour}", "PCE"),
        *(str(each) if each else draw.choice(("", "0")) for each in pieces),
        *(f"{sum(pieces):,}", "CANCELLED" if draw.random() < 0.06 else "ACTIVE"),
        *(draw.choice(("US", "US", "UK", "CAN", "AU")), draw.choice(("DC 1", "DC 2", "", "NONE"))),
        *((ready + timedelta(days=35)).isoformat(), ready.isoformat(), draw.choice(("FOB", "FOB", "DDP"))),
        *(draw.choice(("SEA", "SEA", "AIR")), draw.choice(_NOTES), f"${price:.2f}", f"{price / 2:.3f}"),
        *(f"{price / 2 + 1:.2f}", "6109.10.0012", draw.choice(("", "0.15", "15%"))),
        draw.choice(("Y", "N", "")),
    ]
