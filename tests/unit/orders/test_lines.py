"""The lines of an order, and what differs between two sets of them."""

from hypothesis import given
from hypothesis import strategies as some

from functions.stage.orders.lines import in_order, keyed, line_differences, line_key
from tests.unit.orders.sample import cells, record_of

ORDER_ID = "0d9a1c52-6f0e-5a40-9c4e-8f27a7a8b1f3"
LINES = some.dictionaries(some.sampled_from(["S", "M", "L", "2XL", "30/30", "7XL"]), some.integers(1, 5))


def test_the_sample_has_three_lines() -> None:
    """XL with 0 pieces and the blank 2XL make none."""
    assert list(keyed(ORDER_ID, record_of(cells())["sizes"])) == [
        (f"{ORDER_ID}/S", "S", 12), (f"{ORDER_ID}/M", "M", 30), (f"{ORDER_ID}/L", "L", 24),
    ]  # fmt: skip


def test_a_size_with_a_slash_keeps_it_in_its_key() -> None:
    key = line_key(ORDER_ID, "30/30")
    assert key.partition("/") == (ORDER_ID, "/", "30/30")


def test_lines_come_in_the_order_of_sizes_whatever_a_store_made_of_it() -> None:
    assert list(in_order({"2XL": 1, "L": 1, "M": 1, "S": 1, "XL": 1})) == ["S", "M", "L", "XL", "2XL"]


def test_what_is_added_changed_and_gone_is_told_apart() -> None:
    found = line_differences({"S": 12, "M": 30, "L": 24}, {"M": 31, "L": 24, "XL": 6})
    assert (found.added, found.changed, found.gone) == ({"XL": 6}, {"M": 31}, {"S": 12})


@given(LINES, LINES)
def test_differences_applied_to_what_is_held_give_what_is_wanted(
    held: dict[str, int], wanted: dict[str, int]
) -> None:
    found = line_differences(held, wanted)
    kept = {size: pieces for size, pieces in held.items() if size not in found.gone}
    assert {**kept, **found.changed, **found.added} == wanted
    assert bool(found) == (held != wanted)
    assert not set(found.added) & set(held)
