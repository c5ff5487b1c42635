"""The time that is told before anything was measured."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.uploads.estimate import LONGEST, SHORTEST, estimated_seconds

MIB = 1 << 20


@pytest.mark.parametrize(
    ("sizes", "seconds"),
    [
        ([], SHORTEST),
        ([1], SHORTEST),
        ([10 * MIB], 25),
        ([10 * MIB, 10 * MIB], 50),
        ([50 * MIB, 50 * MIB], 210),
        ([50 * MIB, 60 * MIB], 245),
        ([50 * MIB] * 10, LONGEST),
    ],
)
def test_bytes_files_and_what_is_above_a_hundred(sizes: list[int], seconds: float) -> None:
    assert estimated_seconds(sum(sizes), len(sizes)) == seconds


@given(st.lists(st.integers(0, 1 << 33), max_size=20), st.integers(0, 1 << 33))
def test_more_files_never_take_less(sizes: list[int], more: int) -> None:
    before = estimated_seconds(sum(sizes), len(sizes))
    assert SHORTEST <= before <= estimated_seconds(sum(sizes) + more, len(sizes) + 1) <= LONGEST
