"""What moves the fingerprint of a row, and what does not."""

import random
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as some

from common.canonical import record_hash
from functions.fetch.orders.columns import KINDS, SIZES, Kind
from functions.fetch.orders.layout import Layout
from functions.fetch.orders.record import flattened, normalise
from functions.fetch.orders.values import COMPARABLE
from functions.hash.orders.fingerprints import RowFingerprints
from tests.unit.orders.sample import LABELS, LAYOUT, ORDER, cells, record_of

COLUMNS = LAYOUT.hash_columns
FINGERPRINTS = RowFingerprints(LAYOUT, COLUMNS)
TEXTS = some.text(some.characters(exclude_categories=["Cs"]), max_size=12)
COUNTS = some.integers(0, 50).map(str) | some.sampled_from(["", "0.0", "7.00", "NULL"])
BUSINESS = [label for label in LABELS if label in KINDS]
SIZE_LABELS = list(LAYOUT.sizes)
CHANGES = some.dictionaries(some.sampled_from(BUSINESS), TEXTS) | some.dictionaries(
    some.sampled_from(SIZE_LABELS), COUNTS
)


def fingerprint(changes: dict[str, str] | None = None) -> str:
    return FINGERPRINTS(cells(changes))


def test_a_fingerprint_of_version_1_never_changes() -> None:
    """Snapshots are compared with it: if this fails, every order would look changed."""
    assert fingerprint() == "8eef172c058fbadd1437c681166159a1f62f91dc5cb9f7296602e6527c96c6fb"


@pytest.mark.parametrize(
    ("column", "spellings"),
    [
        ("S", ["12", "12.0", "12.00", " 12 "]),
        ("XL", ["0", "", "0.0", "NULL", "None"]),
        ("TOTAL QTY", ["66", "66.0", "66.00"]),
        ("CUSTOMER PRICE", ["14.5", "14.50", "$14.50", " $14.5 ", "US$14.500"]),
        ("US TARIFF RATE", ["TRUE", "0", "0.0", "0%"]),
        ("EX FACTORY DATE", ["2026-03-01", "3/1/2026", "03/01/2026", "2026-03-01T00:00:00"]),
        ("NOTES", ["", "  ", "NULL", "none", "NaN", "nan"]),
        ("CUSTOMER COLOUR DESCRIPTION", ["Grün", "Gru\u0308n", " Grün "]),
    ],
)
def test_the_way_a_value_is_written_does_not_count(column: str, spellings: list[str]) -> None:
    assert len({fingerprint({column: spelling}) for spelling in spellings}) == 1


def test_text_is_no_number() -> None:
    """A PO of 8148.0 is another one than 8148, and an HS code keeps its zeros."""
    assert fingerprint({"PO NUMBER": "8148"}) != fingerprint({"PO NUMBER": "8148.0"})


def test_metadata_does_not_count() -> None:
    assert fingerprint({"RECORD_UUID": "ffff"}) == fingerprint()


def test_a_separator_inside_a_value_is_part_of_it() -> None:
    one = {"CUSTOMER STYLE": "a|b", "CUSTOMER COLOUR DESCRIPTION": "c"}
    other = {"CUSTOMER STYLE": "a", "CUSTOMER COLOUR DESCRIPTION": "b|c"}
    assert fingerprint(one) != fingerprint(other)


def test_pieces_that_move_to_another_size_count() -> None:
    assert fingerprint({"S": "11", "XL": "1"}) != fingerprint()


def test_a_column_or_a_size_that_the_source_adds_changes_no_row_that_leaves_it_blank() -> None:
    labels = [*LABELS[:13], "5XL", *LABELS[13:], "PACKING FEE"]
    wider = RowFingerprints(Layout(labels), COLUMNS)
    assert wider(cells({"PACKING FEE": "3"}, labels)) == fingerprint()
    assert wider(cells({"5XL": "0"}, labels)) == fingerprint()
    assert wider(cells({"5XL": "3"}, labels)) != fingerprint()


def test_pieces_under_a_header_nobody_knows_count() -> None:
    labels = [*LABELS[:13], "7XL", *LABELS[13:]]
    wider = RowFingerprints(Layout(labels), COLUMNS)
    assert wider(cells(None, labels)) == fingerprint() != wider(cells({"7XL": "3"}, labels))


def test_a_column_that_the_source_lacks_is_told() -> None:
    lacking = RowFingerprints(Layout([label for label in LABELS if label != "NOTES"]), COLUMNS)
    assert lacking.missing_columns == ("NOTES",)
    assert lacking(cells(None, [label for label in LABELS if label != "NOTES"])) == fingerprint({"NOTES": ""})


def test_fingerprints_of_two_lists_of_columns_are_never_equal() -> None:
    shorter = [column for column in COLUMNS if column != "NOTES"]
    assert RowFingerprints(LAYOUT, shorter)(cells()) != fingerprint()


def test_a_version_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="Hash version 99 is unknown"):
        RowFingerprints(LAYOUT, COLUMNS, 99)


def test_a_value_that_cannot_be_read_counts_as_its_text() -> None:
    assert len({fingerprint({"S": text}) for text in ("12", "twelve", "-12", "12.5", "dozen")}) == 5


def test_many_rows_have_the_fingerprints_they_have_alone() -> None:
    rows = [cells({"NOTES": str(number), "S": str(number % 9)})[: 15 + number % 7] for number in range(1203)]
    assert FINGERPRINTS.of(rows) == [FINGERPRINTS(row) for row in rows]
    assert FINGERPRINTS.of([]) == []


@given(CHANGES)
def test_a_fingerprint_is_the_canonical_hash_of_the_record(changes: dict[str, str]) -> None:
    record = normalise(LAYOUT, cells(changes))
    if not isinstance(record, list):
        assert fingerprint(changes) == record_hash(flattened(record), COLUMNS)


@given(CHANGES, some.randoms(use_true_random=False))
def test_the_order_of_columns_does_not_count(changes: dict[str, str], chance: random.Random) -> None:
    labels, columns = list(LABELS), list(COLUMNS)
    chance.shuffle(labels)
    chance.shuffle(columns)
    assert RowFingerprints(Layout(labels), columns)(cells(changes, labels)) == fingerprint(changes)


@given(CHANGES, some.sampled_from(["NFC", "NFD"]))
def test_the_form_of_letters_does_not_count(changes: dict[str, str], form: str) -> None:
    composed = {column: unicodedata.normalize(form, text) for column, text in changes.items()}  # type: ignore[arg-type]
    assert fingerprint(composed) == fingerprint(changes)


@given(some.sampled_from(BUSINESS), TEXTS)
def test_a_real_change_of_any_column_shows(column: str, text: str) -> None:
    kind = LAYOUT.kind(column)
    same = COMPARABLE[kind](text) == COMPARABLE[kind](ORDER[column])
    assert (fingerprint({column: text}) == fingerprint()) == same


@given(some.sampled_from(SIZE_LABELS), COUNTS | TEXTS)
def test_a_real_change_of_any_size_shows(size: str, text: str) -> None:
    same = COMPARABLE[Kind.QUANTITY](text) == COMPARABLE[Kind.QUANTITY](ORDER[size])
    assert (fingerprint({size: text}) == fingerprint()) == same


@given(some.lists(some.text(some.characters()), max_size=len(LABELS) + 2))
def test_hashing_never_fails(row: list[str]) -> None:
    assert len(FINGERPRINTS(row)) == 64


def test_sizes_are_one_entry_of_the_canonical_record() -> None:
    assert flattened(record_of(cells()))[SIZES] == {"S": 12, "M": 30, "L": 24}
