"""Freezing a small request in the ledger: its members, their order and its body stand until it has ended."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from common.database.engine import Database
from common.effects import PlannedAgain, Refused, Unknown
from common.environment import Environment
from common.errors import Conflict
from tests.integration.core.books import Books
from tests.integration.core.ledger import SETTLE, Held, Ledger, confirm, leased_chunk, write

WINDOW = timedelta(minutes=30)


@pytest.fixture
def ledger(books: Books) -> Ledger:
    """An empty ledger."""
    return Ledger(books)


def test_members_keep_the_order_of_the_body(ledger: Ledger) -> None:
    send = ledger.freeze(write(2), write(1, part="group", operation="move"), write(3))
    assert [(member.change_id, member.part, member.operation) for member in send.members] == [
        (2, "", "create"),
        (1, "group", "move"),
        (3, "", "create"),
    ]
    assert {(member.state, member.attempt, member.sent_at) for member in send.members} == {
        ("planned", 0, None)
    }


def test_the_same_members_in_another_order_are_the_same_send_with_the_first_body(ledger: Ledger) -> None:
    first = ledger.freeze(write(1), write(2), body="first")
    assert ledger.freeze(write(2), write(1), body="second") == first
    assert first.body == "first"
    assert first.body_hash == hashlib.sha256(b"first").hexdigest()


def test_one_change_may_hold_several_writes(ledger: Ledger) -> None:
    send = ledger.freeze(write(1, "order"), write(1, "order/S"), write(1, "order/M"))
    assert [member.key for member in send.members] == ["order", "order/S", "order/M"]
    other = ledger.freeze(write(1, "order/L"))
    assert other.idempotency_key != send.idempotency_key
    assert [open_send.id for open_send in ledger.open_sends(1)] == [send.id, other.id]


def test_open_sends_tell_all_members_also_those_of_other_changes(ledger: Ledger) -> None:
    send = ledger.send(write(1), write(2))
    (found,) = ledger.open_sends(2)
    assert (found.state, found.attempt, found.body, found.idempotency_key) == (
        "sent",
        1,
        "mutation",
        send.idempotency_key,
    )
    assert [member.state for member in found.members] == ["sent", "sent"]
    assert all(
        member.sent_at and member.deadline and member.sent_at < member.deadline for member in found.members
    )


def test_an_effect_that_is_part_of_an_open_send_joins_no_other(ledger: Ledger) -> None:
    ledger.freeze(write(1), write(2))
    with pytest.raises(Conflict, match="another send"):
        ledger.freeze(write(2), write(3))
    assert ledger.effects.ledger("default", "board", [3]) == []  # nothing of it was planned


def test_a_confirmed_effect_is_not_frozen_again(ledger: Ledger) -> None:
    confirm(ledger, ledger.send(write(1)), "remote-1")
    with pytest.raises(Conflict):
        ledger.freeze(write(1), write(2))


def test_a_send_that_was_refused_is_replaced_under_a_key_of_its_own(ledger: Ledger) -> None:
    first = ledger.send(write(1))
    ledger.effects.settle(first, attempt=1, results={first.members[0].id: Refused("no such column")})
    keys = {first.idempotency_key}
    for _ in range(2):
        again = ledger.freeze(replace(write(1), operation="update", inverse={"values": {}}), body="other")
        assert (again.state, again.attempt, again.body) == ("planned", 0, "other")
        assert (again.members[0].operation, again.members[0].error) == ("update", None)
        keys.add(again.idempotency_key)
        assert ledger.mark(again)
        ledger.effects.settle(again, attempt=1, results={again.members[0].id: PlannedAgain()})
    assert len(keys) == 3


def test_a_body_is_let_go_when_its_send_has_ended(ledger: Ledger) -> None:
    send = ledger.send(write(1))
    confirm(ledger, send, "remote-1")
    assert ledger.open_sends(1) == []
    assert ledger.books.run("select state, body, body_hash is not null from sends") == [
        ("confirmed", None, True)
    ]


def test_a_second_write_of_a_key_waits_for_the_first(ledger: Ledger) -> None:
    first = ledger.send(write(1, "order"), write(2))
    second = ledger.freeze(write(3, "order", operation="update"), write(4))
    assert not ledger.mark(second)
    assert ledger.states([3, 4]) == ["planned", "planned"]  # not half sent
    confirm(ledger, first, "remote-1", "remote-2")
    assert ledger.mark(second)


def test_another_part_of_the_same_object_does_not_wait(ledger: Ledger) -> None:
    ledger.send(write(1, "order", operation="move", part="group"))
    assert ledger.mark(ledger.freeze(write(1, "order", operation="update")))


def test_a_worker_that_lost_its_chunk_may_not_send(ledger: Ledger) -> None:
    send, held = ledger.freeze(write(1)), leased_chunk(ledger.books)
    stranger = replace(held, token="00000000-0000-4000-8000-000000000000")

    def may_send(claim: Held) -> bool:
        return ledger.effects.mark_sent(send, attempt=1, settle_seconds=SETTLE, claim=claim)

    assert not may_send(stranger)
    ledger.books.run("update chunks set lease_until = clock_timestamp()")
    assert not may_send(held)
    ledger.books.run("update chunks set lease_until = clock_timestamp() + interval '1 minute'")
    assert may_send(held)


def test_a_crash_after_mark_sent_is_repeated_within_the_vendors_window_and_not_after_it(
    ledger: Ledger,
) -> None:
    send = ledger.send(write(1))
    (found,) = ledger.open_sends(1)  # another worker, later
    assert ledger.effects.may_repeat(found, within=WINDOW)
    ledger.books.advance(29 * 60)
    assert ledger.mark(found, attempt=2)
    ledger.books.advance(2 * 60)
    assert not ledger.effects.may_repeat(send, within=WINDOW)  # counted from the first request, not the last


def test_what_was_never_sent_is_not_a_repeat(ledger: Ledger) -> None:
    assert not ledger.effects.may_repeat(ledger.freeze(write(1)), within=WINDOW)


@pytest.mark.parametrize("end", [PlannedAgain(), Refused("no such column")])
def test_bytes_that_hold_a_write_that_has_ended_otherwise_are_not_sent_again(
    ledger: Ledger, end: PlannedAgain | Refused
) -> None:
    send = ledger.send(write(1), write(2))
    ended, lost = (member.id for member in send.members)
    ledger.effects.settle(send, attempt=1, results={ended: end, lost: Unknown("time-out")})
    assert not ledger.effects.may_repeat(send, within=WINDOW)
    assert not ledger.mark(send, attempt=2)


def test_a_repeat_may_hold_members_that_are_confirmed_already(ledger: Ledger) -> None:
    send = ledger.send(write(1), write(2))
    confirm(ledger, replace(send, members=send.members[:1]), "remote-1")
    assert ledger.effects.may_repeat(send, within=WINDOW)
    assert ledger.mark(send, attempt=2)
    assert ledger.states([1, 2]) == ["confirmed", "sent"]


def test_a_send_that_never_went_out_can_be_undone_and_its_members_regrouped(ledger: Ledger) -> None:
    send = ledger.freeze(write(1), write(2))
    assert ledger.effects.dissolve(send)
    assert not ledger.mark(send)
    smaller = ledger.freeze(write(1))
    assert ledger.mark(smaller)
    assert not ledger.effects.dissolve(smaller)
    again = ledger.freeze(write(2))
    assert again.id not in (send.id, smaller.id)


def test_dropping_a_change_undoes_the_send_that_was_to_carry_it(ledger: Ledger) -> None:
    send = ledger.freeze(write(1), write(2))
    ledger.send(write(3))
    assert ledger.effects.drop_planned("default", [1, 3, 99]) == {1}
    assert ledger.states([1, 2, 3]) == ["dropped", "planned", "sent"]
    assert not ledger.mark(send)
    assert ledger.mark(ledger.freeze(write(2)))
    assert ledger.mark(ledger.freeze(write(1)))  # wanted after all


def test_the_inverse_is_stored_with_the_plan_or_just_before_the_request(ledger: Ledger) -> None:
    send = ledger.freeze(replace(write(1), inverse={"PO NUMBER": "old"}), write(2), write(3))
    second = send.members[1].id
    ledger.effects.mark_sent(send, attempt=1, settle_seconds=SETTLE, inverses={second: {"PO NUMBER": "held"}})
    confirm(ledger, send, "remote-1", "remote-2", "remote-3")
    ledger.send(write(4))  # not confirmed: nothing to take back yet
    undo = ledger.effects.inverses("default", "run", "board")
    assert [(each.effect.change_id, each.effect.remote_id, each.inverse) for each in undo] == [
        (3, "remote-3", None),
        (2, "remote-2", {"PO NUMBER": "held"}),
        (1, "remote-1", {"PO NUMBER": "old"}),
    ]
    last = undo[1].effect.id
    assert ledger.effects.inverses("default", "run", "board", before=last) == undo[2:]
    assert ledger.effects.inverses("default", "run", "board", limit=2) == undo[:2]


class CountingDatabase(Database):
    """A database that remembers which of our functions were called."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.calls: list[str] = []

    def call_once(self, function: str, *arguments: object) -> Any:
        """The call, counted."""
        self.calls.append(function)
        return super().call_once(function, *arguments)


def test_twenty_members_take_as_many_calls_as_one(database_url: str) -> None:
    database = CountingDatabase(Environment(database_url=database_url))
    ledger = Ledger(Books(database))
    send = ledger.send(*[write(number) for number in range(20)])
    confirm(ledger, send, *[f"remote-{number}" for number in range(20)])
    database.close()
    assert database.calls == [
        "shelfline_freeze_body_v1",
        "shelfline_mark_sent_v1",
        "shelfline_settle_send_v1",
    ]
