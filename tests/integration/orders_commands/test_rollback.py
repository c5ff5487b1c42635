"""Undoing a run: by a run of its own, under the same checks."""

import pytest

from common.auth.tokens import Principal, Role
from common.errors import Conflict, Forbidden, NotFound, Usage
from common.interface.rollbacks import Rollbacks
from common.interface.runs import Runs
from tests.integration.orders_commands.conftest import ADA, Orders, name, order


def undo(orders: Orders, run: str, mode: str | None = None) -> str:
    """Roll a run back, and drive that to its rest."""
    started = Rollbacks(orders.services, ADA).start(run, mode=mode)
    orders.drive(patience=120)
    orders.audit(started)
    return started


@pytest.fixture
def changed(orders: Orders) -> tuple[Orders, str]:
    """Two orders on a board; then a run that changed one, made a third, and archived the second."""
    orders.source(order(0), order(1))
    orders.run()
    orders.source(order(0, NOTES="soon"), order(2))
    return orders, orders.run(override_guard=True)


def test_what_was_made_is_archived_and_what_was_changed_or_archived_is_back(
    changed: tuple[Orders, str],
) -> None:
    orders, run = changed
    undone = undo(orders, run)
    assert orders.reasons(undone) == {("done", "pushed"): 3}
    items = orders.monday.items()
    assert set(items) == {name(0), name(1)}
    assert items[name(0)]["values"].get("NOTES", "") == ""
    assert items[name(1)]["lines"] == {"S": "12", "M": "30"}


def test_it_is_linked_to_the_run_that_it_undoes(changed: tuple[Orders, str]) -> None:
    orders, run = changed
    shown = Runs(orders.services, ADA).get(undo(orders, run))
    assert (shown.parent, shown.options, shown.created_by) == (run, {"rollback_of": run}, "ada")


def test_in_mode_test_it_only_says_what_it_would_do(changed: tuple[Orders, str]) -> None:
    orders, run = changed
    before = orders.writes()
    tried = undo(orders, run, mode="TEST")
    would = Runs(orders.services, ADA).get(tried).detail["would_do"]
    assert (would["total"], orders.writes()) == (3, before)
    assert {each["operation"] for each in would["first"]} == {"create", "update", "delete"}


def test_what_a_later_run_has_changed_again_waits_for_a_person(changed: tuple[Orders, str]) -> None:
    orders, run = changed
    orders.source(order(0, NOTES="later"), order(2))
    orders.run(override_guard=True)
    undone = undo(orders, run)
    assert orders.reasons(undone) == {("done", "pushed"): 2, ("waiting", "changed_since"): 1}
    assert orders.monday.items()[name(0)]["values"]["NOTES"] == "later"
    assert orders.approve(undone) == 1
    assert orders.monday.items()[name(0)]["values"].get("NOTES", "") == ""


def test_a_second_rollback_finds_nothing_left_to_do(changed: tuple[Orders, str]) -> None:
    orders, run = changed
    undo(orders, run)
    before = orders.writes()
    again = undo(orders, run)
    assert set(orders.reasons(again)) <= {("skipped", "unchanged_on_board"), ("skipped", "already_gone")}
    assert orders.writes() == before


def test_what_was_undone_is_not_pushed_again_until_the_source_says_something_new(
    changed: tuple[Orders, str],
) -> None:
    orders, run = changed
    undo(orders, run)
    assert orders.staged(orders.run(override_guard=True)) == {}
    orders.source(order(0, NOTES="really"), order(2))
    assert orders.staged(orders.run(override_guard=True)) == {("update", "applied"): 1}


def test_a_flow_whose_runs_cannot_be_undone_says_so(orders: Orders) -> None:
    run = orders.start("toy", records=1)
    with pytest.raises(Usage, match="Runs of toy cannot be rolled back"):
        Rollbacks(orders.services, ADA).start(run)


def test_a_run_under_way_is_not_undone(orders: Orders) -> None:
    orders.source(order(0))
    run = orders.begin()
    with pytest.raises(Conflict, match="shelfline cancel"):
        Rollbacks(orders.services, ADA).start(run)


def test_a_run_that_pushed_nothing_has_nothing_to_undo(orders: Orders) -> None:
    orders.source(order(0))
    run = orders.run({"mode": "TEST"})
    with pytest.raises(NotFound, match="nothing that could be undone"):
        Rollbacks(orders.services, ADA).start(run)
    with pytest.raises(NotFound, match="There is no run"):
        Rollbacks(orders.services, ADA).start("orders_nope")


def test_it_takes_an_approver(changed: tuple[Orders, str]) -> None:
    orders, run = changed
    with pytest.raises(Forbidden):
        Rollbacks(orders.services, Principal("default", "bob", Role.OPERATOR)).start(run)
