"""The digest of a set agrees with comparing row by row."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as some

from functions.hash.orders.fingerprints import RowFingerprints
from functions.hash.orders.identity import RowIdentities
from functions.hash.orders.sets import NO_ROWS, SetDigest, set_digest
from tests.unit.orders.sample import LAYOUT, cells

FINGERPRINTS = RowFingerprints(LAYOUT, LAYOUT.hash_columns)
IDENTITIES = RowIdentities(LAYOUT, "acme", "NORTHWIND")
HEX = some.binary(min_size=32, max_size=32).map(bytes.hex)
ORDERS = some.dictionaries(some.integers(1, 6), some.integers(0, 3), max_size=6)
"""Order number → pieces of size S."""


def rows(orders: dict[int, int]) -> list[list[str]]:
    return [
        cells({"AAG ORDER NUMBER": f"JOO-{number}", "S": str(pieces)}) for number, pieces in orders.items()
    ]


@given(some.lists(HEX), some.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_count(fingerprints: list[str], chance: random.Random) -> None:
    mixed = list(fingerprints)
    chance.shuffle(mixed)
    assert set_digest(mixed) == set_digest(fingerprints)


def test_equal_rows_count_as_often_as_they_occur() -> None:
    """A set would take two identical rows for one."""
    one = FINGERPRINTS(cells())
    assert set_digest([one, one]) != set_digest([one])
    assert set_digest([one, one]).rows == 2


@given(some.lists(HEX), some.lists(HEX))
def test_digests_of_parts_add_up(one: list[str], other: list[str]) -> None:
    assert set_digest(one) + set_digest(other) == set_digest([*one, *other])
    assert set_digest(one) + NO_ROWS == set_digest(one)


@given(some.lists(HEX))
def test_a_digest_is_kept_as_text(fingerprints: list[str]) -> None:
    digest = set_digest(fingerprints)
    assert SetDigest.parse(str(digest)) == digest


def test_a_text_that_is_no_digest_is_refused() -> None:
    with pytest.raises(ValueError, match="not enough values"):
        SetDigest.parse("97222")


@given(ORDERS, ORDERS)
def test_the_gate_says_unchanged_exactly_when_no_row_is_new_changed_or_gone(
    before: dict[int, int], after: dict[int, int]
) -> None:
    held, seen = (
        dict(zip(IDENTITIES.of(rows(orders)), FINGERPRINTS.of(rows(orders)), strict=True))
        for orders in (before, after)
    )
    by_record = held == seen
    by_set = set_digest(list(held.values())) == set_digest(list(seen.values()))
    assert by_record == by_set == (before == after)
