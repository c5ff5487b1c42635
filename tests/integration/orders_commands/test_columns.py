"""The list of columns that count is made anew only when somebody says so."""

import pytest

from common.auth.tokens import Principal, Role
from common.errors import Forbidden, Misconfigured, NotFound
from common.interface.columns import AdoptedColumns, Columns
from tests.integration.orders_commands.conftest import ADA, Orders, name, order
from tests.support.orders import HEADERS


def adopt(orders: Orders) -> AdoptedColumns:
    return Columns(orders.services, ADA).adopt("orders")


@pytest.fixture
def pushed(orders: Orders) -> Orders:
    """Two orders on a board, under the first version."""
    orders.source(order(0), order(1))
    orders.run()
    return orders


def test_a_new_column_counts_from_its_adoption_on_and_changes_nothing_by_itself(pushed: Orders) -> None:
    pushed.source(order(0, COLLAR="round"), order(1, COLLAR="flat"))
    assert pushed.figures(pushed.run()) == {"fetched": 2, "skipped": 2}
    adopted = adopt(pushed)
    assert (adopted.version, adopted.changed, adopted.added, adopted.removed) == (2, True, ["COLLAR"], [])
    run = pushed.run()
    assert pushed.figures(run) == {"fetched": 2, "skipped": 2}
    assert pushed.staged(run) == {}
    assert pushed.sql("select distinct hash_version from snapshots") == [(2,)]


def test_afterwards_a_change_of_it_is_seen(pushed: Orders) -> None:
    pushed.source(order(0, COLLAR="round"), order(1, COLLAR="flat"))
    adopt(pushed)
    pushed.run()
    pushed.source(order(0, COLLAR="wide"), order(1, COLLAR="flat"))
    run = pushed.run()
    assert pushed.scope(run)["changed"] == 1
    assert pushed.reasons(run) == {("skipped", "unchanged_on_board"): 1}


def test_a_change_that_comes_with_the_new_column_is_not_lost(pushed: Orders) -> None:
    pushed.source(order(0, COLLAR="round", NOTES="soon"), order(1, COLLAR="flat"))
    adopt(pushed)
    run = pushed.run()
    assert pushed.staged(run) == {("update", "applied"): 1}
    assert pushed.monday.items()[name(0)]["values"]["NOTES"] == "soon"


def test_a_trial_under_the_new_list_moves_no_snapshot_and_sees_no_change(pushed: Orders) -> None:
    pushed.source(order(0, COLLAR="round"), order(1, COLLAR="flat"))
    adopt(pushed)
    before = pushed.snapshots()
    run = pushed.run({"mode": "TEST"})
    assert pushed.figures(run) == {"fetched": 2, "skipped": 2}
    assert pushed.scope(run)["unchanged"] == 2
    assert pushed.snapshots() == before
    assert pushed.sql("select distinct hash_version from snapshots") == [(1,)]


def test_a_source_that_has_lost_a_column_is_refused_until_that_is_adopted(orders: Orders) -> None:
    orders.foreign_source(order(0, COLLAR="round"))
    orders.run()
    orders.foreign_source(order(0))
    refused = orders.begin()
    orders.drive()
    assert "shelfline orders adopt-columns" in orders.error(refused)["message"]
    shown = Columns(orders.services, ADA).show("orders")
    assert (shown.version, shown.added, shown.removed) == (1, [], ["COLLAR"])
    assert adopt(orders).removed == ["COLLAR"]
    run = orders.run()
    assert orders.staged(run) == {}
    assert orders.figures(run) == {"fetched": 1, "skipped": 1}
    assert orders.figures(orders.run()) == {"fetched": 1, "skipped": 1}


def test_the_same_columns_again_make_no_version(pushed: Orders) -> None:
    again = adopt(pushed)
    assert (again.version, again.changed) == (1, False)
    assert pushed.count("hash_columns") == 1


def test_the_first_list_may_be_adopted_before_the_first_run(orders: Orders) -> None:
    orders.source(order(0))
    adopted = adopt(orders)
    assert (adopted.version, adopted.changed) == (1, True)
    assert "SIZES" not in adopted.removed
    assert orders.reasons(orders.run()) == {("done", "pushed"): 1}


def test_what_a_person_has_left_out_stays_out_when_a_file_has_it_again(pushed: Orders) -> None:
    """Whatever that person is called: it is not the name that says who has made a list."""
    without = [header for header in HEADERS if header != "NOTES"]
    pushed.foreign_source({header: order(0).get(header, "") for header in without}, columns=without)
    Columns(pushed.services, Principal("default", "load of orders.csv", Role.APPROVER)).adopt("orders")
    pushed.source(order(0, NOTES="soon"), order(1))
    shown = Columns(pushed.services, ADA).show("orders")
    assert (shown.version, shown.added) == (2, ["NOTES"])


def test_it_is_told_who_adopted_what(pushed: Orders) -> None:
    pushed.source(order(0, COLLAR="round"))
    adopt(pushed)
    [told] = pushed.events("tenant/default", "columns_adopted")
    assert (told["by"], told["version"], told["added"]) == ("ada", 2, ["COLLAR"])


def test_a_book_without_what_every_order_needs_is_not_adopted(pushed: Orders) -> None:
    pushed.foreign_source({"CUSTOMER NAME": "NORTHWIND", "NOTES": "x"}, columns=["CUSTOMER NAME", "NOTES"])
    with pytest.raises(Misconfigured, match="AAG ORDER NUMBER"):
        adopt(pushed)


def test_a_flow_without_a_list_says_so(orders: Orders) -> None:
    with pytest.raises(NotFound, match="no list of columns"):
        Columns(orders.services, ADA).show("parts")


def test_it_takes_an_approver(pushed: Orders) -> None:
    with pytest.raises(Forbidden):
        Columns(pushed.services, Principal("default", "bob", Role.OPERATOR)).adopt("orders")
