"""When it is not clear what was done: repeats under one key, broken answers, concurrent writes."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import requests

from common.errors import Refuse, Retry, Unavailable
from common.http.exchange import NoAnswer
from functions.push.monday.documents import document
from functions.push.monday.failures import InProgress
from infra.local.ports import free_port
from tests.integration.emulator_process import until
from tests.integration.monday.boards import ITEMS
from tests.integration.monday.conftest import StandIn
from tests.integration.monday.writing import create, ids, new_item

KEYS = [f"u-{number}" for number in range(20)]


def twenty(stand_in: StandIn) -> bytes:
    board = stand_in.client().board(ITEMS)
    return document([new_item(board, key) for key in KEYS])


def test_the_same_request_under_the_same_key_is_answered_again_not_done_again(stand_in: StandIn) -> None:
    client, body = stand_in.client(), twenty(stand_in)
    first, second = client.perform(body, "key-1"), client.perform(body, "key-1")
    assert (first.is_replayed, second.is_replayed) == (False, True)
    assert ids(first) == ids(second)
    assert stand_in.keys(ITEMS, "SOURCE UUID") == dict.fromkeys(KEYS, 1)


def test_another_request_under_the_same_key_is_refused(stand_in: StandIn) -> None:
    client = stand_in.client()
    create(client, ["u-1"], "key-1")
    with pytest.raises(Refuse):
        create(client, ["u-2"], "key-1")


@pytest.mark.parametrize("kind", ["created_but_500", "drop", "malformed", "null_data"])
def test_created_without_a_good_answer_and_repeated_each_item_exists_once(
    stand_in: StandIn, kind: str
) -> None:
    client, body = stand_in.client(), twenty(stand_in)
    stand_in.plant("monday.mutation", kind)
    with pytest.raises(Unavailable):
        client.perform(body, "key-1")
    assert stand_in.struck() == [1]
    again = client.perform(body, "key-1")
    assert again.is_replayed
    assert stand_in.keys(ITEMS, "SOURCE UUID") == dict.fromkeys(KEYS, 1)
    found = client.find(ITEMS, "text_key", KEYS)
    assert [here[0].id for here in found.values()] == ids(again)


def test_later_than_half_an_hour_only_the_look_up_tells(stand_in: StandIn) -> None:
    client, body = stand_in.client(), twenty(stand_in)
    stand_in.plant("monday.mutation", "created_but_500")
    with pytest.raises(Unavailable):
        client.perform(body, "key-1")
    stand_in.advance(31 * 60)
    found = client.find(ITEMS, "text_key", [*KEYS, "never sent"])
    assert found.pop("never sent") == []
    assert all(len(here) == 1 for here in found.values())


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_an_outage_leaves_the_outcome_open(stand_in: StandIn, status: int) -> None:
    stand_in.plant("monday.mutation", "status", status=status)
    with pytest.raises(Unavailable):
        stand_in.client().perform(twenty(stand_in), "key-1")


def test_a_service_that_is_not_there_was_sent_nothing(stand_in: StandIn) -> None:
    body = twenty(stand_in)
    stand_in.url = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(NoAnswer) as raised:
        stand_in.client().perform(body, "key-1")
    assert not raised.value.perhaps_done


def test_a_second_write_on_a_busy_board_is_put_off(stand_in: StandIn) -> None:
    first, second = _bodies(stand_in, 2)
    with _busy(stand_in, first), pytest.raises(Retry) as raised:
        _alone(stand_in, second, "key-2")
    assert raised.value.reason == "monday_locked"
    assert raised.value.after == 1
    assert ids(stand_in.client().perform(second, "key-2"))


def test_a_repeat_while_the_first_is_under_way_waits(stand_in: StandIn) -> None:
    (body,) = _bodies(stand_in, 1)
    with _busy(stand_in, body), pytest.raises(InProgress) as raised:
        _alone(stand_in, body, "key-1")
    assert raised.value.after == 1
    again = stand_in.client().perform(body, "key-1")
    assert again.is_replayed
    assert stand_in.keys(ITEMS, "SOURCE UUID") == {"u-0": 1}


def _bodies(stand_in: StandIn, count: int) -> list[bytes]:
    board = stand_in.client().board(ITEMS)
    return [document([new_item(board, key)]) for key in KEYS[:count]]


def _alone(stand_in: StandIn, body: bytes, key: str) -> None:
    """A write over a connection of its own."""
    with requests.Session() as session:
        stand_in.client(session=session).perform(body, key)


@contextmanager
def _busy(stand_in: StandIn, body: bytes) -> Iterator[None]:
    """While this lasts, the write `body` (under key-1) is under way."""
    stand_in.plant("monday.mutation", "hold", seconds=1)
    thread = threading.Thread(target=_alone, args=(stand_in, body, "key-1"))
    thread.start()

    def is_under_way() -> bool:
        return stand_in.struck() == [1]

    try:
        until(is_under_way)
        yield
    finally:
        thread.join(10)


def test_one_lane_of_writes_meets_no_lock(stand_in: StandIn) -> None:
    """Sent one after the other, as the push step does, even by different threads."""
    lane = threading.Lock()

    def write(body: bytes, key: str) -> None:
        with lane:
            _alone(stand_in, body, key)

    bodies = _bodies(stand_in, 8)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, bodies, KEYS))
    assert stand_in.keys(ITEMS, "SOURCE UUID") == dict.fromkeys(KEYS[:8], 1)
    assert stand_in.total("locked") == 0
