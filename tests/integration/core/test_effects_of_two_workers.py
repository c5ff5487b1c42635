"""Several workers at the same members at the same moment: one send, one request under way, and no deadlock that shows."""

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

import pytest

from common.database.engine import call
from common.effects import Confirmed, OpenSend, PlannedAgain, Refused, Result, Unknown
from common.errors import Conflict
from tests.integration.core.books import Books, racing
from tests.integration.core.ledger import SETTLE, Ledger, leased_chunk, write

_T = TypeVar("_T")


@pytest.fixture
def ledger(books: Books) -> Ledger:
    """An empty ledger."""
    return Ledger(books)


def test_racing_workers_freeze_one_send(ledger: Ledger) -> None:
    orders = [random.Random(n).sample(range(20), 20) for n in range(6)]
    sends = racing(6, lambda n: ledger.freeze(*[write(change) for change in orders[n]]))
    assert len({send.id for send in sends}) == 1
    assert [member.change_id for member in sends[0].members] in orders
    assert all(send == sends[0] for send in sends)


def test_racing_workers_freeze_one_send_also_of_what_was_refused(ledger: Ledger) -> None:
    for change in range(10):
        first = ledger.send(write(change), write(change + 100))
        ledger.effects.settle(
            first, attempt=1, results={member.id: Refused("no") for member in first.members}
        )
        freeze = partial(ledger.freeze, write(change), write(change + 100))
        sends = racing(4, lambda _, freeze=freeze: freeze())  # type: ignore[misc]
        assert {send.id for send in sends} == {sends[0].id}
        assert sends[0].id != first.id


def test_overlapping_sends_are_frozen_one_or_the_other(ledger: Ledger) -> None:
    def freeze(number: int) -> OpenSend | None:
        try:
            return ledger.freeze(write(0), write(number + 1))
        except Conflict:
            return None

    frozen = [send for send in racing(6, freeze) if send]
    assert len(frozen) == 1
    assert ledger.books.one("select count(*) from effects") == 2


def test_racing_workers_go_through_a_whole_life_together(ledger: Ledger) -> None:
    def live(number: int) -> bool:
        send = ledger.freeze(*[write(change) for change in range(20)])
        marked = ledger.mark(send)
        results: dict[int, Result] = {
            member.id: Confirmed(f"remote-{member.change_id}") for member in send.members
        }
        ledger.effects.settle(send, attempt=1, results=results)
        return marked

    assert any(racing(6, live))
    assert ledger.books.run("select state, count(*) from effects group by 1") == [("confirmed", 20)]
    assert ledger.books.one("select count(*) from remote_objects where deleted_at is null") == 20
    assert ledger.alarms() == []


def test_of_two_sends_that_share_a_key_one_goes_out(ledger: Ledger) -> None:
    keys = [f"order-{number}" for number in range(10)]
    sends = [
        ledger.freeze(*[write(100 * which + n, key) for n, key in enumerate(order)])
        for which, order in enumerate((keys, keys[::-1]))
    ]
    assert sorted(racing(2, lambda n: ledger.mark(sends[n]))) == [False, True]
    assert ledger.books.run("select state, count(*) from effects group by 1 order by 1") == [
        ("planned", 10),
        ("sent", 10),
    ]


def _while_waiting(
    ledger: Ledger, function: str, arguments: tuple[object, ...], other: Callable[[], _T]
) -> _T:
    """What `other` answers when it comes between a function of the ledger and its commit: it has to wait for that."""
    waiting = "select count(*) from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()"
    with ThreadPoolExecutor(1) as thread:
        with ledger.books.database.transaction() as connection:
            assert call(connection, function, *arguments)
            answer = thread.submit(other)
            until = time.monotonic() + 20
            while not ledger.books.one(waiting):
                assert not answer.done(), "it did not wait"
                assert time.monotonic() < until
        return answer.result(timeout=20)


def test_a_cancel_that_comes_upon_a_request_lets_it_go_out(ledger: Ledger) -> None:
    send = ledger.freeze(write(1), write(2))
    marking = {"send": send.id, "attempt": 1, "settle_seconds": SETTLE}
    drop = partial(ledger.effects.drop_planned, "default", [1])
    assert _while_waiting(ledger, "shelfline_mark_sent_v1", (marking,), drop) == set()
    assert ledger.states([1, 2]) == ["sent", "sent"]


def test_a_request_that_comes_upon_a_cancel_does_not_go_out(ledger: Ledger) -> None:
    send = ledger.freeze(write(1), write(2))
    mark = partial(ledger.mark, send)
    assert _while_waiting(ledger, "shelfline_drop_planned_v1", ("default", [1]), mark) is False
    assert ledger.states([1, 2]) == ["dropped", "planned"]


def test_a_chunk_is_not_taken_over_between_the_look_at_its_lease_and_the_commit(ledger: Ledger) -> None:
    send = ledger.freeze(write(1))
    held = leased_chunk(ledger.books)
    marking = {
        "send": send.id,
        "attempt": 1,
        "settle_seconds": SETTLE,
        "chunk": held.chunk_id,
        "token": held.token,
    }
    take_over = partial(ledger.books.run, "update chunks set token = gen_random_uuid()")
    _while_waiting(ledger, "shelfline_mark_sent_v1", (marking,), take_over)
    assert not ledger.effects.mark_sent(send, attempt=2, settle_seconds=SETTLE, claim=held)


def test_look_ups_and_late_answers_at_the_same_moment_end_in_the_fact(ledger: Ledger) -> None:
    for change in range(1, 11):
        send = ledger.send(write(change), write(change + 100))
        ids = [member.id for member in send.members]
        ledger.later()
        ledger.not_found(*ids)
        ledger.later()

        def tell(number: int, send: OpenSend = send, ids: list[int] = ids) -> None:
            results: dict[int, Result] = {effect: Confirmed(f"remote-{effect}") for effect in ids}
            late: dict[int, Result] = {ids[0]: Unknown(), ids[1]: PlannedAgain()}
            if number == 0:
                ledger.effects.settle(send, attempt=1, results=results)
            elif number == 1:
                ledger.effects.looked_up(found={}, not_found=ids[::-1], settle_seconds=SETTLE)
            else:
                ledger.effects.settle(send, attempt=1, results=late)

        racing(3, tell)
        assert ledger.states([change, change + 100]) == ["confirmed", "confirmed"]
    assert ledger.alarms() == []


def test_two_second_look_ups_at_the_same_moment_count_as_one(ledger: Ledger) -> None:
    effect = ledger.send(write(1)).members[0].id
    ledger.later()
    assert racing(4, lambda _: ledger.not_found(effect)) == [["unknown"]] * 4
    ledger.later()
    assert racing(4, lambda _: ledger.not_found(effect)) == [["planned"]] * 4
    assert ledger.of(1).lost == 1
