"""Rows of the sample order book, each drawn from its order's number: plausible, invented, dirty as such books are."""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

from infra.local.samples.invented import choose, draw
from infra.local.samples.order_book import (
    CATEGORIES,
    COLOURS,
    COLUMNS,
    CUSTOMERS,
    SEASONS,
    SIZES,
    Category,
    Customer,
)

Row = dict[str, str]
"""Header -> cell."""

_FIRST_DAY = date(2026, 1, 5)
_MOST_ROWS = 6  # of one order
_ONE_SIZE_IN = 3  # is ordered: each is a call's worth to monday.com, and its minute takes five hundred
_FIRST_NUMBERS = {customer.name: 1001 + 1000 * place for place, customer in enumerate(CUSTOMERS)}


def orders(customer: Customer, rows: int, prefix: str = "JOO-") -> list[Row]:
    """So many rows of a customer, order by order; a prefix gives order numbers of its own."""
    found: list[Row] = []
    number = _FIRST_NUMBERS[customer.name]
    while len(found) < rows:
        found += _order(customer, f"{prefix}{number:05}")
        number += 1
    return found[:rows]


def sample_order() -> Row:
    """The one order that the documentation follows from the source to the board."""
    row = _blank() | {
        "AAG ORDER NUMBER": "JOO-00505",
        "CUSTOMER NAME": "NORTHWIND CLOTHIERS",
        "ORDER DATE PO RECEIVED": "2026-01-12",
        "PO NUMBER": "8148-00",
        "AAG SEASON": "2026 SPRING",
        "CUSTOMER SEASON": "SPRING SUMMER 2026",
        "CATEGORY": "TOPS",
        "CUSTOMER STYLE": "JWHD100120",
        "STYLE DESCRIPTION": "CREW NECK TEE",
        "CUSTOMER'S COLOUR CODE": "001",
        "CUSTOMER COLOUR DESCRIPTION": "WHITE",
        "ACTIVE": "YES",
        "UNIT OF MEASURE": "PCE",
        "INFOR COLOUR CODE": "WHT001",
    }
    row |= {"S": "12", "M": "30", "L": "24", "XL": "0", "2XL": "", "TOTAL QTY": "66", "ORDER TYPE": "ACTIVE"}
    row |= {"EX FACTORY DATE": "2026-03-01", "DELIVERY TERMS": "FOB", "PLANNED DELIVERY METHOD": "SEA"}
    return row | {
        "CUSTOMER PRICE": "$14.50",
        "US TARIFF RATE": "TRUE",
        "FINAL PRICES Y/N": "Y",
        "NOTES": "* sample",
    }


def malformed(customer: Customer) -> list[Row]:
    """The rows of a customer that are wrong on purpose; their notes begin with a star."""
    if customer.name == "MERIDIAN SUPPLY":
        return [_wrong(customer, 0, "a date that is none", {"EX FACTORY DATE": "when ready"})]
    if customer.name != "SEVEN OAKS":
        return []
    return [
        _wrong(customer, 0, "no order number", {"AAG ORDER NUMBER": ""}),
        _wrong(customer, 1, "a quantity that is text", {"M": "a dozen"}),
        _wrong(customer, 2, "a total that is not the sum", {"TOTAL QTY": "9999"}),
        _wrong(customer, 3, "a total that is not the sum", {"TOTAL QTY": "1"}),
        _wrong(customer, 4, "a date that is none", {"EX FACTORY DATE": "2026-02-30"}),
    ]


def total(row: Row) -> int:
    """The pieces of all sizes."""
    return sum(int(row[size].replace(",", "") or 0) for size in SIZES)


def _wrong(customer: Customer, place: int, what: str, cells: Row) -> Row:
    return _row(customer, f"JOO-{90_000 + 10 * _FIRST_NUMBERS[customer.name] // 1000 + place}", 0) | {
        "NOTES": f"* {what}",
        **cells,
    }


def _order(customer: Customer, number: str) -> Iterator[Row]:
    rows = 1 + draw(number, "rows", _MOST_ROWS)
    for place in range(rows):
        row = _row(customer, number, place)
        yield row
        if draw(f"{number} {place}", "split", 14) == 0:  # the same garment by two ways: two orders
            yield row | {
                "PLANNED DELIVERY METHOD": "AIR" if row["PLANNED DELIVERY METHOD"] == "SEA" else "SEA"
            }


def _row(customer: Customer, number: str, place: int) -> Row:
    key = f"{number} {place}"
    category = choose(f"{number} {place // 3}", "category", CATEGORIES)
    colour, code = COLOURS[(draw(number, "colour", len(COLOURS)) + place) % len(COLOURS)]
    aag_season, season = choose(number, "season", SEASONS)
    style = f"{customer.prefix}{100_100 + draw(f'{number} {place // 3}', 'style', 80) * 10 + place // 3}"
    received = _FIRST_DAY + timedelta(days=draw(number, "received", 60))
    ready = received + timedelta(days=60 + draw(number, "ready", 90))
    row = _blank() | {
        "AAG ORDER NUMBER": number,
        "CUSTOMER NAME": choose(number, "spelling", customer.spellings),
        "ORDER DATE PO RECEIVED": received.isoformat(),
        "PO NUMBER": f"{8000 + draw(number, 'po', 1900)}-{draw(number, 'part', 3):02}",
        "CUSTOMER ALT PO": choose(number, "alt", ("", "", "NULL", f"ALT-{draw(number, 'alt po', 9000)}")),
        "AAG SEASON": aag_season,
        "CUSTOMER SEASON": season,
        "DROP": choose(number, "drop", ("DROP 1", "DROP 2", "DROP 3", "")),
        "RANGE / COLLECTION": choose(number, "range", ("CORE", "COAST", "TRAIL", "")),
        "PATTERN ID": f"P{draw(style, 'pattern', 9000):04}",
        "CUSTOMER STYLE": style,
        "CUSTOMER'S COLOUR CODE": code,
        "CUSTOMER COLOUR DESCRIPTION": colour,
        "ACTIVE": "YES",
        "UNIT OF MEASURE": "PCE",
        "INFOR COLOUR CODE": f"{colour[:3]}{code}",
        "ORDER TYPE": choose(key, "type", ("ACTIVE",) * 15 + ("CANCELLED",)),
        "DESTINATION": choose(number, "destination", ("US", "US", "UK", "CAN", "AU")),
        "DESTINATION WAREHOUSE": choose(number, "warehouse", ("DC 1", "DC 2", "", "NONE")),
        "ETA CUSTOMER WAREHOUSE DATE": (ready + timedelta(days=35)).isoformat(),
        "EX FACTORY DATE": ready.isoformat(),
        "DELIVERY TERMS": choose(number, "terms", ("FOB", "FOB", "DDP", "EXW")),
        "PLANNED DELIVERY METHOD": choose(number, "delivery", ("SEA", "SEA", "AIR")),
        "NOTES": choose(
            key, "notes", ("",) * 6 + ("HOLD FOR LAB DIP", "TOP SAMPLE, THEN BULK", 'LABEL "B" ONLY')
        ),
        "US TARIFF RATE": choose(number, "tariff", ("", "0.15", "15%", "TRUE")),
        "FINAL PRICES Y/N": choose(number, "final", ("Y", "N", "")),
    }
    return row | _garment(key, category) | _prices(key, category)


def _garment(key: str, category: Category) -> Row:
    """What it is, and how many of each size: a few sizes of its kind, most in dozens, now and then a bulk order."""
    bulk = draw(key, "bulk", 25) == 0
    ordered = {
        size: (
            50 * (1 + draw(key, f"bulk {size}", 30)) if bulk else 6 * (1 + draw(key, f"pieces {size}", 14))
        )
        if draw(key, f"is ordered {size}", _ONE_SIZE_IN) == 0
        else 0
        for size in category.sizes
    }
    if not any(ordered.values()):
        ordered[choose(key, "the only size", category.sizes)] = 12
    cells = {
        size: _number(key, pieces) if pieces else choose(key, f"no {size}", ("", "0"))
        for size, pieces in ordered.items()
    }
    return {
        "CATEGORY": category.name,
        "STYLE DESCRIPTION": choose(key[:-2], "what", category.descriptions),
        "HS CODE": category.hs_code,
        **cells,
        "TOTAL QTY": _number(key, sum(ordered.values())),
    }


def _number(key: str, pieces: int) -> str:
    return f"{pieces:,}" if draw(key, "commas", 2) else str(pieces)


def _prices(key: str, category: Category) -> Row:
    price = Decimal(category.price) + Decimal(draw(key, "price", 80)) / 4
    works = price * Decimal("0.5")
    sign = choose(key, "sign", ("$", "$", ""))
    return {
        "CUSTOMER PRICE": f"{sign}{price:.2f}",
        "EX WORKS (USD)": choose(key, "works", (f"{works:.2f}", f"{works:.3f}", "")),
        "FINAL FOB (USD)": choose(key, "fob", (f"{sign}{works + 1:.2f}", "NAN", "")),
    }


def _blank() -> Row:
    return dict.fromkeys(COLUMNS, "")
