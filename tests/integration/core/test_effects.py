"""The ledger of outside writes: one send for the same members, one write of a key under way, facts taken from anybody."""

from dataclasses import replace

import pytest

from common.database.engine import DataRefused
from common.effects import Effects, PlannedEffect, Send
from common.errors import Conflict
from tests.integration.core.books import Books, racing


@pytest.fixture
def effects(books: Books) -> Effects:
    """The ledger."""
    return Effects(books.database)


def _planned(*changes: int, key: str = "key") -> list[PlannedEffect]:
    return [
        PlannedEffect(item_id=n, key=f"{key}{n}", change_id=n, operation="append", content_hash="h")
        for n in changes
    ]


def _frozen(effects: Effects, *changes: int, tenant: str = "default", key: str = "key") -> Send:
    members = _planned(*changes, key=key)
    return effects.freeze(
        tenant, "shop", run_id="run", chunk_id=1, effects=members, body_object="body", body_hash="b"
    )


def _states(books: Books) -> dict[int, str]:
    return {row[0]: row[1] for row in books.run("select change_id, state from effects")}


def test_the_same_members_are_the_same_send_in_any_order_and_any_thread(
    effects: Effects, books: Books
) -> None:
    sends = racing(6, lambda n: _frozen(effects, *((1, 2, 3) if n % 2 else (3, 2, 1))))
    assert len({send.id for send in sends}) == 1
    assert sends[0].member_count == 3
    assert books.one("select count(*) from effects where send_id = %s", sends[0].id) == 3


def test_a_frozen_body_stands_whatever_is_frozen_later(effects: Effects) -> None:
    first = _frozen(effects, 1)
    later = effects.freeze(
        "default",
        "shop",
        run_id="run",
        chunk_id=9,
        effects=_planned(1),
        body_object="other",
        body_hash="other",
    )
    assert later == first


def test_an_effect_joins_one_send_only(effects: Effects, books: Books) -> None:
    first = _frozen(effects, 1, 2)
    with pytest.raises(Conflict, match="another send"):
        _frozen(effects, 2, 3)
    assert _states(books) == {1: "planned", 2: "planned"}
    assert effects.open_send("default", "shop", [2, 3]) == first


def test_tenants_have_sends_of_their_own(effects: Effects, books: Books) -> None:
    books.run("insert into tenants (id) values ('acme')")
    ours, theirs = _frozen(effects, 1), _frozen(effects, 1, tenant="acme")
    assert ours.id != theirs.id
    assert ours.idempotency_key != theirs.idempotency_key
    effects.mark_sent(ours, attempt=1, settle_seconds=60)
    effects.confirm(ours, "remote")
    assert effects.confirmed("acme", "shop", [1]) == set()


def test_an_attempt_counts_up_by_one_and_never_back(effects: Effects, books: Books) -> None:
    send = _frozen(effects, 1)
    assert not effects.mark_sent(send, attempt=2, settle_seconds=60)
    assert effects.mark_sent(send, attempt=1, settle_seconds=60)
    assert effects.mark_sent(send, attempt=1, settle_seconds=60)  # the same request once more
    assert effects.mark_sent(send, attempt=2, settle_seconds=60)
    assert not effects.mark_sent(send, attempt=1, settle_seconds=60)
    assert books.run(
        "select state, attempt, deadline > clock_timestamp() + interval '50 s' from effects"
    ) == [("sent", 2, True)]


def test_one_write_of_a_key_is_under_way_at_a_time(effects: Effects, books: Books) -> None:
    first = _frozen(effects, 1)
    books.run("update effects set key = 'same' where change_id = 1")
    second = _frozen(effects, 2)
    books.run("update effects set key = 'same' where change_id = 2")
    assert effects.mark_sent(first, attempt=1, settle_seconds=60)
    assert not effects.mark_sent(second, attempt=1, settle_seconds=60)
    assert effects.open_send("default", "shop", [2]) == second  # not half sent
    effects.confirm(first, "remote")
    assert effects.mark_sent(second, attempt=1, settle_seconds=60)


def test_postgres_itself_refuses_a_second_write_of_a_key(effects: Effects, books: Books) -> None:
    effects.mark_sent(_frozen(effects, 1, 2), attempt=1, settle_seconds=60)
    with pytest.raises(DataRefused, match="effects_one_in_flight"):
        books.run("update effects set key = 'key1', state = 'unknown' where change_id = 2")


def test_a_confirmation_is_taken_from_a_holder_that_lost_its_lease(effects: Effects, books: Books) -> None:
    stale = _frozen(effects, 1)
    effects.mark_sent(stale, attempt=1, settle_seconds=60)
    effects.mark_sent(stale, attempt=2, settle_seconds=60)  # somebody else went on
    effects.confirm(stale, "remote-1")
    assert effects.confirmed("default", "shop", [1, 2]) == {1}
    assert books.run("select s.state, e.remote_id from sends s join effects e on e.send_id = s.id") == [
        ("confirmed", "remote-1")
    ]


def test_nothing_is_confirmed_that_was_never_sent(effects: Effects, books: Books) -> None:
    effects.confirm(_frozen(effects, 1), "remote")
    assert _states(books) == {1: "planned"}


def test_a_late_refusal_does_not_undo_a_confirmation(effects: Effects, books: Books) -> None:
    send = _frozen(effects, 1)
    effects.mark_sent(send, attempt=1, settle_seconds=60)
    effects.confirm(send, "remote")
    effects.refuse(send, "no")
    assert (_states(books), books.one("select state from sends")) == ({1: "confirmed"}, "confirmed")


def test_what_was_refused_is_sent_again_as_a_new_send(effects: Effects, books: Books) -> None:
    first = _frozen(effects, 1, 2)
    effects.mark_sent(first, attempt=1, settle_seconds=60)
    effects.refuse(first, "the table is not there")
    assert _states(books) == {1: "refused", 2: "refused"}
    assert effects.open_send("default", "shop", [1, 2]) is None
    second = _frozen(effects, 1, 2)
    assert (second.state, second.attempt) == ("planned", 0)
    assert second.idempotency_key != first.idempotency_key
    assert _frozen(effects, 1, 2) == second
    assert effects.mark_sent(second, attempt=1, settle_seconds=60)
    effects.confirm(second, "remote")
    assert effects.confirmed("default", "shop", [1, 2]) == {1, 2}


def test_a_send_is_told_apart_by_what_the_caller_has_read(effects: Effects) -> None:
    send = _frozen(effects, 1)
    effects.mark_sent(send, attempt=1, settle_seconds=60)
    assert effects.open_send("default", "shop", [1]) == replace(send, state="sent", attempt=1)
