"""The fingerprint of a record: what moves it and what does not."""

import random
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from common.canonical import HASH_VERSION, RecordHasher, canonical_bytes, record_hash

COLUMNS = ["part_number", "manufacturer", "price", "stock", "seen", "notes"]
RECORD = {
    "part_number": "BLF177",
    "manufacturer": "NXP",
    "price": Decimal("58.90"),
    "stock": 49,
    "seen": datetime(2026, 1, 31, 8, 0, tzinfo=UTC),
    "notes": None,
}
CELLS = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.text(some.characters(exclude_categories=["Cs"]))
    | some.decimals(allow_nan=False, allow_infinity=False)
    | some.dates()
)
RECORDS = some.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS))


def test_a_fingerprint_of_version_1_never_changes() -> None:
    """Stored snapshots are compared with it: if this fails, raise HASH_VERSION, keep the figure."""
    assert HASH_VERSION == 1
    assert record_hash(RECORD, COLUMNS) == "4d608ec185d64f43c93482eb1fc0b594cbcaac627d2b74dee789c8134c42e77a"
    assert (
        record_hash({"a": "é", "b": [1.5, True, date(2026, 1, 31)]}, ["a", "b"])
        == "0c6bc95e83c28523cc83ba7d5fff8df981020e3bdeb2aba78bc100356f57d88e"
    )


def test_a_new_source_column_changes_nothing() -> None:
    assert record_hash({**RECORD, "warehouse": "MAIN"}, COLUMNS) == record_hash(RECORD, COLUMNS)


def test_a_missing_column_is_one_with_none_and_not_with_the_empty_text() -> None:
    without = {column: value for column, value in RECORD.items() if column != "notes"}
    assert record_hash(without, COLUMNS) == record_hash(RECORD, COLUMNS)
    assert record_hash({**RECORD, "notes": ""}, COLUMNS) != record_hash(RECORD, COLUMNS)


def test_the_order_of_columns_and_keys_does_not_matter() -> None:
    keys = list(RECORD)
    random.Random(7).shuffle(keys)
    assert record_hash({key: RECORD[key] for key in keys}, keys) == record_hash(RECORD, COLUMNS)


def test_fingerprints_over_other_columns_are_never_equal() -> None:
    assert record_hash({"a": 1, "b": 1}, ["a"]) != record_hash({"a": 1, "b": 1}, ["b"])
    assert record_hash({"a": 1}, ["a", "b"]) != record_hash({"a": 1}, ["a"])


def test_values_do_not_flow_from_one_column_into_the_next() -> None:
    assert record_hash({"a": "x", "b": ""}, ["a", "b"]) != record_hash({"a": "", "b": "x"}, ["a", "b"])
    assert record_hash({"a": 'x","y', "b": "z"}, ["a", "b"]) != record_hash(
        {"a": "x", "b": 'y","z'}, ["a", "b"]
    )


@pytest.mark.parametrize("columns", [[], ["a", "a"]])
def test_an_empty_or_doubled_column_list_is_refused(columns: list[str]) -> None:
    with pytest.raises(ValueError, match="at least one column, and each only once"):
        record_hash({"a": 1}, columns)


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(ValueError, match="version 999 is unknown"):
        record_hash(RECORD, COLUMNS, version=999)


@pytest.mark.parametrize("value", [float("nan"), "\ud800"])
def test_what_has_no_canonical_form_has_no_fingerprint(value: object) -> None:
    with pytest.raises(ValueError, match="no canonical form"):
        record_hash({**RECORD, "notes": value}, COLUMNS)


@settings(deadline=None, max_examples=50)
@given(RECORDS, RECORDS)
def test_fingerprints_are_equal_exactly_when_every_column_is(
    one: dict[str, object], other: dict[str, object]
) -> None:
    equal = all(canonical_bytes(one[column]) == canonical_bytes(other[column]) for column in COLUMNS)
    assert (record_hash(one, COLUMNS) == record_hash(other, COLUMNS)) == equal


@settings(deadline=None, max_examples=50)
@given(RECORDS, some.sampled_from(COLUMNS), CELLS)
def test_a_change_in_one_column_shows(record: dict[str, object], column: str, value: object) -> None:
    changed = {**record, column: value}
    same = canonical_bytes(record[column]) == canonical_bytes(value)
    hasher = RecordHasher(COLUMNS)
    assert (hasher(record) == hasher(changed)) == same


def test_plain_rows_take_the_short_way_to_the_same_fingerprint() -> None:
    """A row of plain cells and the same row with its numbers as Decimal must agree."""
    plain = {"a": 1, "b": "Größe", "c": 2**63, "d": None, "e": True}
    decimal = {**plain, "a": Decimal("1.0"), "b": "Gro\u0308ße", "c": Decimal(2**63)}
    assert record_hash(plain, list(plain)) == record_hash(decimal, list(plain))
    assert record_hash({**plain, "c": 2**70}, list(plain)) == record_hash(
        {**decimal, "c": Decimal(2**70)}, list(plain)
    )
