"""Where in a stream of events somebody has read up to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Usage
from common.interface.events import Place


@given(st.integers(0, 10**8), st.integers(0, 10**8))
def test_a_place_is_read_as_it_was_written(block: int, place: int) -> None:
    assert Place.parse(str(Place(block, place))) == Place(block, place)


@pytest.mark.parametrize("nothing", [None, ""])
def test_nothing_is_the_start(nothing: str | None) -> None:
    assert Place.parse(nothing) == Place(0, 0)


@pytest.mark.parametrize("wrong", ["x", "1", "1:", ":1", "1:-1", "1:1:1", "٣:1", "9" * 30 + ":1"])
def test_anything_else_is_refused(wrong: str) -> None:
    with pytest.raises(Usage):
        Place.parse(wrong)
