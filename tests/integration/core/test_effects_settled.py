"""What became of a send, member by member: facts are taken from anybody, judgements only from the latest attempt."""

from dataclasses import replace

import pytest

from common.effects import Confirmed, PlannedAgain, Refused, Result, TwoRemoteObjects, Unknown
from tests.integration.core.books import Books
from tests.integration.core.ledger import Ledger, confirm, write


@pytest.fixture
def ledger(books: Books) -> Ledger:
    """An empty ledger."""
    return Ledger(books)


def test_each_member_has_an_end_of_its_own(ledger: Ledger) -> None:
    send = ledger.send(write(1), write(2), write(3), write(4), write(5))
    one, two, three, four, five = (member.id for member in send.members)
    results: dict[int, Result] = {
        one: Confirmed("remote-1"),
        two: Refused("no such label"),
        three: PlannedAgain("busy"),
        four: Unknown("502"),
    }
    settled = ledger.effects.settle(send, attempt=1, results=results)
    assert settled.states == {one: "confirmed", two: "refused", three: "planned", four: "unknown"}
    assert settled.two_remote_objects == ()
    stands = [
        (effect.state, effect.remote_id, effect.error, effect.send_id)
        for effect in map(ledger.of, range(1, 6))
    ]
    assert stands == [
        ("confirmed", "remote-1", None, send.id),
        ("refused", None, "no such label", send.id),
        ("planned", None, "busy", None),
        ("unknown", None, "502", send.id),
        ("sent", None, None, send.id),
    ]
    assert ledger.send_state(send) == "sent"
    ledger.effects.settle(send, attempt=1, results={four: Confirmed("remote-4"), five: Refused("no")})
    assert ledger.send_state(send) == "settled"


def test_a_send_ends_as_its_members_do(ledger: Ledger) -> None:
    confirmed, refused = ledger.send(write(1), write(2)), ledger.send(write(3))
    confirm(ledger, confirmed, "remote-1", "remote-2")
    ledger.effects.settle(refused, attempt=1, results={refused.members[0].id: Refused("no")})
    assert [ledger.send_state(send) for send in (confirmed, refused)] == ["confirmed", "refused"]


def test_what_was_throttled_goes_out_in_a_new_send(ledger: Ledger) -> None:
    send = ledger.send(write(1), write(2))
    ledger.effects.settle(send, attempt=1, results={member.id: PlannedAgain() for member in send.members})
    assert ledger.send_state(send) == "settled"
    again = ledger.freeze(write(1), write(2))
    assert (
        again.idempotency_key != send.idempotency_key
    )  # the target may have kept its answer under the first
    assert ledger.mark(again)


def test_telling_the_same_twice_changes_nothing(ledger: Ledger) -> None:
    send = ledger.send(write(1), write(2))
    results: dict[int, Result] = {
        send.members[0].id: Confirmed("remote-1"),
        send.members[1].id: Refused("no"),
    }
    first = ledger.effects.settle(send, attempt=1, results=results)
    before = ledger.books.run("select * from effects order by id")
    assert ledger.effects.settle(send, attempt=1, results=results) == first
    assert ledger.books.run("select * from effects order by id") == before


def test_nothing_is_confirmed_that_was_never_sent(ledger: Ledger) -> None:
    send = ledger.freeze(write(1))
    settled = ledger.effects.settle(send, attempt=1, results={send.members[0].id: Confirmed("remote-1")})
    assert settled.states == {send.members[0].id: "planned"}
    assert (ledger.send_state(send), ledger.remote_id("order-1")) == ("planned", None)


@pytest.mark.parametrize("judgement", [Refused("no"), PlannedAgain(), Unknown()])
def test_only_the_latest_attempt_is_judged(
    ledger: Ledger, judgement: Refused | PlannedAgain | Unknown
) -> None:
    send = ledger.send(write(1))
    ledger.mark(send, attempt=2)
    settled = ledger.effects.settle(send, attempt=1, results={send.members[0].id: judgement})
    assert settled.states == {send.members[0].id: "sent"}


def test_what_a_send_before_shows_is_no_judgement_of_the_present_one(ledger: Ledger) -> None:
    first = ledger.send(write(1))
    effect = first.members[0].id
    ledger.effects.settle(first, attempt=1, results={effect: PlannedAgain()})
    ledger.send(write(1))  # its first attempt, like that of the send before
    settled = ledger.effects.settle(first, attempt=1, results={effect: Refused("no")})
    assert settled.states == {effect: "sent"}


def test_a_confirmation_of_an_earlier_attempt_is_a_fact(ledger: Ledger) -> None:
    send = ledger.send(write(1))
    ledger.mark(send, attempt=2)
    confirm(ledger, send, "remote-1")
    assert ledger.of(1).remote_id == "remote-1"


@pytest.mark.parametrize("judgement", [Refused("too many requests"), PlannedAgain()])
def test_a_refusal_says_nothing_of_an_earlier_attempt_that_may_have_landed(
    ledger: Ledger, judgement: Refused | PlannedAgain
) -> None:
    send = ledger.send(write(1))
    ledger.effects.settle(send, attempt=1, results={send.members[0].id: Unknown("time-out")})
    ledger.mark(send, attempt=2)
    ledger.effects.settle(send, attempt=2, results={send.members[0].id: judgement})
    assert ledger.states([1]) == ["unknown"]
    assert [effect.change_id for effect in ledger.open_sends(1)[0].members] == [1]


def test_a_late_refusal_does_not_undo_a_confirmation(ledger: Ledger) -> None:
    send = ledger.send(write(1))
    confirm(ledger, send, "remote-1")
    ledger.effects.settle(send, attempt=1, results={send.members[0].id: Refused("exists already")})
    assert ledger.states([1]) == ["confirmed"]


@pytest.mark.parametrize("end", [Refused("no"), PlannedAgain()])
def test_a_late_confirmation_is_taken_after_any_other_end(
    ledger: Ledger, end: Refused | PlannedAgain
) -> None:
    send = ledger.send(write(1), write(2))
    ledger.effects.settle(send, attempt=1, results={member.id: end for member in send.members})
    confirm(ledger, send, "remote-1", "remote-2")
    assert ledger.states([1, 2]) == ["confirmed", "confirmed"]
    assert ledger.effects.confirmed("default", "board", [1, 2, 3]) == {1, 2}


def test_a_late_confirmation_undoes_the_send_that_was_to_write_it_again(ledger: Ledger) -> None:
    first = ledger.send(write(1))
    ledger.effects.settle(first, attempt=1, results={first.members[0].id: PlannedAgain()})
    second = ledger.freeze(write(1), write(2))
    confirm(ledger, first, "remote-1")
    assert not ledger.mark(second)
    assert ledger.states([1, 2]) == ["confirmed", "planned"]
    assert ledger.mark(ledger.freeze(write(2)))


def test_a_second_object_for_a_key_raises_an_alarm_once_and_the_first_one_stays(ledger: Ledger) -> None:
    first = ledger.send(write(1))
    effect = first.members[0].id
    ledger.effects.settle(first, attempt=1, results={effect: PlannedAgain()})
    second = ledger.send(write(1))
    confirm(ledger, first, "remote-1")
    for _ in range(2):
        settled = ledger.effects.settle(second, attempt=1, results={effect: Confirmed("remote-2")})
        assert settled.two_remote_objects == (
            TwoRemoteObjects(
                effect_id=effect, item_id=1, change_id=1, key="order-1", held="remote-1", told="remote-2"
            ),
        )
    assert ledger.remote_id("order-1") == "remote-1"
    assert ledger.alarms() == [["remote-1", "remote-2"]]


def test_two_changes_that_each_made_an_object_of_a_key_raise_an_alarm(ledger: Ledger) -> None:
    first = ledger.send(write(1, "order"))
    ledger.effects.settle(first, attempt=1, results={first.members[0].id: Refused("no")})
    second = ledger.send(write(2, "order"))
    confirm(ledger, second, "remote-2")
    settled = ledger.effects.settle(first, attempt=1, results={first.members[0].id: Confirmed("remote-1")})
    assert [(two.held, two.told) for two in settled.two_remote_objects] == [("remote-2", "remote-1")]
    assert ledger.states([1, 2]) == ["confirmed", "confirmed"]
    assert ledger.remote_id("order") == "remote-2"
    assert ledger.alarms() == [["remote-2", "remote-1"]]


def test_changes_of_other_tenants_and_targets_are_not_told(ledger: Ledger) -> None:
    ledger.books.run("insert into tenants (id) values ('acme')")
    send = ledger.send(write(1))
    for tenant, target in (("acme", "board"), ("default", "shop")):
        assert ledger.effects.ledger(tenant, target, [1]) == []
        assert ledger.effects.open_sends(tenant, target, [1]) == []
        assert ledger.effects.drop_planned("acme", [1]) == set()
    theirs = ledger.effects.freeze_body(
        "acme", "board", run_id="run", chunk_id=1, effects=[write(1)], body="mutation"
    )
    assert theirs.id != send.id
    assert theirs.idempotency_key != send.idempotency_key
    assert replace(theirs, members=()).members == ()
