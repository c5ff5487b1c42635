"""What a target is known to hold of ours: one live object a key, a new incarnation only after a confirmed end."""

from dataclasses import replace

import pytest

from common.database.engine import DataRefused
from tests.integration.core.books import Books
from tests.integration.core.ledger import TARGET, Ledger, confirm, write


@pytest.fixture
def ledger(books: Books) -> Ledger:
    """An empty ledger."""
    return Ledger(books)


def _incarnations(ledger: Ledger, key: str) -> list[tuple[int, str, bool]]:
    statement = (
        "select incarnation, remote_id, deleted_at is null from remote_objects where key = %s order by 1"
    )
    return [(row[0], row[1], row[2]) for row in ledger.books.run(statement, key)]


def test_a_confirmed_create_is_known_by_its_key(ledger: Ledger) -> None:
    confirm(ledger, ledger.send(write(1), write(2)), "remote-1", "remote-2")
    known = ledger.effects.remote_ids("default", TARGET, ["order-1", "order-2", "order-3"])
    assert known == {"order-1": "remote-1", "order-2": "remote-2"}


@pytest.mark.parametrize("operation", ["update", "move"])
def test_other_writes_make_no_object(ledger: Ledger, operation: str) -> None:
    confirm(ledger, ledger.send(write(1, operation=operation)), "remote-1")
    assert ledger.remote_id("order-1") is None


@pytest.mark.parametrize("operation", ["archive", "delete"])
def test_an_object_that_ended_may_be_made_anew(ledger: Ledger, operation: str) -> None:
    confirm(ledger, ledger.send(write(1, "order")), "remote-1")
    confirm(ledger, ledger.send(write(2, "order", operation=operation)), "remote-1")
    assert ledger.remote_id("order") is None
    confirm(ledger, ledger.send(write(3, "order")), "remote-2")
    assert _incarnations(ledger, "order") == [(1, "remote-1", False), (2, "remote-2", True)]
    assert ledger.alarms() == []


def test_an_end_that_is_told_late_does_not_end_the_next_object(ledger: Ledger) -> None:
    confirm(ledger, ledger.send(write(1, "order")), "remote-1")
    end = ledger.send(write(2, "order", operation="archive"))
    ledger.later()
    ledger.not_found(end.members[0].id)
    ledger.later()
    ledger.not_found(end.members[0].id)  # planned again, while an archive by hand is what did it
    ledger.books.run("update remote_objects set deleted_at = clock_timestamp()")
    confirm(ledger, ledger.send(write(3, "order")), "remote-2")
    confirm(ledger, end, "remote-1")
    assert ledger.remote_id("order") == "remote-2"


def test_an_old_create_told_once_more_is_no_alarm(ledger: Ledger) -> None:
    first = ledger.send(write(1, "order"))
    confirm(ledger, first, "remote-1")
    confirm(ledger, ledger.send(write(2, "order", operation="archive")), "remote-1")
    confirm(ledger, ledger.send(write(3, "order")), "remote-2")
    confirm(ledger, first, "remote-1")
    assert ledger.alarms() == []
    assert _incarnations(ledger, "order") == [(1, "remote-1", False), (2, "remote-2", True)]


def test_what_is_inside_an_object_ends_with_it(ledger: Ledger) -> None:
    line = replace(write(1, "order/S"), parent="order")
    confirm(ledger, ledger.send(write(1, "order"), line, write(2, "other/S")), "item", "subitem", "another")
    confirm(ledger, ledger.send(write(3, "order", operation="archive")), "item")
    left = ledger.effects.remote_ids("default", TARGET, ["order", "order/S", "other/S"])
    assert left == {"other/S": "another"}


def test_a_create_of_what_is_there_already_is_never_sent(ledger: Ledger) -> None:
    send = ledger.freeze(write(1), write(2))
    assert ledger.effects.adopt("default", TARGET, {"order-1": "found"}) == {}
    assert not ledger.mark(send)
    assert ledger.open_sends(1, 2) == []  # undone: it would never become sendable
    again = ledger.freeze(write(1, operation="update"), write(2))
    assert [member.operation for member in again.members] == ["update", "create"]
    assert ledger.mark(again)


def test_objects_of_a_baseline_are_adopted_and_others_are_told(ledger: Ledger) -> None:
    held = {"order-1": "remote-1", "order-1/S": "remote-2"}
    assert ledger.effects.adopt("default", TARGET, held, parents={"order-1/S": "order-1"}) == {}
    assert ledger.effects.adopt("default", TARGET, held) == {}
    assert ledger.effects.adopt("default", TARGET, {"order-1": "else", "order-2": "remote-3"}) == {
        "order-1": "remote-1"
    }
    assert ledger.remote_id("order-2") == "remote-3"
    confirm(ledger, ledger.send(write(1, operation="archive")), "remote-1")
    assert ledger.effects.remote_ids("default", TARGET, list(held)) == {}
    ledger.effects.adopt("default", TARGET, {"order-1": "remote-9"})
    assert _incarnations(ledger, "order-1") == [(1, "remote-1", False), (2, "remote-9", True)]


def test_postgres_itself_refuses_a_second_live_object_of_a_key(ledger: Ledger) -> None:
    ledger.effects.adopt("default", TARGET, {"order": "remote-1"})
    with pytest.raises(DataRefused, match="remote_objects_live"):
        ledger.books.run(
            "insert into remote_objects (tenant_id, target, key, incarnation, remote_id) values ('default', %s, 'order', 2, 'x')",
            TARGET,
        )
