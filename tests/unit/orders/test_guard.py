"""How much of a customer may change at once before a person has to look: more than 10 orders, and more than 10 per cent."""

import pytest

from functions.hash.orders.guard import is_mass_change


@pytest.mark.parametrize(
    ("held", "touched", "stops"),
    [
        (10, 10, False),  # all of them, but no more than ten
        (11, 11, True),
        (110, 11, False),  # exactly ten per cent
        (109, 11, True),
        (1000, 100, False),
        (1000, 101, True),
        (0, 0, False),
    ],
)
def test_both_limits_must_be_exceeded(held: int, touched: int, stops: bool) -> None:
    assert is_mass_change(held=held, touched=touched, most_rows=10, most_share=0.1) is stops
