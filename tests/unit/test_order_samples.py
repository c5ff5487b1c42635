"""The sample order book is what its script writes, and holds every edge it promises."""

import csv
import gzip
import io
import json
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import yaml

from infra.local.samples import make_orders
from infra.local.samples.order_book import COLUMNS, CUSTOMERS, NEW_COLUMN, SIZES
from infra.local.samples.order_changes import MOVES, Counts
from infra.local.samples.order_rows import Row

HERE = Path(make_orders.__file__).parent
KEY = (
    "AAG ORDER NUMBER",
    "CUSTOMER STYLE",
    "CUSTOMER COLOUR DESCRIPTION",
    "PLANNED DELIVERY METHOD",
    "PO NUMBER",
)
Books = tuple[list[Row], list[Row], list[Row]]


@pytest.fixture(scope="module")
def books() -> Books:
    first, second, third = (_read(gzip.decompress(path.read_bytes()).decode()) for path in make_orders.FILES)
    return first, second, third


def _read(text: str, delimiter: str = ",") -> list[Row]:
    return list(csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter))


def _key(row: Row) -> tuple[str, ...]:
    return tuple(unicodedata.normalize("NFC", row[name].strip()) for name in KEY)


def _customer(row: Row) -> str:
    return next(customer.name for customer in CUSTOMERS if row["CUSTOMER NAME"] in customer.spellings)


def _is_good(row: Row) -> bool:
    return not row["NOTES"].startswith("*") or row["AAG ORDER NUMBER"] == "JOO-00505"


def test_the_files_are_what_their_script_writes() -> None:
    for path, text in zip(make_orders.FILES, make_orders.texts(), strict=True):
        assert gzip.decompress(path.read_bytes()).decode() == text
    assert make_orders.FOREIGN.read_text("utf-8") == make_orders.foreign()
    assert make_orders.FOREIGN_MAPPING.read_text("utf-8") == make_orders.foreign_mapping()


def test_the_readme_counts_right(books: Books) -> None:
    readme = (HERE / "README.md").read_text()
    assert "in three states: {:,}, {:,} and {:,} rows".format(*map(len, books)) in readme
    assert f"{len(COLUMNS)} columns and in the third {len(COLUMNS) + 1}" in readme
    for load in (2, 3):
        moves = MOVES[load].values()
        sums = [
            sum(getattr(move.counts, name) for move in moves)
            for name in ("new", "changed", "deleted", "reappeared")
        ]
        told = [str(number) if number else "" for number in sums] + [
            str(sum(move.reformatted for move in moves))
        ]
        assert " ".join(f"| {load} | {' | '.join(told)} |".split()) in " ".join(readme.split())


def test_columns_are_as_promised(books: Books) -> None:
    assert len(SIZES) == 30
    assert [tuple(book[0]) for book in books] == [COLUMNS, COLUMNS, (*COLUMNS, NEW_COLUMN)]
    first, last = COLUMNS.index("UNIT OF MEASURE"), COLUMNS.index("TOTAL QTY")
    assert COLUMNS[first + 1 : last] == ("INFOR COLOUR CODE", *SIZES)


def test_every_customer_has_its_rows_and_uses_all_its_names(books: Books) -> None:
    assert Counter(map(_customer, books[0])) == {customer.name: customer.rows for customer in CUSTOMERS}
    spelled = {row["CUSTOMER NAME"] for row in books[0]}
    assert spelled == {name for customer in CUSTOMERS for name in customer.spellings}


def test_the_sample_order_is_the_first(books: Books) -> None:
    row = books[0][0]
    assert [row[name] for name in ("AAG ORDER NUMBER", "CUSTOMER NAME", "PO NUMBER", "CUSTOMER STYLE")] == [
        "JOO-00505",
        "NORTHWIND CLOTHIERS",
        "8148-00",
        "JWHD100120",
    ]
    assert [row[name] for name in ("S", "M", "L", "XL", "2XL", "TOTAL QTY")] == [
        "12",
        "30",
        "24",
        "0",
        "",
        "66",
    ]
    assert (row["CUSTOMER PRICE"], row["US TARIFF RATE"]) == ("$14.50", "TRUE")


def test_an_order_number_is_not_unique_but_the_key_is(books: Books) -> None:
    for book in books:
        good = list(filter(_is_good, book))
        assert max(Counter(row["AAG ORDER NUMBER"] for row in good).values()) > 5
        twins = {key: count for key, count in Counter(map(_key, good)).items() if count > 1}
        assert list(twins.values()) == [2] * sum(customer.twins for customer in CUSTOMERS)
        assert len({tuple(row.values()) for row in good if _key(row) in twins}) == len(twins)


def test_totals_are_the_sums_of_the_sizes_but_in_bad_rows(books: Books) -> None:
    for row in filter(_is_good, books[2]):
        pieces = [float(row[size].replace(",", "") or 0) for size in SIZES]
        assert float(row["TOTAL QTY"].replace(",", "")) == sum(pieces) > 0


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("US TARIFF RATE", "TRUE"),
        ("US TARIFF RATE", "15%"),
        ("CUSTOMER ALT PO", "NULL"),
        ("DESTINATION WAREHOUSE", "NONE"),
        ("FINAL FOB (USD)", "NAN"),
        ("CUSTOMER SEASON", ""),
        ("ORDER TYPE", "CANCELLED"),
        ("S", "1,250"),
    ],
)
def test_dirty_and_odd_cells_occur(books: Books, column: str, value: str) -> None:
    assert any(row[column] == value for row in books[0])


def test_six_rows_are_for_the_quarantine_and_stay(books: Books) -> None:
    for book in books:
        bad = [row for row in book if not _is_good(row)]
        assert Counter(map(_customer, bad)) == {"SEVEN OAKS": 5, "MERIDIAN SUPPLY": 1}


@pytest.mark.parametrize("load", [2, 3])
def test_what_is_new_gone_and_back_is_as_declared(books: Books, load: int) -> None:
    known = {_key(row): _customer(row) for book in books[: load - 1] for row in book}
    before = {_key(row): _customer(row) for row in books[load - 2]}
    after = {_key(row): _customer(row) for row in books[load - 1]}
    new = Counter(after[key] for key in after.keys() - known.keys())
    back = Counter(after[key] for key in after.keys() & (known.keys() - before.keys()))
    gone = Counter(before[key] for key in before.keys() - after.keys())
    for customer in CUSTOMERS:
        declared = make_orders.expected(load).get(customer.name, Counts())
        found = (new[customer.name], gone[customer.name], back[customer.name])
        assert found == (declared.new, declared.deleted, declared.reappeared), customer.name


@pytest.mark.parametrize("load", [2, 3])
def test_only_trail_co_in_the_last_load_comes_to_the_guard(books: Books, load: int) -> None:
    sizes = Counter(map(_customer, books[load - 2]))
    stopped = [
        name
        for name, counts in make_orders.expected(load).items()
        if max(counts.changed, counts.deleted) > 10 and counts.changed + counts.deleted > 0.1 * sizes[name]
    ]
    assert stopped == (["TRAIL CO"] if load == 3 else [])


def test_rows_that_are_only_written_differently_are_among_the_others(books: Books) -> None:
    text = gzip.decompress(make_orders.FILES[1].read_bytes()).decode()
    assert not unicodedata.is_normalized("NFC", text)
    assert any(row["TOTAL QTY"].endswith(".0") for row in books[1])
    assert any("/2026" in row["EX FACTORY DATE"] for row in books[1])
    assert any(row["STYLE DESCRIPTION"].startswith("  ") for row in books[1])


def test_the_customer_book_knows_every_name_but_one() -> None:
    book = yaml.safe_load((HERE / "customers.yaml").read_text())
    names: dict[str, str] = {}
    for entry in book["customers"]:
        fields = (
            entry.get(name, [])
            for name in ("canonical", "packed_products", "shipped", "master_order_list", "aliases")
        )
        for field in fields:
            for name in [field] if isinstance(field, str) else field:
                assert names.setdefault(name.upper(), entry["canonical"]) == entry["canonical"]
    for customer in CUSTOMERS:
        known = {names.get(name.strip().upper().replace("\u2019", "'")) for name in customer.spellings}
        assert known == {None if customer.name == "MERIDIAN SUPPLY" else customer.name}
    assert [entry["canonical"] for entry in book["customers"] if entry["status"] == "review"] == [
        "SEVEN OAKS"
    ]
    assert [rule["board"] for rule in book["boards"]] == ["2001001", "2001002"]


def test_the_foreign_file_is_mapped_onto_our_columns() -> None:
    rows = _read(make_orders.FOREIGN.read_text("utf-8"), delimiter=";")
    mapping = json.loads(make_orders.FOREIGN_MAPPING.read_text())
    assert len(rows) == 200
    assert {ours for ours in mapping.values() if ours} <= set(COLUMNS)
    assert set(rows[0]) == {*mapping, *SIZES}
    assert mapping["Internal Id"] is None


def test_the_samples_of_orders_are_small() -> None:
    files = (*make_orders.FILES, make_orders.FOREIGN, make_orders.FOREIGN_MAPPING, HERE / "customers.yaml")
    assert sum(path.stat().st_size for path in files) < 500_000
