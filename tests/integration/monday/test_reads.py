"""Reading through real sockets: pages, cursors, many keys."""

import pytest

from common.errors import Retry
from functions.push.monday import lookup
from functions.push.monday.client import Monday
from tests.integration.monday.boards import ITEMS
from tests.integration.monday.conftest import StandIn, Start
from tests.integration.monday.writing import create


def fill(client: Monday, count: int, key: str = "") -> list[str]:
    """So many items, all with the same key or each with its own; their ids."""
    made: list[str] = []
    for first in range(0, count, 20):
        names = [key or f"u-{number}" for number in range(first, min(first + 20, count))]
        made += create(client, names, f"fill-{first}")
    return made


def test_a_hundred_keys_a_call(stand_in: StandIn) -> None:
    client = stand_in.client()
    made = fill(client, 120)
    before = stand_in.total("queries")
    found = client.find(ITEMS, "text_key", [f"u-{number}" for number in range(120)])
    assert [here[0].id for here in found.values()] == made
    assert stand_in.total("queries") == before + 2


@pytest.mark.parametrize("shape", ["new", "old"])
def test_paging_starts_again_when_its_cursor_expires(stand_in: StandIn, shape: str) -> None:
    client = stand_in.client()
    made = fill(client, lookup.PAGE + 20, key="doubled")
    stand_in.plant("monday.query", "expired_cursor", match={"field": "next_items_page"}, shape=shape)
    found = client.find(ITEMS, "text_key", ["doubled"])["doubled"]
    assert [item.id for item in found] == made
    assert stand_in.struck() == [1]


def test_a_cursor_that_always_expires_is_given_up(stand_in: StandIn) -> None:
    client = stand_in.client()
    fill(client, lookup.PAGE + 20, key="doubled")
    stand_in.plant("monday.query", "expired_cursor", times=99, match={"field": "next_items_page"})
    with pytest.raises(Retry, match="expired"):
        client.find(ITEMS, "text_key", ["doubled"])


def test_more_than_a_hundred_items_are_read_and_none_is_lost(stand_in: StandIn) -> None:
    client = stand_in.client()
    made = fill(client, 120)
    assert set(client.items([*made, "1"], ["text_key"], [])) == set(made)


def test_what_was_just_written_is_found_only_when_the_search_has_caught_up(start: Start) -> None:
    stand_in = start(search_lag=30)
    client = stand_in.client()
    (item_id,) = create(client, ["u-1"])
    assert client.find(ITEMS, "text_key", ["u-1"]) == {"u-1": []}
    stand_in.advance(31)
    assert [item.id for item in client.find(ITEMS, "text_key", ["u-1"])["u-1"]] == [item_id]
