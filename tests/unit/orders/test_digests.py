"""Two rows with one digest are the same order and say the same; what does not count is not looked at."""

import hashlib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from common.customers.book import CustomerBook
from common.customers.checking import check
from functions.fetch.orders.layout import Layout
from functions.hash.orders.digests import DIGEST_BYTES, READING, RowDigests
from functions.hash.orders.rows import OrderRows, ReadRow

LABELS = ("AAG ORDER NUMBER", "CUSTOMER NAME", "CUSTOMER STYLE", "S", "TOTAL QTY", "NOTES", "source_row")
COLUMNS = Layout(LABELS).hash_columns
CELLS = ("JOO-1", "NORTHWIND", "JW1", "12", "12", "soon", "7")
NOBODY = CustomerBook()


def digest(*cells: str | None, labels: tuple[str, ...] = LABELS, **more: Any) -> bytes:
    """Of one row."""
    given = {"book": NOBODY, "columns": COLUMNS, **more}
    (made,) = RowDigests(labels, **given).of([cells])
    return made


def other(**cells: str) -> tuple[str, ...]:
    """The row with other cells."""
    return tuple(cells.get(label.replace(" ", "_"), cell) for label, cell in zip(LABELS, CELLS, strict=True))


def book(text: str) -> CustomerBook:
    """A customer book."""
    checked = check(text)
    assert checked.book is not None
    return checked.book


def test_the_same_cells_have_the_same_digest_wherever_the_row_stands() -> None:
    assert digest(*CELLS) == digest(*other(source_row="9000"))
    assert len(digest(*CELLS)) == DIGEST_BYTES


def test_any_other_cell_makes_another_digest() -> None:
    made = {digest(*other(**{label.replace(" ", "_"): "x"})) for label in LABELS[:-1]}
    assert len(made | {digest(*CELLS)}) == len(LABELS)


def test_cells_that_run_together_are_told_apart() -> None:
    assert digest(*other(S="1", TOTAL_QTY="23")) != digest(*other(S="12", TOTAL_QTY="3"))


def test_what_could_be_taken_for_two_cells_has_no_digest() -> None:
    assert digest(*other(NOTES="a\x1fb")) == b""


def test_a_short_row_a_long_one_and_a_null_have_no_digest() -> None:
    assert digest(*CELLS[:3]) == b""
    assert digest(*CELLS, "more") == b""
    assert digest(*CELLS[:5], None, "7") == b""


def test_a_separator_never_stands_for_a_cell_that_is_missing() -> None:
    assert digest(*CELLS[:5], "soon\x1f7") == b""
    assert digest(*other(source_row="a\x1fb")) == digest(*CELLS)


def test_whatever_else_decides_on_the_meaning_makes_another_digest() -> None:
    aliases = book("customers:\n  - canonical: NORTHWIND\n    status: approved\n    aliases: [NW]\n")
    assert digest(*CELLS, book=aliases) != digest(*CELLS)
    assert digest(*CELLS, columns=COLUMNS[1:]) != digest(*CELLS)
    assert digest(*CELLS, labels=(*LABELS[:5], "REMARKS", "source_row")) != digest(*CELLS)


def test_what_a_store_writes_beside_an_order_counts_only_where_a_customer_says_so() -> None:
    labels = (*LABELS, "SNAPSHOT_DATE")
    assert digest(*CELLS, "Monday", labels=labels) == digest(*CELLS, "Tuesday", labels=labels)
    mapped = book(
        "customers:\n  - canonical: NORTHWIND\n    status: approved\n    column_mapping: {SNAPSHOT_DATE: EX FACTORY DATE}\n"
    )
    assert digest(*CELLS, "1", labels=labels, book=mapped) != digest(*CELLS, "2", labels=labels, book=mapped)


def test_a_row_that_could_not_be_read_when_it_was_loaded_is_never_one_that_could() -> None:
    labels = (*LABELS, "load_problem")
    assert digest(*CELLS, "", labels=labels) != digest(*CELLS, "bad_quoting", labels=labels)


TEXTS = st.sampled_from(
    ["", " ", "0", "1", "1.0", "JOO-1", "joo-1", "NORTHWIND", "é", "e\u0301", "\x1f", "NULL"]
)


@given(st.lists(st.tuples(*[TEXTS] * len(LABELS)), min_size=2, max_size=40))
def test_rows_of_one_digest_are_told_apart_alike(rows: list[tuple[str, ...]]) -> None:
    reader = OrderRows(LABELS, NOBODY, "default", COLUMNS)
    meanings: dict[bytes, tuple[str, str, str]] = {}
    for row in reader.read(reader.raw_rows(rows, 0)):
        if row.digest:
            assert meanings.setdefault(row.digest, said(row)) == said(row)


def said(row: ReadRow) -> tuple[str, str, str]:
    """All that a row is known by."""
    return row.customer, row.key, row.hash


def test_reading_is_raised_when_cells_come_to_mean_something_else() -> None:
    """Else rows that are recognised keep what they meant before: raise READING, and pin the new meanings here."""
    labels = (
        *LABELS[:4],
        "XXL",
        "TOTAL QTY",
        "NOTES",
        "CUSTOMER PRICE",
        "EX FACTORY DATE",
        "ORDER TYPE",
        "PO NUMBER",
    )
    cells = (
        ("JOO-1", "NORTHWIND", "JW1", "1,250", "", "1250", " a  b ", "$14.50", "2/7/2026", "Active", "81 48"),
        ("joo-1", "northwind ", "JW1", "12.0", "0", "12", "NULL", "14,5", "2026-07-02", "CANCELLED", ""),
        ("JOO-2", "", "JW 1", "x", "1", "n/a", "e\u0301", "free", "soon", "", "-"),
    )
    reader = OrderRows(labels, NOBODY, "default", Layout(labels).hash_columns)
    meanings = [said(row) for row in reader.read(reader.raw_rows(cells, 0))]
    assert (READING, hashlib.sha256(repr(meanings).encode()).hexdigest()[:16]) == (1, "bc901af7e857a03e")
