"""Write the sample order book: three states of it, and one file with a customer's own headers.

    python -m infra.local.samples.make_orders

The same input always gives the same text; a test compares it with the committed files. README.md says what happens from
one load to the next.
"""

import csv
import gzip
import io
import json
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from infra.local.samples.invented import draw
from infra.local.samples.order_book import (
    AFTER_SIZES,
    BEFORE_SIZES,
    COLUMNS,
    CUSTOMERS,
    NEW_COLUMN,
    SIZES,
    Customer,
)
from infra.local.samples.order_changes import MOVES, Counts, Move, changed, reformatted, returned
from infra.local.samples.order_rows import Row, malformed, orders, sample_order

_HERE = Path(__file__).parent
FILES = tuple(_HERE / f"orders_{number}.csv.gz" for number in (1, 2, 3))
FOREIGN, FOREIGN_MAPPING = _HERE / "orders_foreign.csv", _HERE / "orders_mapping.json"

_FOREIGN_HEADERS = {
    "AAG ORDER NUMBER": "Sales Order",
    "CUSTOMER NAME": "Account",
    "ORDER DATE PO RECEIVED": "Received",
    "PO NUMBER": "Cust. PO",
    "CUSTOMER SEASON": "Season",
    "CUSTOMER STYLE": "Style No.",
    "STYLE DESCRIPTION": "Style Name",
    "CUSTOMER COLOUR DESCRIPTION": "Colour",
    "UNIT OF MEASURE": "UoM",
    "TOTAL QTY": "Total Units",
    "ORDER TYPE": "Status",
    "EX FACTORY DATE": "Ex-Fty",
    "PLANNED DELIVERY METHOD": "Ship Via",
    "CUSTOMER PRICE": "Unit Price",
}


def books() -> tuple[list[Row], list[Row], list[Row]]:
    """The rows of the three loads."""
    first = _first()
    second = _next(first, 2, first)
    third = _next(second, 3, first)
    return (
        first,
        second,
        [{**row, NEW_COLUMN: "SEEN" if draw(_key(row), "seen", 9) == 0 else ""} for row in third],
    )


def texts() -> tuple[str, str, str]:
    """The content of the three files, unpacked."""
    first, second, third = books()
    return _csv(COLUMNS, first), _csv(COLUMNS, second), _csv((*COLUMNS, NEW_COLUMN), third)


def foreign() -> str:
    """Two hundred orders with headers of the customer's own, divided by semicolons; one has a quantity that is none."""
    ordered = orders(CUSTOMERS[1], 200, "SO-7")
    ordered[7] |= {"M": "a few"}
    headers = [_FOREIGN_HEADERS[name] for name in BEFORE_SIZES if name in _FOREIGN_HEADERS]
    headers += [
        *SIZES,
        *(_FOREIGN_HEADERS[name] for name in AFTER_SIZES if name in _FOREIGN_HEADERS),
    ]
    theirs = _FOREIGN_HEADERS | {size: size for size in SIZES}
    rows = [
        {**{header: row[ours] for ours, header in theirs.items()}, "Internal Id": str(place)}
        for place, row in enumerate(ordered, start=1)
    ]
    return _csv([*headers, "Internal Id"], rows, delimiter=";")


def foreign_mapping() -> str:
    """The column mapping of that file."""
    mapping: dict[str, str | None] = {header: ours for ours, header in _FOREIGN_HEADERS.items()}
    return json.dumps({**mapping, "Internal Id": None}, indent=2) + "\n"


def expected(load: int) -> Mapping[str, Counts]:
    """What load 2 or 3 has changed since the one before, by customer."""
    return {name: move.counts for name, move in MOVES[load].items()}


def _first() -> list[Row]:
    rows: list[Row] = []
    for customer in CUSTOMERS:
        made = [sample_order()] if customer is CUSTOMERS[0] else []
        bad = malformed(customer)
        made += orders(customer, customer.rows - customer.twins - len(made) - len(bad))
        made += bad
        for place in range(customer.twins):
            at = 10 + 7 * place
            made.insert(at, dict(made[at]))
        rows += made
    return rows


def _next(before: Sequence[Row], load: int, first: Sequence[Row]) -> list[Row]:
    """The book after what happens before a load; what is new stands at its end. first: the first load's rows."""
    result: dict[int, Row] = dict(enumerate(before))
    gone = _missing(first, before)
    movable = _movable(before, load, first)
    added: list[Row] = []
    for customer in CUSTOMERS:
        move = MOVES[load].get(customer.name, Move(Counts()))
        places = iter([place for place in movable if _is_of(before[place], customer)])
        for _ in range(move.counts.deleted):
            del result[next(places)]
        for number in range(move.counts.changed):
            place = next(places)
            result[place] = changed(result[place], number + load)
        for number in range(move.reformatted):
            place = next(places)
            result[place] = reformatted(result[place], number)
        back = [row for row in gone if _is_of(row, customer)][: move.counts.reappeared]
        added += [returned(row, number) for number, row in enumerate(back)]
        added += orders(customer, move.counts.new, f"JOO-{load + 1}")
    return [*result.values(), *added]


def _movable(rows: Sequence[Row], load: int, first: Sequence[Row]) -> list[int]:
    """The places of good rows that stand in the book once and as at first, in an order that looks like none."""
    times, untouched = Counter(map(_key, rows)), {tuple(row.values()) for row in first}
    good = [
        place
        for place, row in enumerate(rows)
        if times[_key(row)] == 1 and not row["NOTES"].startswith("*") and tuple(row.values()) in untouched
    ]
    return sorted(good, key=lambda place: draw(_key(rows[place]), f"moves {load}", 1 << 40))


def _is_of(row: Row, customer: Customer) -> bool:
    return row["CUSTOMER NAME"] in customer.spellings


def _missing(before: Sequence[Row], after: Sequence[Row]) -> list[Row]:
    there = set(map(_key, after))
    return [row for row in before if _key(row) not in there]


def _key(row: Row) -> str:
    """What tells an order from the others."""
    names = (
        "AAG ORDER NUMBER",
        "CUSTOMER STYLE",
        "CUSTOMER COLOUR DESCRIPTION",
        "PLANNED DELIVERY METHOD",
        "PO NUMBER",
    )
    return unicodedata.normalize("NFC", "|".join(row[name].strip() for name in names))


def _csv(headers: Sequence[str], rows: Iterable[Row], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, headers, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    """Write every file."""
    for path, text in zip(FILES, texts(), strict=True):
        path.write_bytes(gzip.compress(text.encode(), mtime=0))
    FOREIGN.write_text(foreign(), encoding="utf-8")
    FOREIGN_MAPPING.write_text(foreign_mapping(), encoding="utf-8")


if __name__ == "__main__":
    main()
