"""What happens in the sample order book from one load to the next: how much, and what a change looks like."""

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from infra.local.samples.order_book import SIZES
from infra.local.samples.order_rows import Row, total


@dataclass(frozen=True)
class Counts:
    """Orders of one customer that a load brings, changes, takes away and brings back."""

    new: int = 0
    changed: int = 0
    deleted: int = 0
    reappeared: int = 0


@dataclass(frozen=True)
class Move:
    """What happens to one customer. reformatted: rows that are written in another way and mean the same."""

    counts: Counts
    reformatted: int = 0


MOVES: dict[int, dict[str, Move]] = {
    2: {
        "NORTHWIND": Move(Counts(new=26, changed=45, deleted=8), reformatted=24),
        "HARBOR & PINE": Move(Counts(new=12, changed=18, deleted=4), reformatted=12),
        "ALDER (AU)": Move(Counts(new=8, changed=10, deleted=3), reformatted=6),
        "ALDER (NZ)": Move(Counts(new=4, changed=5, deleted=2), reformatted=6),
        "TRAIL CO": Move(Counts(new=5, changed=6, deleted=1), reformatted=6),
        "FINCH BROTHERS": Move(Counts(new=3, changed=4, deleted=1), reformatted=6),
        "O'KEEFE": Move(Counts(new=2, changed=2, deleted=1)),
    },
    3: {
        "NORTHWIND": Move(Counts(new=6, changed=12, deleted=3, reappeared=4), reformatted=6),
        "HARBOR & PINE": Move(Counts(new=4, changed=6, deleted=2, reappeared=2)),
        "ALDER (AU)": Move(Counts(new=2, changed=3, deleted=1, reappeared=1)),
        "ALDER (NZ)": Move(Counts(new=2, changed=2)),
        "TRAIL CO": Move(Counts(new=1, changed=30)),
        "FINCH BROTHERS": Move(Counts(changed=1, reappeared=1)),
    },
}
"""Load -> customer -> what happens before it. In the third, over a tenth of TRAIL CO changes at once: the guard stops it."""


def changed(row: Row, number: int) -> Row:
    """The row with something else in it that is not part of its key."""
    kinds = (_more_pieces, _dearer, _later, _noted, _cancelled)
    return kinds[number % len(kinds)](row)


def reformatted(row: Row, number: int) -> Row:
    """The row written in another way: each cell means what it meant."""
    kinds = (_with_decimals, _decomposed, _padded, _american_dates, _null_words, _bare_prices)
    return kinds[number % len(kinds)](row)


def returned(row: Row, number: int) -> Row:
    """The row as it comes back: every other one with more pieces than it had."""
    return _more_pieces(row) if number % 2 else row


def _more_pieces(row: Row) -> Row:
    size = next(size for size in SIZES if row[size] not in ("", "0"))
    more = row | {size: str(int(row[size].replace(",", "")) + 12)}
    return more | {"TOTAL QTY": str(total(more))}


def _dearer(row: Row) -> Row:
    return row | {"CUSTOMER PRICE": f"${Decimal(row['CUSTOMER PRICE'].lstrip('$')) + Decimal('0.75'):.2f}"}


def _later(row: Row) -> Row:
    later = date.fromisoformat(row["EX FACTORY DATE"]) + timedelta(days=14)
    return row | {"EX FACTORY DATE": later.isoformat()}


def _noted(row: Row) -> Row:
    return row | {"NOTES": f"{row['NOTES']} / PRIORITY".removeprefix(" / ")}


def _cancelled(row: Row) -> Row:
    if row["ORDER TYPE"] == "CANCELLED":
        return _noted(row)
    return row | {"ORDER TYPE": "CANCELLED"}


def _with_decimals(row: Row) -> Row:
    sizes = {size: f"{row[size]}.0" for size in SIZES if row[size] not in ("", "0")}
    return row | sizes | {"TOTAL QTY": f"{row['TOTAL QTY']}.0"}


def _decomposed(row: Row) -> Row:
    """Accents as marks of their own (NFD), where there are any; else spaces around."""
    names = ("CUSTOMER COLOUR DESCRIPTION", "STYLE DESCRIPTION", "INFOR COLOUR CODE")
    written = row | {name: unicodedata.normalize("NFD", row[name]) for name in names}
    return written if written != row else _padded(row)


def _padded(row: Row) -> Row:
    return row | {name: f"  {row[name]} " for name in ("STYLE DESCRIPTION", "DESTINATION", "CATEGORY")}


def _american_dates(row: Row) -> Row:
    names = ("ORDER DATE PO RECEIVED", "EX FACTORY DATE")
    days = {name: date.fromisoformat(row[name]) for name in names}
    return row | {name: f"{day.month}/{day.day}/{day.year}" for name, day in days.items()}


def _null_words(row: Row) -> Row:
    """NULL for nothing, in words that spreadsheets and databases have for it."""
    names = ("CUSTOMER ALT PO", "ALIAS/RELATED ITEM", "DESTINATION WAREHOUSE")
    blank = [name for name in names if row[name] in ("", "NULL", "NONE")]
    return row | {name: "" if row[name] else "NULL" for name in blank}


def _bare_prices(row: Row) -> Row:
    """$14.50 as 14.5, and 14.5 as $14.50."""
    price = row["CUSTOMER PRICE"]
    bare = price.lstrip("$")
    return row | {"CUSTOMER PRICE": f"{Decimal(bare).normalize():f}" if price.startswith("$") else f"${bare}"}
