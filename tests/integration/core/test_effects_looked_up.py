"""Look-ups: found is proof, not found is proof only twice, and what leaves no trace twice over is for a person."""

from datetime import timedelta

import pytest

from common.effects import NOT_FOUND_AGAIN, Unknown
from tests.integration.core.books import Books
from tests.integration.core.ledger import SETTLE, TARGET, Ledger, confirm, write


@pytest.fixture
def ledger(books: Books) -> Ledger:
    """An empty ledger."""
    return Ledger(books)


def test_nothing_is_looked_up_while_the_request_may_still_land(ledger: Ledger) -> None:
    send = ledger.send(write(1))
    assert ledger.due(1) == []
    assert ledger.not_found(send.members[0].id) == ["sent"]  # too early to say anything
    assert ledger.of(1).not_found_at is None
    ledger.later()
    assert ledger.due(1) == [1]


def test_a_crashed_write_whose_chunk_is_gone_is_still_due(ledger: Ledger) -> None:
    ledger.send(write(1))
    ledger.books.run("delete from chunks")
    ledger.later()
    assert ledger.due(1) == [1]
    assert [send.state for send in ledger.open_sends(1)] == ["sent"]


def test_found_is_proof_at_any_time(ledger: Ledger) -> None:
    send = ledger.send(write(1))
    assert ledger.found(send.members[0].id, "remote-1") == "confirmed"
    assert (ledger.send_state(send), ledger.remote_id("order-1")) == ("confirmed", "remote-1")


def test_not_found_once_is_no_proof(ledger: Ledger) -> None:
    effect = ledger.send(write(1)).members[0].id
    ledger.later()
    assert ledger.not_found(effect) == ["unknown"]
    assert ledger.due(1) == []
    assert ledger.not_found(effect) == ["unknown"]  # at once again: the same look-up twice
    ledger.later(SETTLE / 2 - 1)
    assert ledger.not_found(effect) == ["unknown"]
    assert ledger.found(effect, "remote-1") == "confirmed"


def test_not_found_twice_plans_it_again(ledger: Ledger) -> None:
    first = ledger.send(write(1), write(2))
    effect = first.members[0].id
    ledger.later()
    ledger.not_found(effect)
    ledger.later(SETTLE / 2)
    assert ledger.not_found(effect) == ["planned"]
    assert (ledger.of(1).lost, ledger.of(1).send_id) == (1, None)
    assert ledger.send_state(first) == "sent"  # the other member is still unknown
    again = ledger.freeze(write(1))
    assert ledger.mark(again)
    confirm(ledger, again, "remote-1")
    assert ledger.remote_id("order-1") == "remote-1"


def test_what_is_lost_a_second_time_is_refused_for_a_person_to_look(ledger: Ledger) -> None:
    for end in ("planned", "refused"):
        effect = ledger.send(write(1)).members[0].id
        ledger.later()
        ledger.not_found(effect)
        ledger.later()
        assert ledger.not_found(effect) == [end]
    assert ledger.of(1).error == NOT_FOUND_AGAIN
    assert ledger.open_sends(1) == []


def test_a_repeat_in_between_starts_the_look_ups_over(ledger: Ledger) -> None:
    send = ledger.send(write(1))
    ledger.later()
    ledger.not_found(send.members[0].id)
    ledger.mark(send, attempt=2)
    assert ledger.of(1).not_found_at is None
    ledger.later()
    assert ledger.not_found(send.members[0].id) == ["unknown"]


def test_an_answer_of_nobodys_knowledge_does_not_put_off_the_look_up(ledger: Ledger) -> None:
    send = ledger.send(write(1))
    deadline = ledger.of(1).deadline
    ledger.effects.settle(send, attempt=1, results={send.members[0].id: Unknown("time-out")})
    assert ledger.of(1).deadline == deadline


def test_the_next_look_up_is_told_in_business_time(ledger: Ledger) -> None:
    assert ledger.effects.look_up_at("default", TARGET, [1, 2]) is None
    ledger.send(write(1))
    ledger.later(SETTLE / 2)
    ledger.send(write(2))
    at = ledger.effects.look_up_at("default", TARGET, [1, 2])
    assert at is not None
    assert timedelta(seconds=20) < at - ledger.books.now() <= timedelta(seconds=SETTLE / 2)
    ledger.books.advance(3600)
    moved = ledger.effects.look_up_at("default", TARGET, [1, 2])
    assert moved is not None
    assert timedelta(seconds=3599) < moved - at < timedelta(seconds=3601)


def test_found_and_not_found_are_told_together(ledger: Ledger) -> None:
    send = ledger.send(write(1), write(2))
    one, two = (member.id for member in send.members)
    ledger.later()
    told = ledger.effects.looked_up(found={one: "remote-1"}, not_found=[two], settle_seconds=SETTLE)
    assert told.states == {one: "confirmed", two: "unknown"}
    ledger.later()
    assert ledger.not_found(two) == ["planned"]
    assert ledger.send_state(send) == "settled"
